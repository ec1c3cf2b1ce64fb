package io.github.keywharf.cassandra;

import io.github.keywharf.internal.Backoff;
import java.time.Duration;

/** How patient a load is: how long it pauses, and when it gives up on a request. Belongs to the loading thread. */
final class BulkTrouble {
    /** A request that broke the connection so often is sent alone, to see whether it is the cause. */
    private static final int SUSPECT = 3;

    /** A request that did so alone as well is the cause. */
    private static final int GUILTY = 5;

    /** A request that a replica failed to write so often is taken apart. */
    private static final int PERSISTENT = 4;

    private static final Backoff PAUSES = Backoff.doubling(Duration.ofMillis(25), Duration.ofMillis(1600));
    private static final long REPORT_EVERY = Duration.ofSeconds(1).toNanos();

    private final String subject;
    private final Duration deadline;
    private long pausedUntil = System.nanoTime();
    private long lastReported = System.nanoTime() - REPORT_EVERY;
    private long answeredBefore = -1;
    private int inARow;

    BulkTrouble(String subject, Duration deadline) {
        this.subject = subject;
        this.deadline = deadline;
    }

    /** Nanoseconds for which nothing is to be sent. */
    long pause() {
        return Math.max(0, pausedUntil - System.nanoTime());
    }

    /**
     * Notes that the server cannot keep up, and pauses: the longer, the more often this is noted with few answers in
     * between.
     *
     * @param answered how many requests were answered well so far
     * @param limit how many may be under way
     * @return whether this is worth reporting again
     */
    boolean overloaded(long answered, int limit) {
        inARow = answered - answeredBefore > 2L * limit ? 1 : inARow + 1;
        answeredBefore = answered;
        long now = System.nanoTime();
        pausedUntil = now + PAUSES.pause(inARow).toNanos();
        boolean due = now - lastReported >= REPORT_EVERY;
        lastReported = due ? now : lastReported;
        return due;
    }

    boolean isSuspect(BulkRequest request) {
        return request.disconnects() >= SUSPECT;
    }

    boolean isGuilty(BulkRequest request) {
        return request.disconnects() + 1 >= GUILTY;
    }

    boolean isPersistent(BulkRequest request) {
        return request.attempts() >= PERSISTENT;
    }

    /** Gives up when a request failed for longer than the deadline. */
    void requireTime(BulkRequest request, Throwable cause) {
        if (System.nanoTime() - request.firstFailed() > deadline.toNanos()) {
            throw CassandraErrors.of(
                    subject,
                    "Rows could not be written for " + deadline.toSeconds()
                            + " s; those acknowledged stay, and loading all of them again is harmless",
                    cause);
        }
    }
}
