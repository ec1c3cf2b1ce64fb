package io.github.keywharf.databricks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.ClientCredentials;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpFilter;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.JsonAnswer;
import io.github.keywharf.http.JsonApi;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The REST API of a workspace's Unity Catalog.
 *
 * @param client sends requests with a token
 * @param open sends requests without one, for the activation of a recipient's token, which is the recipient's right
 */
record DatabricksCalls(JsonApi client, JsonApi open, URI host) {
    /** The most bytes of an answer, 16 MiB: a share of thousands of tables fits. */
    private static final int MAX_ANSWER = 16 * 1024 * 1024;

    private static final String API = "/api/2.1/unity-catalog";

    static final String UNAVAILABLE = "catalog.unavailable";
    static final String REFUSED = "catalog.refused";
    static final String BAD_ANSWER = "catalog.bad_answer";
    static final String CONFLICT = "catalog.conflict";
    static final String NOT_FOUND = "catalog.not_found";

    /** Of an activation code that was used before, or has ended. */
    private static final Set<Integer> SPENT = Set.of(400, 404, 409, 410);

    private static final Map<String, String> CODES = Map.of(
            HttpClients.UNREACHABLE, UNAVAILABLE,
            HttpClients.BROKEN, UNAVAILABLE,
            HttpClients.TIMEOUT, UNAVAILABLE,
            HttpClients.BAD_RESPONSE, UNAVAILABLE,
            ClientCredentials.UNAVAILABLE, UNAVAILABLE,
            ClientCredentials.NO_TOKEN, REFUSED,
            ClientCredentials.SCOPE_REFUSED, REFUSED,
            HttpClients.TLS_FAILED, REFUSED,
            HttpClients.TOO_LARGE, BAD_ANSWER);

    /**
     * Calls of a workspace.
     *
     * @param client sends requests with a token
     * @param open sends requests without one
     */
    static DatabricksCalls of(HttpHandler client, HttpHandler open, URI host) {
        return new DatabricksCalls(api(client, host), api(open, host), host);
    }

    private static JsonApi api(HttpHandler client, URI host) {
        return new JsonApi(client, host + API, MAX_ANSWER, CODES);
    }

    /** Reads answers into memory, so that filters around it may look at them. */
    static HttpFilter kept() {
        return next -> request -> {
            try (HttpResponse response = next.handle(request)) {
                return response.withBody(HttpBody.of(response.body().bytes(MAX_ANSWER)));
            }
        };
    }

    /** What an answer that is {@linkplain #kept kept} says is wrong; or empty. */
    static String message(HttpResponse response) {
        return JsonAnswer.parsed(response.body().bytes(MAX_ANSWER))
                .path("message")
                .asText("");
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** A GET. */
    JsonNode get(String subject, String path) {
        return checked(subject, client.send(subject, client.request("GET", path)));
    }

    /** A DELETE. */
    JsonNode delete(String subject, String path) {
        return checked(subject, client.send(subject, client.request("DELETE", path)));
    }

    /** Another call that does no harm twice. */
    JsonNode send(String method, String subject, String path, JsonNode body) {
        return checked(subject, client.send(subject, client.request(method, path, body)));
    }

    /** A call that is sent once, so that an error may leave open whether it was carried out. */
    JsonNode sendOnce(String method, String subject, String path, JsonNode body) {
        return checked(
                subject, client.send(subject, client.request(method, path, body).withRepeatable(false)));
    }

    /** All members of a list, page by page; pages may be short or empty. */
    List<JsonNode> list(String subject, String path, String member) {
        List<JsonNode> all = new ArrayList<>();
        JsonApi.pages(
                        token -> get(
                                subject,
                                path + "?max_results=0"
                                        + (token.isEmpty() ? "" : "&page_token=" + HttpRequest.encoded(token))),
                        page -> page.path("next_page_token").asText(""),
                        () -> bad(subject, "The list has no end"))
                .forEach(page -> page.path(member).forEach(all::add));
        return all;
    }

    /**
     * The profile behind an activation code, as JSON; or a missing node when the code was used before. Without the workspace's
     * token, and sent once: after an answer that was lost the code is spent.
     */
    JsonNode activation(String subject, String code) {
        String path = "/public/data_sharing_activation/" + HttpRequest.encoded(code);
        JsonAnswer answer = open.send(subject, open.request("GET", path).withRepeatable(false));
        return SPENT.contains(answer.status()) ? MissingNode.getInstance() : checked(subject, answer);
    }

    private static JsonNode checked(String subject, JsonAnswer answer) {
        if (!answer.isSuccess()) {
            throw refused(subject, answer);
        }
        if (answer.json().isMissingNode()) {
            return object();
        }
        if (!answer.json().isObject()) {
            throw bad(subject, "The answer is not the JSON of the API");
        }
        return answer.json();
    }

    static KeywharfException bad(String subject, String problem) {
        return new KeywharfException(
                BAD_ANSWER, subject, problem + "; check the workspace's host, and whether a proxy is in between");
    }

    /** The code of the vendor says more than the status, which differs from service to service. */
    private static KeywharfException refused(String subject, JsonAnswer answer) {
        int status = answer.status();
        String vendor = answer.json().path("error_code").asText("");
        String text = answer.json().path("message").asText("");
        String said = answer.said(vendor, text);
        if (status == 404 || vendor.endsWith("_DOES_NOT_EXIST") || vendor.endsWith("NOT_FOUND")) {
            return new KeywharfException(
                    NOT_FOUND,
                    subject,
                    "Something that is named does not exist " + said + "; correct the name, or make it first");
        }
        if (vendor.endsWith("ALREADY_EXISTS")) {
            return KeywharfException.retryable(CONFLICT, subject, "It exists already " + said);
        }
        if (status == 409
                || vendor.endsWith("CONFLICT")
                || vendor.equals("ABORTED")
                || isSecondRotation(vendor, text)) {
            return KeywharfException.retryable(
                    CONFLICT,
                    subject,
                    "Another changes it, or its earlier token has not ended yet " + said + "; try again later");
        }
        if (status == 429 || status >= 500 || status == 408) {
            return KeywharfException.retryable(
                    UNAVAILABLE, subject, "The workspace cannot do this now " + said + "; try again later");
        }
        String wayOut = status == 401
                ? "check the service principal's id and secret"
                : status == 403
                        ? "grant the service principal CREATE SHARE, CREATE RECIPIENT, SELECT on the tables, or what"
                                + " the message names; it must own what it changes"
                        : "see the message";
        return new KeywharfException(REFUSED, subject, "The workspace refuses " + said + "; " + wayOut);
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
