package io.github.keywharf.salesforce;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.RetryFilter;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One org's REST API: base address, version, limits. Answers of status 300 and above become {@link KeywharfException}s, but
 * for 304. Thread-safe.
 *
 * <p>Paths are below {@code /services/data/vNN.N/} ({@code query?q=…}), or begin with a slash, as the links in answers do.
 * They are percent-encoded already. Token, retries and budget are filters of the client.
 */
final class SalesforceCalls {
    /** The most bytes of an answer that becomes a tree, 64 MiB: 200 records with large texts fit. Pages are streamed. */
    static final int MAX_TREE_BYTES = 64 * 1024 * 1024;

    /** How often an answer is asked for whose content breaks off, 4 times, as often as {@code RetryFilter} sends a request. */
    static final int READ_ATTEMPTS = 4;

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Set<String> NAMED_BY_TWO = Set.of("sobjects", "jobs", "composite", "tooling");
    private static final Set<String> CUT_SHORT = Set.of(HttpClients.BROKEN, HttpClients.TIMEOUT);

    private final HttpHandler client;
    private final SalesforceTarget target;
    private final EventListener events;
    private final InstantSource clock;
    private volatile Optional<SalesforceUsage> usage = Optional.empty();

    private SalesforceCalls(HttpHandler client, SalesforceTarget target, EventListener events, InstantSource clock) {
        this.client = client;
        this.target = target;
        this.events = events.guarded();
        this.clock = clock;
    }

    /** Calls over a client that has its filters: token, retries, budget. A fake in its place needs none. */
    static SalesforceCalls of(HttpHandler client, SalesforceTarget target, EventListener events, InstantSource clock) {
        return new SalesforceCalls(client, target, events, clock);
    }

    /** Such as {@code v66.0}. */
    String version() {
        return target.version();
    }

    SalesforceTarget target() {
        return target;
    }

    EventListener events() {
        return events;
    }

    InstantSource clock() {
        return clock;
    }

    /** What the latest answer said of the org's API calls. */
    Optional<SalesforceUsage> usage() {
        return usage;
    }

    /** A GET, which is sent again where that may help. The caller closes the answer. */
    HttpResponse get(String path) {
        return get(path, Map.of());
    }

    /** A GET with headers. The caller closes the answer. */
    HttpResponse get(String path, Map<String, String> headers) {
        return send("GET", path, headers, HttpBody.empty(), true);
    }

    /** The answer of a GET as a tree; asked for again when its content breaks off. */
    JsonNode getJson(String path) {
        return read(path, Map.of(), this::json);
    }

    /** The same, of an answer that is an object. */
    JsonNode getObject(String path) {
        return read(path, Map.of(), this::object);
    }

    /** Reads an answer, which it closes. */
    @FunctionalInterface
    interface Reader<T> {
        T read(HttpResponse response);
    }

    /** What a reader makes of a GET's answer; both are repeated when the content breaks off while it is read. */
    <T> T read(String path, Map<String, String> headers, Reader<T> reader) {
        KeywharfException before = null;
        for (int attempt = 1; ; attempt++) {
            HttpResponse response = get(path, headers);
            try (response) {
                return reader.read(response);
            } catch (KeywharfException e) {
                if (before != null) {
                    e.addSuppressed(before);
                }
                if (attempt >= READ_ATTEMPTS || !CUT_SHORT.contains(e.code())) {
                    throw e;
                }
                before = e;
                events.warning(
                        RetryFilter.REPEATED,
                        Work.NONE,
                        target.host(),
                        "Attempt " + attempt + " of a GET failed (" + e.code() + "); again in 0 ms",
                        Fact.count("attempt", attempt),
                        Fact.time("pause", Duration.ZERO));
            }
        }
    }

    /**
     * Sends a request. The caller closes the answer.
     *
     * @param repeatable whether it does no harm twice; if false, it is sent once only, and an error may leave open whether
     *     it was carried out
     */
    HttpResponse send(String method, String path, Map<String, String> headers, HttpBody body, boolean repeatable) {
        HttpRequest request = HttpRequest.of(method, uri(path)).withBody(body).withRepeatable(repeatable);
        if (!headers.containsKey("Accept")) {
            request = request.withHeader("Accept", "application/json");
        }
        for (Map.Entry<String, String> header : headers.entrySet()) {
            request = request.withHeader(header.getKey(), header.getValue());
        }
        HttpResponse response = client.handle(request);
        usage = SalesforceUsage.of(response, clock.instant()).or(() -> usage);
        if (response.status() >= 300 && response.status() != 304) {
            throw SalesforceErrors.of(subject(what(path)), response);
        }
        return response;
    }

    /** The URI of a path on this org. */
    URI uri(String path) {
        try {
            String full = path.startsWith("/") ? path : "/services/data/" + target.version() + "/" + path;
            return URI.create(target.origin() + full);
        } catch (IllegalArgumentException e) {
            throw new KeywharfException(
                    "salesforce.bad_answer",
                    subject(what(path)),
                    "The path is not percent-encoded as URIs are; encode its values",
                    e);
        }
    }

    /**
     * The content of an answer as a tree, and closes it.
     *
     * @throws KeywharfException {@code salesforce.bad_answer} when it is not JSON, {@code http.broken} when it breaks off,
     *     {@code http.too_large} beyond {@link #MAX_TREE_BYTES}
     */
    JsonNode json(HttpResponse response) {
        byte[] content;
        try (response) {
            content = response.body().bytes(MAX_TREE_BYTES);
        }
        try {
            return JSON.readTree(content);
        } catch (IOException e) {
            throw unreadable("answer", e);
        }
    }

    /** The content of an answer that is an object, and closes it; else {@code salesforce.bad_answer}. */
    JsonNode object(HttpResponse response) {
        JsonNode tree = json(response);
        if (!tree.isObject()) {
            throw unreadable("answer", new JsonParseException(null, "It is not an object"));
        }
        return tree;
    }

    /** A parser of an answer's content, to be closed, which closes the answer. Pass what it throws to {@link #unreadable}. */
    JsonParser parser(HttpResponse response) {
        try {
            return JSON.createParser(response.body().open());
        } catch (IOException e) {
            response.close();
            throw unreadable("answer", e);
        }
    }

    /** The error of an answer whose content broke off ({@code http.broken}), or is not the JSON that was expected. */
    KeywharfException unreadable(String what, IOException failure) {
        return failure instanceof JsonProcessingException
                ? new KeywharfException(
                        "salesforce.bad_answer",
                        subject(what),
                        "The answer is not the JSON of the API; check the instance, and whether a proxy is in between",
                        failure)
                : KeywharfException.retryable(
                        HttpClients.BROKEN,
                        subject(what),
                        "The answer broke off before its end; send the request again",
                        failure);
    }

    /** For messages: {@code acme.my.salesforce.com query}. */
    String subject(String what) {
        return target.host() + " " + what;
    }

    /** What a path is of, without its values: {@code query}, {@code sobjects/Contact}, {@code jobs/query}. */
    private static String what(String path) {
        int query = path.indexOf('?');
        String plain = query < 0 ? path : path.substring(0, query);
        List<String> segments = List.of(plain.replaceFirst("^/services/data/v[0-9.]+/", "")
                .replaceFirst("^/+", "")
                .split("/", 3));
        return segments.size() > 1 && NAMED_BY_TWO.contains(segments.get(0))
                ? segments.get(0) + "/" + segments.get(1)
                : segments.get(0);
    }

    @Override
    public String toString() {
        return "SalesforceCalls[" + target.host() + ", " + target.version() + "]";
    }
}
