package io.github.keywharf.salesforce;

import io.github.keywharf.table.RowSink;

/** Where the runs of a copy write. Each may be repeated under the same number after a crash. */
interface CopyTarget {

    /**
     * Begins a run: what an earlier attempt at this number left is in the way of nothing.
     *
     * @param run its number; those before are finished
     */
    void begin(long run);

    /** Takes the rows of a run. */
    RowSink rows(long run, boolean whole);

    /** Takes the ids of deleted records, as rows of {@code Id} and {@code IsDeleted}. */
    RowSink deleted(long run);

    /** One place for all runs, which upserts by {@code Id}. */
    static CopyTarget of(RowSink any) {
        // A field that was cleared in the org is to be cleared in the copy.
        RowSink sink = any.clearing();
        return new CopyTarget() {
            @Override
            public void begin(long run) {}

            @Override
            public RowSink rows(long run, boolean whole) {
                return sink;
            }

            @Override
            public RowSink deleted(long run) {
                return sink;
            }

            @Override
            public String toString() {
                return sink.toString();
            }
        };
    }
}
