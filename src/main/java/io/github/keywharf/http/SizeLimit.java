package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Limits on the bodies of requests and responses. Beyond them there is {@code http.request_too_large}, which a server answers
 * with 413, and {@code http.too_large}. A known length is checked before anything is sent; otherwise bytes are counted while
 * they are read. Thread-safe.
 */
public final class SizeLimit implements HttpFilter {
    /** Code of an error when the body of a request is larger than allowed. */
    public static final String REQUEST_TOO_LARGE = "http.request_too_large";

    private final long request;
    private final long response;

    private SizeLimit(long request, long response) {
        this.request = request;
        this.response = response;
    }

    /** A filter with limits in bytes on a request's body, and a response's. */
    public static SizeLimit of(long request, long response) {
        return new SizeLimit(Checks.notNegative("request", request), Checks.notNegative("response", response));
    }

    @Override
    public HttpHandler around(HttpHandler next) {
        return sent -> {
            String subject = JdkClient.subject(sent);
            HttpResponse received =
                    next.handle(sent.withBody(limit(sent.body(), request, () -> requestTooLarge(subject))));
            return received.withBody(limit(received.body(), response, () -> responseTooLarge(subject)));
        };
    }

    private static HttpBody limit(HttpBody body, long maxBytes, Supplier<KeywharfException> error) {
        OptionalLong length = body.length();
        if (length.isEmpty()) {
            return new LimitedBody(body, maxBytes, error);
        }
        if (length.getAsLong() > maxBytes) {
            body.close();
            throw error.get();
        }
        return body;
    }

    private KeywharfException requestTooLarge(String subject) {
        return new KeywharfException(
                REQUEST_TOO_LARGE,
                subject,
                "The request has more than " + request + " bytes; send less at a time, or raise the limit");
    }

    private KeywharfException responseTooLarge(String subject) {
        return new KeywharfException(
                HttpClients.TOO_LARGE,
                subject,
                "The response has more than " + response + " bytes; ask for less, or raise the limit");
    }

    @Override
    public String toString() {
        return "SizeLimit[requests " + request + " bytes, responses " + response + " bytes]";
    }
}
