package io.github.keywharf.cassandra;

import io.github.keywharf.table.WriteReport;

/** Where a load notes how far it is. */
interface BulkProgressLog {

    /** Notes nothing. */
    BulkProgressLog NONE = new BulkProgressLog() {
        @Override
        public void acknowledged(long rows, long settled, long rejected, long bytes) {}

        @Override
        public void finished(WriteReport report) {}
    };

    /** Rows of the source that earlier runs wrote or rejected. */
    default long acknowledged() {
        return 0;
    }

    /** How many of them were rejected. */
    default long rejected() {
        return 0;
    }

    /** The bytes of the values that were written. */
    default long bytes() {
        return 0;
    }

    /**
     * Takes in how far the load is.
     *
     * @param rows how many rows from the first on are acknowledged or rejected
     * @param settled how many were so long enough ago that no server forgets them
     */
    void acknowledged(long rows, long settled, long rejected, long bytes);

    /** Takes in that all is done. */
    void finished(WriteReport report);
}
