package io.github.keywharf.http;

import io.github.keywharf.secret.Secret;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The answer of an OAuth token endpoint (RFC 6749, section 5). Prints no secret. */
public record TokenAnswer(JsonAnswer answer) {
    private static final int MAX_BYTES = 256 * 1024;
    private static final int MAX_SECONDS = 366 * 24 * 3600;

    /** A request for a token. Its fields are in the body, and so never part of an address, an error or a log. */
    public static HttpRequest request(URI endpoint, Map<String, String> fields) {
        String form = fields.entrySet().stream()
                .map(field -> HttpRequest.encoded(field.getKey()) + "=" + HttpRequest.encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        return HttpRequest.post(endpoint, HttpBody.of(form))
                .withHeader("Content-Type", "application/x-www-form-urlencoded")
                .withHeader("Accept", "application/json");
    }

    /**
     * Sends a request, and reads its answer of any status.
     *
     * @throws io.github.keywharf.KeywharfException what the handler throws
     */
    public static TokenAnswer of(HttpHandler http, HttpRequest request) {
        return new TokenAnswer(JsonAnswer.read(http.handle(request), MAX_BYTES));
    }

    /** Returns true if a text can be sent as a token: printable ASCII without blanks. */
    public static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c <= '~');
    }

    /** The token of an answer with status 200; empty if it is missing or cannot be sent. */
    public Optional<Secret> token() {
        return Optional.of(text("access_token"))
                .filter(text -> answer.status() == 200 && isToken(text))
                .map(Secret::of);
    }

    /** Expiry of the token by {@code expires_in}; empty if that is missing, or more than a year. */
    public Optional<Instant> expires(InstantSource clock) {
        long seconds = answer.json().path("expires_in").asLong(0);
        return seconds <= 0 || seconds > MAX_SECONDS
                ? Optional.empty()
                : Optional.of(clock.instant().plus(Duration.ofSeconds(seconds)));
    }

    /** A member of the answer, such as {@code error}; empty text if it is missing. May be a secret. */
    public String text(String member) {
        return answer.json().path(member).asText("");
    }

    /** The endpoint's error for messages: {@code (401 invalid_client): Client authentication failed}. */
    public String said() {
        return answer.said(text("error"), text("error_description"));
    }
}
