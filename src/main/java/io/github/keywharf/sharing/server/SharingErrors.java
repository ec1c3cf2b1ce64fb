package io.github.keywharf.sharing.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.internal.Cut;

/** Why requests are refused, and how the protocol says so. Messages quote nothing that a recipient may not know. */
final class SharingErrors {
    private static final int MAX_QUOTED = 200;

    private SharingErrors() {}

    static KeywharfException unauthorized() {
        return new KeywharfException(
                "sharing.unauthorized", "request", "It has no valid bearer token; send the token of a profile");
    }

    static KeywharfException expired(String recipient) {
        return new KeywharfException(
                "sharing.expired", recipient, "The token has expired; ask the provider for a new profile");
    }

    static KeywharfException refused(String subject, String problem) {
        return new KeywharfException("sharing.refused", subject, problem);
    }

    /** What is not there and what is not granted look the same. */
    static KeywharfException notFound(String kind, String name) {
        return new KeywharfException(
                "sharing.not_found",
                kind + " " + Cut.printable(name, MAX_QUOTED),
                "There is none of this name for this recipient; list what there is");
    }

    static KeywharfException badRequest(String subject, String problem) {
        return new KeywharfException("sharing.bad_request", Cut.printable(subject, MAX_QUOTED), problem);
    }

    static KeywharfException limited(String recipient, long requests) {
        return KeywharfException.retryable(
                "sharing.limited",
                recipient,
                "More than " + requests + " requests came within a minute; wait, and send fewer");
    }

    /** The answer to a request that failed; what is not the client's doing is not described. */
    static HttpResponse answer(KeywharfException e) {
        return switch (e.code()) {
            case "sharing.unauthorized", "sharing.expired" ->
                json(401, "UNAUTHENTICATED", message(e)).withHeader("WWW-Authenticate", "Bearer");
            case "sharing.refused" -> json(403, "PERMISSION_DENIED", message(e));
            case "sharing.not_found" -> json(404, "RESOURCE_DOES_NOT_EXIST", message(e));
            case "sharing.bad_request" -> json(400, "INVALID_PARAMETER_VALUE", message(e));
            case "sharing.limited" ->
                json(429, "RESOURCE_LIMIT_EXCEEDED", message(e)).withHeader("Retry-After", "5");
            case "http.too_large", "http.request_too_large" ->
                json(413, "INVALID_PARAMETER_VALUE", "The request is too large; send fewer or shorter hints");
            case "delta.no_version" -> json(400, "INVALID_PARAMETER_VALUE", "The table has no such version (any more)");
            case "delta.unsupported", "delta.too_large" ->
                json(400, "UNSUPPORTED_OPERATION", "The table cannot be shared as it is; ask its provider");
            case "delta.not_a_table" -> json(404, "RESOURCE_DOES_NOT_EXIST", "The table is not there");
            default ->
                e.retryable()
                        ? json(503, "TEMPORARILY_UNAVAILABLE", "The server cannot answer now; try again")
                                .withHeader("Retry-After", "5")
                        : failed();
        };
    }

    static HttpResponse failed() {
        return json(500, "INTERNAL_ERROR", "The server failed");
    }

    private static String message(KeywharfException e) {
        return String.valueOf(e.getMessage());
    }

    /** What a client may read of a failure after the first byte of an answer. */
    static String described(KeywharfException e) {
        return e.code().startsWith("sharing.") ? message(e) : "The server failed; ask again";
    }

    static HttpResponse json(int status, String code, String message) {
        return json(
                status,
                JsonNodeFactory.instance.objectNode().put("errorCode", code).put("message", message));
    }

    static HttpResponse json(int status, JsonNode json) {
        return HttpResponse.of(status)
                .withHeader("Content-Type", "application/json; charset=utf-8")
                .withBody(HttpBody.of(json.toString()));
    }
}
