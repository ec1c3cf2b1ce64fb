package io.github.keywharf.databricks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpFilter;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.Cut;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The REST API of a workspace's Unity Catalog.
 *
 * @param client sends requests with a token
 * @param open sends requests without one, for the activation of a recipient's token, which is the recipient's right
 */
record DatabricksCalls(HttpHandler client, HttpHandler open, URI host) {
    /** The most bytes of an answer, 16 MiB: a share of thousands of tables fits. */
    private static final int MAX_ANSWER = 16 * 1024 * 1024;

    private static final int MAX_PAGES = 100_000;
    private static final String API = "/api/2.1/unity-catalog";
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Set<Integer> PASSING = Set.of(429, 502, 503, 504);

    /** Of an activation code that was used before, or has ended. */
    private static final Set<Integer> SPENT = Set.of(400, 404, 409, 410);

    private static final Set<String> UNREACHABLE =
            Set.of("http.unreachable", "http.broken", "http.timeout", "http.unavailable", "http.bad_response");
    private static final Set<String> REFUSED = Set.of("http.no_token", "http.scope_refused", "http.tls_failed");

    /** Reads answers into memory, so that filters around it may look at them. */
    static HttpFilter kept() {
        return next -> request -> {
            try (HttpResponse response = next.handle(request)) {
                return response.withBody(HttpBody.of(response.body().bytes(MAX_ANSWER)));
            }
        };
    }

    static boolean mayPass(HttpResponse response) {
        return PASSING.contains(response.status());
    }

    /** What an answer that is {@linkplain #kept kept} says is wrong; or empty. */
    static String message(HttpResponse response) {
        return lenient(response.body().bytes(MAX_ANSWER)).path("message").asText("");
    }

    private static JsonNode lenient(byte[] content) {
        try {
            return JSON.readTree(content);
        } catch (IOException e) {
            // Not passed on: its message quotes the answer, and with it perhaps a token.
            return JSON.missingNode();
        }
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** A name as a segment of a path. */
    static String segment(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** A GET. */
    JsonNode get(String subject, String path) {
        return send("GET", subject, path, null, true);
    }

    /** Another call that does no harm twice. */
    JsonNode send(String method, String subject, String path, @Nullable JsonNode body) {
        return send(method, subject, path, body, true);
    }

    /** A call that is sent once, so that an error may leave open whether it was carried out. */
    JsonNode sendOnce(String method, String subject, String path, JsonNode body) {
        return send(method, subject, path, body, false);
    }

    /** All members of a list, page by page; pages may be short or empty. */
    List<JsonNode> list(String subject, String path, String member) {
        List<JsonNode> all = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        String token = "";
        for (int page = 0; page < MAX_PAGES; page++) {
            String next = token.isEmpty() ? "" : "&page_token=" + segment(token);
            JsonNode answer = get(subject, path + "?max_results=0" + next);
            answer.path(member).forEach(all::add);
            token = answer.path("next_page_token").asText("");
            if (token.isEmpty()) {
                return all;
            }
            if (!seen.add(token)) {
                break;
            }
        }
        throw bad(subject, "The list has no end");
    }

    private JsonNode send(String method, String subject, String path, @Nullable JsonNode body, boolean repeatable) {
        HttpRequest request = HttpRequest.of(method, URI.create(host + API + path))
                .withHeader("Accept", "application/json")
                .withRepeatable(repeatable);
        if (body != null) {
            request = request.withBody(HttpBody.of(text(body))).withHeader("Content-Type", "application/json");
        }
        return answer(client, subject, request, Set.of());
    }

    /**
     * The profile behind an activation code, as JSON; or a missing node when the code was used before. Without the workspace's
     * token, and sent once: after an answer that was lost the code is spent.
     */
    JsonNode activation(String subject, String code) {
        URI uri = URI.create(host + API + "/public/data_sharing_activation/" + segment(code));
        HttpRequest request =
                HttpRequest.get(uri).withHeader("Accept", "application/json").withRepeatable(false);
        return answer(open, subject, request, SPENT);
    }

    /** A missing node for some statuses. */
    private static JsonNode answer(HttpHandler handler, String subject, HttpRequest request, Set<Integer> missing) {
        try (HttpResponse response = handler.handle(request)) {
            byte[] content = response.body().bytes(MAX_ANSWER);
            if (missing.contains(response.status())) {
                return JSON.missingNode();
            }
            if (response.isSuccess()) {
                JsonNode answer = content.length == 0 ? JSON.createObjectNode() : lenient(content);
                if (!answer.isObject()) {
                    throw bad(subject, "The answer is not the JSON of the API");
                }
                return answer;
            }
            throw refused(subject, response.status(), lenient(content));
        } catch (KeywharfException e) {
            throw mapped(subject, e);
        }
    }

    private static byte[] text(JsonNode body) {
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree can be written as JSON", e);
        }
    }

    static KeywharfException bad(String subject, String problem) {
        return new KeywharfException(
                "catalog.bad_answer",
                subject,
                problem + "; check the workspace's host, and whether a proxy is in between");
    }

    private static KeywharfException mapped(String subject, KeywharfException e) {
        String code = UNREACHABLE.contains(e.code())
                ? "catalog.unavailable"
                : REFUSED.contains(e.code())
                        ? "catalog.refused"
                        : e.code().equals("http.too_large") ? "catalog.bad_answer" : e.code();
        return code.equals(e.code()) ? e : new KeywharfException(code, subject, String.valueOf(e.getMessage()), e);
    }

    /** The code of the vendor says more than the status, which differs from service to service. */
    private static KeywharfException refused(String subject, int status, JsonNode error) {
        String vendor = error.path("error_code").asText("");
        String text = error.path("message").asText("");
        String said = "(" + status + (vendor.isEmpty() ? "" : " " + Cut.printable(vendor, 80)) + ")"
                + (text.isEmpty() ? "" : ": " + Cut.printable(text.strip().replaceFirst("[.]+$", ""), 400));
        if (status == 404 || vendor.endsWith("_DOES_NOT_EXIST") || vendor.endsWith("NOT_FOUND")) {
            return new KeywharfException(
                    "catalog.not_found",
                    subject,
                    "Something that is named does not exist " + said + "; correct the name, or make it first");
        }
        if (vendor.endsWith("ALREADY_EXISTS")) {
            return new KeywharfException("catalog.conflict", subject, "It exists already " + said);
        }
        if (status == 409
                || vendor.endsWith("CONFLICT")
                || vendor.equals("ABORTED")
                || isSecondRotation(vendor, text)) {
            return new KeywharfException(
                    "catalog.conflict",
                    subject,
                    "Another changes it, or its earlier token has not ended yet " + said + "; try again later");
        }
        if (status == 429 || status >= 500 || status == 408) {
            return new KeywharfException(
                    "catalog.unavailable", subject, "The workspace cannot do this now " + said + "; try again later");
        }
        String wayOut = status == 401
                ? "check the service principal's id and secret"
                : status == 403
                        ? "grant the service principal CREATE SHARE, CREATE RECIPIENT, SELECT on the tables, or what"
                                + " the message names; it must own what it changes"
                        : "see the message";
        return new KeywharfException("catalog.refused", subject, "The workspace refuses " + said + "; " + wayOut);
    }

    /** A recipient has two tokens at most, one of them on its way out. */
    private static boolean isSecondRotation(String vendor, String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        return vendor.equals("INVALID_STATE") || (lower.contains("token") && lower.contains("rotat"));
    }

    @Override
    public String toString() {
        return "DatabricksCalls[" + host + "]";
    }
}
