package io.github.keywharf.cassandra;

import io.github.keywharf.http.Pause;
import java.time.Duration;

/** Spreads rows over time. Not thread-safe. */
final class BulkRate {
    private final double rowsPerSecond;
    private final String subject;
    private long next = System.nanoTime();

    BulkRate(double rowsPerSecond, String subject) {
        this.rowsPerSecond = rowsPerSecond;
        this.subject = subject;
    }

    /** Waits until that many rows may go. */
    void await(int rows) {
        if (Double.isInfinite(rowsPerSecond)) {
            return;
        }
        long now = System.nanoTime();
        if (next - now > 0) {
            Pause.SLEEP.of(Duration.ofNanos(next - now), subject);
            now = System.nanoTime();
        }
        next = Math.max(next, now) + (long) (rows / rowsPerSecond * 1e9);
    }
}
