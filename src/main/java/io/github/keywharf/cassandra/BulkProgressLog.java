package io.github.keywharf.cassandra;

import io.github.keywharf.table.LeftOut;
import java.time.Duration;

/** Where a load notes how far it is. */
interface BulkProgressLog {

    /** Notes nothing. */
    BulkProgressLog NONE = new BulkProgressLog() {
        @Override
        public void acknowledged(BulkTotals acknowledged, BulkTotals settled) {}

        @Override
        public void stopped(BulkTotals acknowledged, BulkTotals settled) {}

        @Override
        public void finished(BulkTotals acknowledged, LeftOut before, Duration took) {}
    };

    /** What earlier runs did. */
    default BulkTotals before() {
        return BulkTotals.NONE;
    }

    /** The number of the first sending of this run, greater than any that earlier runs have used. */
    default int firstAttempt() {
        return 0;
    }

    /** Takes in that rows are about to be sent for this number of times. */
    default void attempted(int attempt) {}

    /**
     * Takes in how far the load is.
     *
     * @param acknowledged what is acknowledged or rejected
     * @param settled what was so long enough ago that no server forgets it
     */
    void acknowledged(BulkTotals acknowledged, BulkTotals settled);

    /** Takes in how far the load was when it failed. */
    void stopped(BulkTotals acknowledged, BulkTotals settled);

    /**
     * Takes in that all is done.
     *
     * @param before rows that did not come to the load
     */
    void finished(BulkTotals acknowledged, LeftOut before, Duration took);
}
