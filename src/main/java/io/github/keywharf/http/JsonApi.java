package io.github.keywharf.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.keywharf.KeywharfException;
import java.net.URI;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A service with JSON requests and answers. Logins, retries and budgets are filters of its client. Thread-safe.
 *
 * @param client sends the requests
 * @param address prefix of each path, such as {@code https://example.com/api/2.1}
 * @param maxBytes limit on an answer
 * @param codes the caller's error codes by those of {@code http}; errors with other codes are not changed
 */
public record JsonApi(HttpHandler client, String address, int maxBytes, Map<String, String> codes) {
    /** Limit on the pages of a list, 10,000, for services whose list has no end. */
    public static final int MAX_PAGES = 10_000;

    /** Limit on the characters of the name of a page. */
    private static final int MAX_PAGE_NAME = 16 * 1024;

    /** A service. */
    public JsonApi {
        codes = Map.copyOf(codes);
    }

    /** A repeatable request without a body. */
    public HttpRequest request(String method, String path) {
        return HttpRequest.of(method, URI.create(address + path))
                .withHeader("Accept", "application/json")
                .withRepeatable(true);
    }

    /** A repeatable request with a body. */
    public HttpRequest request(String method, String path, JsonNode body) {
        return request(method, path)
                .withHeader("Content-Type", "application/json")
                .withBody(HttpBody.of(body.toString()));
    }

    /**
     * Sends a request, and reads its answer of any status.
     *
     * @throws KeywharfException with the codes of this service, when there is no answer
     */
    public JsonAnswer send(String subject, HttpRequest request) {
        try {
            return JsonAnswer.read(client.handle(request), maxBytes);
        } catch (KeywharfException e) {
            String code = codes.get(e.code());
            throw code == null ? e : e.about(code, subject, String.valueOf(e.getMessage()));
        }
    }

    /**
     * The pages of a list, each fetched when it is needed.
     *
     * @param fetch fetches the page of a name, which is empty for the first one
     * @param next reads the name of the next page, which is empty at the end
     * @param endless error when a page repeats, or there are more than {@link #MAX_PAGES}
     */
    public static Stream<JsonNode> pages(
            Function<String, JsonNode> fetch, Function<JsonNode, String> next, Supplier<KeywharfException> endless) {
        Set<String> names = new HashSet<>();
        // Begins with a step in front of the first page, so that nothing is fetched ahead.
        return Stream.iterate(new Step(JsonAnswer.JSON.missingNode(), ""), Objects::nonNull, step -> {
                    String name = step.next();
                    if (name == null) {
                        return null;
                    }
                    if (!name.isEmpty()) {
                        requireNew(name, names, endless);
                    }
                    JsonNode page = fetch.apply(name);
                    String following = next.apply(page);
                    return new Step(page, following.isEmpty() ? null : following);
                })
                .skip(1)
                .map(Step::page);
    }

    /**
     * A page that was fetched.
     *
     * @param next name of the page after it, or null
     */
    private record Step(JsonNode page, @Nullable String next) {}

    /**
     * Adds the name of a page to those before it.
     *
     * @throws KeywharfException when it is among them, or too long, or they are too many
     */
    public static void requireNew(String name, Set<String> before, Supplier<KeywharfException> endless) {
        if (before.size() >= MAX_PAGES || name.length() > MAX_PAGE_NAME || !before.add(name)) {
            throw endless.get();
        }
    }

    @Override
    public String toString() {
        return "JsonApi[" + address + "]";
    }
}
