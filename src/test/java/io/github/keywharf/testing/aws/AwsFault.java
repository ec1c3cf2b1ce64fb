package io.github.keywharf.testing.aws;

import org.jspecify.annotations.Nullable;

/**
 * What goes wrong at the next calls of an operation.
 *
 * @param operation such as {@code StartFlow}
 * @param times how many calls it meets
 * @param failure what is answered in place of doing it; null to do it and drop the connection before the answer
 * @param retryAfter seconds of the header Retry-After, or null for none
 */
public record AwsFault(
        String operation,
        int times,
        @Nullable Failure failure,
        @Nullable Integer retryAfter) {

    /** An error answer of the service. */
    public record Failure(int status, String type, String message) {}

    /** Too many requests ("ThrottlingException", 429). */
    public static AwsFault throttled(String operation, int times) {
        return new AwsFault(
                operation,
                times,
                new Failure(429, "ThrottlingException", "API calls have exceeded the maximum allowed API request rate"),
                null);
    }

    /** An error within the service ("InternalServerException", 500). */
    public static AwsFault broken(String operation, int times) {
        return new AwsFault(
                operation,
                times,
                new Failure(500, "InternalServerException", "An internal service error occurred"),
                null);
    }

    /** The caller's policies do not allow it ("AccessDeniedException", 403). */
    public static AwsFault denied(String operation) {
        return new AwsFault(
                operation,
                Integer.MAX_VALUE,
                new Failure(403, "AccessDeniedException", "User is not authorized to perform " + operation),
                null);
    }

    /** Does it, and drops the connection before the answer. */
    public static AwsFault lostAnswer(String operation, int times) {
        return new AwsFault(operation, times, null, null);
    }

    /** This fault, whose error asks to wait that many seconds. */
    public AwsFault withRetryAfter(int seconds) {
        return new AwsFault(operation, times, failure, seconds);
    }

    AwsFault once() {
        return new AwsFault(operation, times - 1, failure, retryAfter);
    }
}
