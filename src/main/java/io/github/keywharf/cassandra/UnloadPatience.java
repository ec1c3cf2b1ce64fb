package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Backoff;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** Which failures of a read pass, and how long to wait between attempts. */
final class UnloadPatience {

    /** Up to 2 s: a server that returns is not left idle for long. */
    static final Backoff WAITS = Backoff.doubling(Duration.ofMillis(100), Duration.ofSeconds(2));

    private UnloadPatience() {}

    /** Whether the same read may succeed later. */
    static boolean passes(Throwable failure) {
        FailureKind kind = CassandraErrors.kind(failure);
        return kind.isPassing() || isTooMuch(kind) || kind == FailureKind.BUSY || kind == FailureKind.SERVER_ERROR;
    }

    /** Whether fewer rows at a time may help. */
    static boolean isTooMuch(Throwable failure) {
        return isTooMuch(CassandraErrors.kind(failure));
    }

    private static boolean isTooMuch(FailureKind kind) {
        return kind == FailureKind.TIMEOUT || kind == FailureKind.READ_TIMEOUT || kind == FailureKind.READ_FAILED;
    }

    /**
     * Waits for an answer, unlike {@link Waiting} with its failure as the driver reports it.
     *
     * @throws ExecutionException with what the driver reports
     */
    static <T> T answer(String subject, CompletionStage<T> stage) throws ExecutionException {
        try {
            return stage.toCompletableFuture().get();
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(subject, e);
        }
    }
}
