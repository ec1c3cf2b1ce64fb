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
            throw refusal(subject, response);
        }
    }

    private KeywharfException refusal(String subject, HttpResponse response) {
        int status = response.status();
        String said = said(response);
        return switch (status) {
            case 400 -> error("sharing.bad_request", subject, "The server refuses the request" + said + "; correct it");
            case 401 -> unauthorized(subject, said);
            case 403 ->
                error(
                        "sharing.refused",
                        subject,
                        "The server does not allow it" + said + "; ask the provider of the share");
            case 404 ->
                error(
                        "sharing.not_found",
                        subject,
                        "The server has no such share, schema or table for this profile" + said
                                + "; list what there is, or ask the provider");
            case 429 ->
                error(
                        "sharing.limited",
                        subject,
                        "The server takes no more requests for now" + said + "; try again later");
            default ->
                error(
                        status >= 500 ? "sharing.unavailable" : "sharing.bad_answer",
                        subject,
                        "The server answers with the status " + status + said
                                + "; try again later, or ask the provider");
        };
    }

    private KeywharfException unauthorized(String subject, String said) {
        return expires.filter(end -> !clock.instant().isBefore(end))
                .map(end -> error(
                        "sharing.expired",
                        subject,
                        "The profile expired at " + end + "; ask the provider for a new one"))
                .orElseGet(() -> error(
                        "sharing.unauthorized",
                        subject,
                        "The server does not accept the profile" + said
                                + "; it may have been replaced: ask the provider for the present one"));
    }

    /** What the server gives as the reason, if anything. */
    private static String said(HttpResponse response) {
        try {
            byte[] bytes = response.body().bytes(MAX_ERROR);
            JsonNode error = JSON.readTree(bytes);
            String code = error.path("errorCode").asText();
            String message = error.path("message").asText();
            String both = code.isEmpty() || message.isEmpty() ? code + message : code + ", " + message;
            return both.isEmpty() ? "" : ": " + Cut.printable(both, MAX_QUOTED);
        } catch (java.io.IOException | KeywharfException e) {
            return "";
        }
    }

    static KeywharfException badAnswer(String subject, String problem, @Nullable Throwable cause) {
        return new KeywharfException(
                "sharing.bad_answer", subject, problem + "; check the endpoint, or ask the provider", cause);
    }

    private static KeywharfException error(String code, String subject, String problem) {
        return new KeywharfException(code, subject, problem);
    }

    @Override
    public String toString() {
        return Cut.printable(endpoint.toString(), MAX_QUOTED);
    }
}
