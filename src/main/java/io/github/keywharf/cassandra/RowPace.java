package io.github.keywharf.cassandra;

import io.github.keywharf.http.Pause;
import java.time.Duration;

/** Keeps all who share it together below so many rows a second. Thread-safe. */
final class RowPace {
    private final double rowsPerSecond;
    private final String subject;
    private long free = System.nanoTime();

    /**
     * @param rowsPerSecond infinite for as fast as it goes
     */
    RowPace(double rowsPerSecond, String subject) {
        this.rowsPerSecond = rowsPerSecond;
        this.subject = subject;
    }

    /** Waits until so many rows more are within the rate. */
    void take(int rows) {
        if (Double.isInfinite(rowsPerSecond)) {
            return;
        }
        long wait;
        synchronized (this) {
            long now = System.nanoTime();
            // What was not used before is not made up for.
            free = Math.max(free, now) + (long) (rows / rowsPerSecond * 1e9);
            wait = free - now;
        }
        Pause.SLEEP.of(Duration.ofNanos(wait), subject);
    }
}
