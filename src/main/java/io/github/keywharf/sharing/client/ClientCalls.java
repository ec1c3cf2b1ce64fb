package io.github.keywharf.sharing.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.Cut;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The requests of a client to the server of its profile, and what its refusals mean. Thread-safe. */
final class ClientCalls {

    static final JsonMapper JSON = new JsonMapper();

    /** The path of the list of shares, which every server has. */
    static final String SHARES = "/shares";

    /** The most bytes of an answer that is one JSON document. */
    private static final int MAX_DOCUMENT = 16 * 1024 * 1024;

    private static final int MAX_ERROR = 64 * 1024;
    private static final int MAX_QUOTED = 300;

    private final URI endpoint;
    private final Optional<Instant> expires;
    private final HttpHandler http;
    private final InstantSource clock;

    /** @param http logs in */
    ClientCalls(ShareProfile profile, HttpHandler http, InstantSource clock) {
        this.endpoint = profile.endpoint();
        this.expires = profile.expires();
        this.http = http;
        this.clock = clock;
    }

    URI endpoint() {
        return endpoint;
    }

    Instant now() {
        return clock.instant();
    }

    /** A segment of a path. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private URI uri(String path, Map<String, String> query) {
        String text = query.entrySet().stream()
                .map(parameter -> encoded(parameter.getKey()) + "=" + encoded(parameter.getValue()))
                .collect(Collectors.joining("&"));
        return URI.create(endpoint + path + (text.isEmpty() ? "" : "?" + text));
    }

    /** One document. */
    JsonNode document(String subject, String path, Map<String, String> query) {
        try (HttpResponse response = get(subject, path, query, "")) {
            JsonNode document = JSON.readTree(response.body().bytes(MAX_DOCUMENT));
            if (!document.isObject()) {
                throw badAnswer(subject, "The server's answer is not a JSON object", null);
            }
            return document;
        } catch (JsonProcessingException e) {
            throw badAnswer(subject, "The server's answer is not JSON: " + e.getOriginalMessage(), e);
        } catch (java.io.IOException e) {
            throw badAnswer(subject, "The server's answer cannot be read: " + e, e);
        }
    }

    /** A response that is a success. */
    HttpResponse get(String subject, String path, Map<String, String> query, String capabilities) {
        return send(subject, HttpRequest.get(uri(path, query)), capabilities);
    }

    /** A response to a request that only reads. */
    HttpResponse post(String subject, String path, JsonNode body, String capabilities) {
        return send(
                subject,
                HttpRequest.post(uri(path, Map.of()), HttpBody.of(body.toString()))
                        .withHeader("Content-Type", "application/json; charset=utf-8")
                        .withRepeatable(true),
                capabilities);
    }

    private HttpResponse send(String subject, HttpRequest request, String capabilities) {
        HttpResponse response = http.handle(
                capabilities.isEmpty() ? request : request.withHeader("delta-sharing-capabilities", capabilities));
        if (response.isSuccess()) {
            return response;
        }
        try (response) {
            throw refusal(subject, request, response);
        }
    }

    private KeywharfException refusal(String subject, HttpRequest request, HttpResponse response) {
        int status = response.status();
        return switch (status) {
            case 400 -> refusal("sharing.bad_request", subject, "The server refuses the request; correct it", response);
            case 401 -> unauthorized(subject, response);
            case 403 ->
                refusal(
                        "sharing.refused",
                        subject,
                        "The server does not allow it; ask the provider of the share",
                        response);
            case 404 ->
                request.path().equals(endpoint.getPath() + SHARES)
                        ? refusal(
                                "sharing.bad_answer",
                                toString(),
                                "There is no list of shares at this endpoint; check the address in the profile",
                                response)
                        : refusal(
                                "sharing.not_found",
                                subject,
                                "There is no such share, schema or table for this profile; see what shares() and tables()"
                                        + " list, or ask the provider",
                                response);
            case 429 ->
                refusal(
                        "sharing.limited",
                        subject,
                        "The server takes no more requests for now; try again later",
                        response);
            default ->
                refusal(
                        status >= 500 ? "sharing.unavailable" : "sharing.bad_answer",
                        subject,
                        "The server answers with the status " + status + "; try again later, or ask the provider",
                        response);
        };
    }

    private KeywharfException unauthorized(String subject, HttpResponse response) {
        return expires.filter(end -> !clock.instant().isBefore(end))
                .map(end -> refusal(
                        "sharing.expired",
                        subject,
                        "The profile expired at " + end + "; ask the provider for a new one",
                        response))
                .orElseGet(() -> refusal(
                        "sharing.unauthorized",
                        subject,
                        "The server does not accept the profile; it may have been replaced or have ended: ask the provider"
                                + " for the present one",
                        response));
    }

    private static KeywharfException refusal(String code, String subject, String problem, HttpResponse response) {
        return new KeywharfException(code, subject, problem + said(response));
    }

    /** What the server gives as the reason, if anything. */
    private static String said(HttpResponse response) {
        try {
            byte[] bytes = response.body().bytes(MAX_ERROR);
            JsonNode error = JSON.readTree(bytes);
            String code = error.path("errorCode").asText();
            String message = error.path("message").asText();
            String both = code.isEmpty() || message.isEmpty() ? code + message : code + ", " + message;
            return both.isEmpty() ? "" : ". The server says: " + Cut.printable(both, MAX_QUOTED);
        } catch (java.io.IOException | KeywharfException e) {
            return "";
        }
    }

    static KeywharfException badAnswer(String subject, String problem, @Nullable Throwable cause) {
        return new KeywharfException(
                "sharing.bad_answer", subject, problem + "; check the endpoint, or ask the provider", cause);
    }

    @Override
    public String toString() {
        return Cut.printable(endpoint.toString(), MAX_QUOTED);
    }
}
