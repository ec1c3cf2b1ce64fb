package io.github.keywharf.totesys;

import io.github.keywharf.sql.Increment;
import io.github.keywharf.sql.SnapshotPosition;
import java.time.LocalDateTime;
import java.util.Optional;

/** Which rows of a table make its next increment. */
final class Increments {

    /** The column that Totesys stamps rows with. */
    static final String TIME_COLUMN = "last_updated";

    private Increments() {}

    /**
     * @param config says how changes are found
     * @param earlier up to where the table has been read; empty when it never was
     * @param now the snapshot that will be read
     * @param timed whether the table has the time column
     */
    static Increment of(
            PipelineConfig config, Optional<SnapshotPosition> earlier, SnapshotPosition now, boolean timed) {
        if (config.detection() == ChangeDetection.LAST_UPDATED) {
            // Once the source's clock was set back, rows written since are stamped with times that were read before.
            boolean setBack = earlier.filter(position -> position.time().isAfter(now.time()))
                    .isPresent();
            return timed && !setBack ? window(config, earlier, now.time()) : Increment.everything();
        }
        return earlier.<Increment>map(Increment.Since::new).orElseGet(Increment::everything);
    }

    private static Increment window(PipelineConfig config, Optional<SnapshotPosition> earlier, LocalDateTime end) {
        LocalDateTime start = earlier.map(position -> position.time().minus(config.lookback()))
                .filter(from -> from.isAfter(config.firstStart()))
                .orElse(config.firstStart());
        return new Increment.Window(TIME_COLUMN, start.isAfter(end) ? end : start, end);
    }
}
