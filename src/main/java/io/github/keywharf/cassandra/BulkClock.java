package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Micros;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;

/**
 * How far the timestamps of a load are ahead of the clock: a row whose timestamp lies in the future would win over whoever
 * changes it after the load. The clock is read once, and what passes afterwards is measured.
 */
final class BulkClock {
    /** What is waited for at most before the first row: clocks that are kept in step differ by less. */
    private static final Duration MOST_BEHIND = Duration.ofSeconds(30);

    private final LongUnaryOperator timestamps;
    private final boolean counts;
    private final long beganMicros;
    private final long beganNanos = System.nanoTime();

    /**
     * @param timestamps the timestamp of each row, in microseconds
     * @param counts whether timestamps are waited for: not where the caller or the server gives them
     */
    BulkClock(LongUnaryOperator timestamps, InstantSource clock, boolean counts) {
        this.timestamps = timestamps;
        this.counts = counts;
        this.beganMicros = Micros.of(clock.instant());
    }

    /** Nanoseconds until the timestamp of a row has come; zero or less when it has. */
    long ahead(long row) {
        return counts
                ? TimeUnit.MICROSECONDS.toNanos(timestamps.applyAsLong(row) - beganMicros)
                        - (System.nanoTime() - beganNanos)
                : 0;
    }

    /**
     * Fails when the first row that is left lies far in the future: the load goes on from a checkpoint that was written by
     * the clock of another host. Rows that follow are never far ahead, as a window is begun when its first timestamp has come.
     */
    void requireNear(long firstRow, String subject) {
        Duration ahead = Duration.ofNanos(ahead(firstRow));
        if (ahead.compareTo(MOST_BEHIND) > 0) {
            throw new KeywharfException(
                    "cassandra.clock_behind",
                    subject,
                    "The checkpoint's timestamps are " + ahead.toSeconds()
                            + " seconds ahead of this host's clock: the clock of the host that wrote it was ahead, or"
                            + " this one is behind. Set the clock right, or go on in " + ahead.toSeconds()
                            + " seconds, or use another checkpoint to load all rows again (rows with the later"
                            + " timestamps then stay as they are)");
        }
    }
}
