package io.github.keywharf.sharing.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.catalog.ShareProfile;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.JsonAnswer;
import io.github.keywharf.http.JsonApi;
import io.github.keywharf.internal.Cut;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
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

    /** Code of an error when the server refuses what a request says. */
    static final String BAD_REQUEST = "sharing.bad_request";

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

    private URI uri(String path, Map<String, String> query) {
        String text = query.entrySet().stream()
                .map(parameter ->
                        HttpRequest.encoded(parameter.getKey()) + "=" + HttpRequest.encoded(parameter.getValue()))
                .collect(Collectors.joining("&"));
        return URI.create(endpoint + path + (text.isEmpty() ? "" : "?" + text));
    }

    /** One document. */
    JsonNode document(String subject, String path, Map<String, String> query) {
        JsonNode document =
                JsonAnswer.read(get(subject, path, query, ""), MAX_DOCUMENT).json();
        if (!document.isObject()) {
            throw badAnswer(subject, "The server's answer is not a JSON object", null);
        }
        return document;
    }

    /** The items of a list, page by page, each fetched when it is needed. */
    Stream<JsonNode> items(String subject, String path) {
        return JsonApi.pages(
                        token -> document(subject, path, token.isEmpty() ? Map.of() : Map.of("pageToken", token)),
                        page -> page.path("nextPageToken").asText(""),
                        () -> endless(subject))
                .flatMap(page -> StreamSupport.stream(page.path("items").spliterator(), false));
    }

    static KeywharfException endless(String subject) {
        return badAnswer(
                subject,
                "The server gives the same page again, or more than " + JsonApi.MAX_PAGES
                        + " pages, or one with too long a name",
                null);
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
        throw refusal(subject, request, said(response), response.status());
    }

    private KeywharfException refusal(String subject, HttpRequest request, String said, int status) {
        return switch (status) {
            case 400 ->
                new KeywharfException(BAD_REQUEST, subject, "The server refuses the request " + said + "; correct it");
            case 401 ->
                expires.filter(end -> !clock.instant().isBefore(end))
                        .map(end -> new KeywharfException(
                                "sharing.expired",
                                subject,
                                "The profile expired at " + end + " " + said + "; ask the provider for a new one"))
                        .orElseGet(
                                () -> new KeywharfException(
                                        "sharing.unauthorized",
                                        subject,
                                        "The server does not accept the profile " + said
                                                + "; it may have been replaced or have ended: ask the provider for the present one"));
            case 403 ->
                new KeywharfException(
                        "sharing.refused",
                        subject,
                        "The server does not allow it " + said + "; ask the provider of the share");
            case 404 ->
                request.path().equals(endpoint.getPath() + SHARES)
                        ? new KeywharfException(
                                "sharing.bad_answer",
                                toString(),
                                "There is no list of shares at this endpoint " + said
                                        + "; check the address in the profile")
                        : new KeywharfException(
                                "sharing.not_found",
                                subject,
                                "There is no such share, schema or table for this profile " + said
                                        + "; see what shares() and tables() list, or ask the provider");
            case 429 ->
                KeywharfException.retryable(
                        "sharing.limited",
                        subject,
                        "The server takes no more requests for now " + said + "; try again later");
            default ->
                status >= 500
                        ? KeywharfException.retryable("sharing.unavailable", subject, unexpected(said))
                        : new KeywharfException("sharing.bad_answer", subject, unexpected(said));
        };
    }

    private static String unexpected(String said) {
        return "The server does not answer as it should " + said + "; try again later, or ask the provider";
    }

    /** The status, and the reason that the server gives, if any. */
    private static String said(HttpResponse response) {
        try {
            JsonAnswer answer = JsonAnswer.read(response, MAX_ERROR);
            return answer.said(
                    answer.json().path("errorCode").asText(""),
                    answer.json().path("message").asText(""));
        } catch (KeywharfException e) {
            // The refusal is one whether or not its reason can be read.
            return "(" + response.status() + ")";
        }
    }

    /** A name in an item. */
    static String name(String subject, JsonNode item, String field) {
        String name = item.path(field).asText("");
        if (name.isEmpty()) {
            throw badAnswer(
                    subject, "An item of the list has no " + field + ": " + Cut.printable(item.toString(), 200), null);
        }
        return name;
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
