package io.github.keywharf.pipeline;

import io.github.keywharf.sql.Increment;
import io.github.keywharf.sql.SnapshotPosition;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/** Which rows of a table make its next increment. */
final class Increments {

    /** The column that sources stamp rows with. */
    static final String TIME_COLUMN = "last_updated";

    private Increments() {}

    /**
     * @param config says how changes are found
     * @param earlier up to where the table has been read; null when it never was
     * @param now the snapshot that will be read
     * @param timed whether the table has the time column
     */
    static Increment of(
            PipelineConfig config, @Nullable SnapshotPosition earlier, SnapshotPosition now, boolean timed) {
        if (config.detection() == ChangeDetection.LAST_UPDATED) {
            // Once the source's clock was set back, rows written since are stamped with times that were read before.
            boolean setBack = earlier != null && earlier.time().isAfter(now.time());
            return timed && !setBack ? window(config, earlier, now.time()) : Increment.everything();
        }
        return earlier == null ? Increment.everything() : new Increment.Since(earlier);
    }

    private static Increment window(PipelineConfig config, @Nullable SnapshotPosition earlier, LocalDateTime end) {
        LocalDateTime start = config.reading().firstStart();
        if (earlier != null) {
            LocalDateTime from = earlier.time().minus(config.reading().lookback());
            start = from.isAfter(start) ? from : start;
        }
        return new Increment.Window(TIME_COLUMN, start.isAfter(end) ? end : start, end);
    }
}
