package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.Pause;
import io.github.keywharf.internal.Backoff;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The pages of one piece of the ring, in order: the next is asked for while this one is used. A page that fails in
 * passing is asked for again from where the one before it ended, so that no row comes twice and none is left out. Not
 * thread-safe.
 */
final class UnloadPages {
    private static final int SMALLEST_SHARE = 1024;

    /** Up to 2 s: a server that returns is not left idle for long. */
    private static final Backoff WAITS = Backoff.doubling(Duration.ofMillis(100), Duration.ofSeconds(2));

    private final UnloadQuery query;
    private final UnloadScan scan;
    private final TokenSpan span;
    private @Nullable ByteBuffer state;
    private @Nullable CompletionStage<AsyncResultSet> asked;
    private int share = 1;

    UnloadPages(UnloadScan scan, TokenSpan span) {
        this.query = scan.query;
        this.scan = scan;
        this.span = span;
        this.asked = query.page(span, null, share);
    }

    /** The next page, perhaps an empty one, or null at the end. */
    @Nullable
    AsyncResultSet next() {
        if (asked == null) {
            return null;
        }
        AsyncResultSet page = answer(asked);
        query.learn(page.remaining(), page.getExecutionInfo().getResponseSizeInBytes());
        state = page.getExecutionInfo().getPagingState();
        asked = state == null ? null : query.page(span, state, share);
        return page;
    }

    private AsyncResultSet answer(CompletionStage<AsyncResultSet> first) {
        CompletionStage<AsyncResultSet> attempt = first;
        long begun = System.nanoTime();
        for (int failures = 0; ; ) {
            try {
                if (Thread.interrupted()) {
                    // A page that has arrived already is given to an interrupted thread all the same.
                    throw new InterruptedException();
                }
                AsyncResultSet page = attempt.toCompletableFuture().get();
                if (failures > 0) {
                    scan.resumed();
                }
                return page;
            } catch (InterruptedException e) {
                throw KeywharfException.interrupted(subject(), e);
            } catch (ExecutionException e) {
                failures++;
                refuse(e, Duration.ofNanos(System.nanoTime() - begun));
                scan.delayed(CassandraErrors.of(subject(), "A page cannot be read", e));
                if (isTooMuch(CassandraErrors.kind(e)) && share < SMALLEST_SHARE) {
                    share *= 2;
                }
                Pause.SLEEP.of(WAITS.pause(failures), subject());
                attempt = query.page(span, state, share);
            }
        }
    }

    private void refuse(ExecutionException e, Duration waited) {
        if (!passes(e)) {
            // The server and the driver have many ways to fail over a table that is another one now.
            scan.checkUnchanged();
            throw CassandraErrors.of(subject(), "The table cannot be read on", e);
        }
        if (waited.compareTo(scan.patience) >= 0) {
            KeywharfException last = CassandraErrors.of(subject(), "The table cannot be read on", e);
            throw KeywharfException.retryable(
                    "cassandra.outage",
                    subject(),
                    "The table cannot be read on: no answer for " + waited.toSeconds() + " s, more than the "
                            + scan.patience + " of patience(…); the last failure: " + last.getMessage(),
                    last);
        }
    }

    /** Whether the same read may succeed later. */
    static boolean passes(Throwable failure) {
        FailureKind kind = CassandraErrors.kind(failure);
        return kind.isPassing() || isTooMuch(kind) || kind == FailureKind.BUSY || kind == FailureKind.SERVER_ERROR;
    }

    /** Whether fewer rows at a time may help. */
    private static boolean isTooMuch(FailureKind kind) {
        return kind == FailureKind.TIMEOUT || kind == FailureKind.READ_TIMEOUT || kind == FailureKind.READ_FAILED;
    }

    private String subject() {
        return query.source.subject();
    }
}
