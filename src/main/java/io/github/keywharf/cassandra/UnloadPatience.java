package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.connection.BusyConnectionException;
import com.datastax.oss.driver.api.core.servererrors.ReadFailureException;
import com.datastax.oss.driver.api.core.servererrors.ReadTimeoutException;
import com.datastax.oss.driver.api.core.servererrors.ServerError;
import io.github.keywharf.KeywharfException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Which failures of a read pass, and how long to wait between attempts. */
final class UnloadPatience {

    /** Up to 2 s: a server that returns is not left idle for long. */
    static final Backoff WAITS = new Backoff(Duration.ofSeconds(2));

    private UnloadPatience() {}

    /** Whether the same read may succeed later. */
    static boolean passes(Throwable failure) {
        Throwable telling = telling(failure);
        return CassandraErrors.isPassing(failure)
                || isTooMuch(failure)
                || telling instanceof BusyConnectionException
                || telling instanceof ServerError;
    }

    /** Whether fewer rows at a time may help. */
    static boolean isTooMuch(Throwable failure) {
        Throwable telling = telling(failure);
        return telling instanceof DriverTimeoutException
                || telling instanceof ReadTimeoutException
                || telling instanceof ReadFailureException;
    }

    private static Throwable telling(Throwable failure) {
        return CassandraErrors.telling(CassandraErrors.unwrapped(failure));
    }

    static void pause(String subject, Duration wait) {
        try {
            TimeUnit.NANOSECONDS.sleep(wait.toNanos());
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(subject, e);
        }
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
