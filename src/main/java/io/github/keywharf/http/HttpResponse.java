package io.github.keywharf.http;

import io.github.keywharf.CheckReturnValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A response: status, headers and body. Its holder closes it, which closes its body.
 *
 * <p>An immutable value but for its body, which may be readable once. The {@code with} methods copy and share the body.
 * Prints without secrets.
 */
public final class HttpResponse implements AutoCloseable {
    private final int status;
    private final HttpHeaders headers;
    private final HttpBody body;

    private HttpResponse(int status, HttpHeaders headers, HttpBody body) {
        this.status = status;
        this.headers = headers;
        this.body = body;
    }

    /**
     * A response without headers and body.
     *
     * @throws IllegalArgumentException unless the status is from 200 to 599: interim ones are not responses
     */
    public static HttpResponse of(int status) {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("The status " + status + " is not from 200 to 599");
        }
        return new HttpResponse(status, HttpHeaders.none(), HttpBody.empty());
    }

    /** A response whose body is plain text. */
    public static HttpResponse text(int status, String text) {
        return of(status)
                .withHeader("Content-Type", "text/plain; charset=utf-8")
                .withBody(HttpBody.of(text));
    }

    /** A response whose body is JSON. */
    public static HttpResponse json(int status, String json) {
        return of(status).withHeader("Content-Type", "application/json").withBody(HttpBody.of(json));
    }

    /**
     * A page of HTML that no other page may frame and no cache may store.
     *
     * @param policy value of Content-Security-Policy
     */
    public static HttpResponse page(String html, String policy) {
        return of(200).withHeader("Content-Type", "text/html; charset=utf-8")
                .withHeader("Content-Security-Policy", policy + "; frame-ancestors 'none'")
                .withHeader("X-Content-Type-Options", "nosniff")
                .withHeader("Referrer-Policy", "no-referrer")
                .withHeader("Cache-Control", "no-store")
                .withBody(HttpBody.of(html));
    }

    /** The status code. */
    public int status() {
        return status;
    }

    /** Returns true if the status is from 200 to 299. */
    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** The headers. */
    public HttpHeaders headers() {
        return headers;
    }

    /** The first value of a header. */
    public Optional<String> header(String name) {
        return headers.find(name);
    }

    /**
     * Wait until the time of {@code Retry-After}; zero if that time is past, empty if the header is missing or malformed.
     */
    public Optional<Duration> retryAfter(Instant now) {
        return header("Retry-After").flatMap(value -> RetryAfter.parse(value, now));
    }

    /** The body. */
    public HttpBody body() {
        return body;
    }

    /** A copy with other headers. */
    @CheckReturnValue
    public HttpResponse withHeaders(HttpHeaders others) {
        return new HttpResponse(status, others, body);
    }

    /** A copy with this value in place of all others of that header. */
    @CheckReturnValue
    public HttpResponse withHeader(String name, String value) {
        return withHeaders(headers.with(name, value));
    }

    /** A copy with another body; the current one is not closed. */
    @CheckReturnValue
    public HttpResponse withBody(HttpBody other) {
        return new HttpResponse(status, headers, other);
    }

    /** Closes the body; closing twice is harmless. */
    @Override
    public void close() {
        body.close();
    }

    @Override
    public String toString() {
        return "HttpResponse[" + status + ", headers " + headers + ", body " + body + "]";
    }
}
