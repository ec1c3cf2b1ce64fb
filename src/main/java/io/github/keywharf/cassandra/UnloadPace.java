package io.github.keywharf.cassandra;

import io.github.keywharf.http.Pause;
import java.time.Duration;

/** Keeps several readers together below so many rows a second. Thread-safe. */
final class UnloadPace {
    private static final double NANOS = 1e9;

    private final long rowsPerSecond;
    private long free = System.nanoTime();

    /** {@link Long#MAX_VALUE} for as fast as it goes. */
    UnloadPace(long rowsPerSecond) {
        this.rowsPerSecond = rowsPerSecond;
    }

    /** Waits until so many rows more are within the rate. */
    void take(String subject, int rows) {
        if (rowsPerSecond == Long.MAX_VALUE) {
            return;
        }
        long wait;
        synchronized (this) {
            long now = System.nanoTime();
            // What was not used before is not made up for.
            free = Math.max(free, now) + (long) (rows * NANOS / rowsPerSecond);
            wait = free - now;
        }
        Pause.SLEEP.of(Duration.ofNanos(wait), subject);
    }
}
