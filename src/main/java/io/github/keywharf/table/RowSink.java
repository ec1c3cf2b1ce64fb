package io.github.keywharf.table;

import java.util.ArrayList;
import java.util.List;

/**
 * A place that takes rows: a file in a store, a table of a database.
 *
 * <p>After {@link #write} returns, every row read is either written for good or was handed to the listener with the
 * reason why not.
 */
@FunctionalInterface
public interface RowSink {

    /** How many rejected rows {@link #write(Rows)} keeps before it gives up. */
    int MAX_KEPT_REJECTS = 10_000;

    /**
     * Writes all rows and closes them.
     *
     * @param rows what to write; closed in any case
     * @param rejects gets each row that is refused
     * @throws io.github.keywharf.KeywharfException when the destination fails, in which case nothing, or only what the
     *     implementation documents, was written
     */
    WriteReport write(Rows rows, RejectListener rejects);

    /**
     * This sink, but that a row without a value clears the column of the row it replaces, as a copy has to that follows its
     * source. Sinks that do so anyway return themselves.
     */
    default RowSink clearing() {
        return this;
    }

    /**
     * Writes all rows, closes them, and keeps the rejected ones in the report.
     *
     * @throws io.github.keywharf.KeywharfException when the destination fails, or more than {@value #MAX_KEPT_REJECTS}
     *     rows are rejected
     */
    default WriteReport write(Rows rows) {
        List<RejectedRow> kept = new ArrayList<>();
        WriteReport report = write(rows, row -> {
            if (kept.size() == MAX_KEPT_REJECTS) {
                throw new io.github.keywharf.KeywharfException(
                        "table.too_many_rejects",
                        row.source(),
                        "More than " + MAX_KEPT_REJECTS + " rows were rejected, the last one: " + row.reason()
                                + "; check the input, or hand a RejectListener that stores them");
            }
            kept.add(row);
        });
        return report.withRejects(kept);
    }
}
