package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import io.github.keywharf.KeywharfException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests, as many at a time as the limiter allows, and keeps those that failed for the loading thread. The
 * driver's threads only count.
 */
final class BulkSender {
    /** Bytes under way at most, whatever the number of requests: a quarter of what a server's small buffers take. */
    static final long MAX_BYTES = 8L << 20;

    private static final long FOREVER = TimeUnit.DAYS.toNanos(1_000);

    /** A request that failed. */
    record Failure(BulkRequest request, Throwable cause) {}

    private final CqlSession session;
    private final BulkLimiter limiter;
    private final String subject;
    private final Deque<Failure> failures = new ArrayDeque<>();
    private int inFlight;
    private long bytes;
    private long answered;

    BulkSender(CqlSession session, BulkLimiter limiter, String subject) {
        this.session = session;
        this.limiter = limiter;
        this.subject = subject;
    }

    /** Sends a request without waiting. */
    void send(BulkRequest request) {
        long start = System.nanoTime();
        synchronized (this) {
            inFlight++;
            bytes += request.bytes;
        }
        CompletionStage<AsyncResultSet> stage;
        try {
            stage = session.executeAsync(request.statement);
        } catch (RuntimeException | Error e) {
            ended(request, e, start);
            return;
        }
        stage.whenComplete((result, failure) -> ended(request, failure, start));
    }

    private synchronized void ended(BulkRequest request, @Nullable Throwable failure, long start) {
        inFlight--;
        bytes -= request.bytes;
        if (failure == null) {
            answered++;
            limiter.answered(System.nanoTime() - start);
            request.window.requestAcknowledged(request.rows.length);
        } else {
            failures.add(new Failure(request, CassandraErrors.unwrapped(failure)));
        }
        notifyAll();
    }

    /** Waits until another request may be sent, and returns null, or returns a request that failed meanwhile. */
    @Nullable
    Failure awaitRoom() {
        return await(FOREVER, () -> inFlight == 0 || (inFlight < limiter.limit() && bytes < MAX_BYTES));
    }

    /** Waits until no request is under way, and returns null, or returns a request that failed meanwhile. */
    @Nullable
    Failure awaitIdle() {
        return await(FOREVER, () -> inFlight == 0);
    }

    /** Waits until an answer comes, for at most so long; returns a request that failed, if any. */
    @Nullable
    Failure awaitAnswer(long nanos) {
        int before = inFlight();
        return await(nanos, () -> inFlight == 0 || inFlight < before);
    }

    /** Waits so long, or less when a request fails, which is returned. */
    @Nullable
    Failure pause(long nanos) {
        return await(nanos, () -> false);
    }

    private synchronized @Nullable Failure await(long nanos, BooleanSupplier enough) {
        long end = System.nanoTime() + nanos;
        try {
            for (long left = nanos;
                    failures.isEmpty() && !enough.getAsBoolean() && left > 0;
                    left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(subject, e);
        }
        return failures.poll();
    }

    /** Waits until nothing is under way, for a load that has failed already; what fails is forgotten. */
    synchronized void abandon(long nanos) {
        long end = System.nanoTime() + nanos;
        try {
            for (long left = nanos; inFlight > 0 && left > 0; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized int inFlight() {
        return inFlight;
    }

    /** Halves what may be under way. */
    synchronized void overloaded() {
        limiter.overloaded();
    }

    synchronized int limit() {
        return limiter.limit();
    }

    /** How many requests were answered well so far. */
    synchronized long answered() {
        return answered;
    }
}
