package io.github.keywharf.table;

/**
 * A place that takes rows: a file in a store, a table of a database.
 *
 * <p>After {@link #write} returns, every row read is either written for good, was handed to the listener with the reason why
 * not, or is counted as {@linkplain WriteReport#leftOut() left out}. An implementation counts with {@link WriteCounts}.
 */
@FunctionalInterface
public interface RowSink {

    /**
     * Writes all rows and closes them.
     *
     * @param rows what to write; closed in any case
     * @param rejects gets each row that is refused
     * @throws io.github.keywharf.KeywharfException when the destination fails, in which case nothing, or only what the
     *     implementation documents, was written; with code {@code table.counts_open} when a row was neither written nor left
     *     out, in a transaction before it commits
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
     * Writes all rows and closes them. The first row that is refused ends the write; {@link RejectListener#keep} writes the
     * others.
     *
     * @throws io.github.keywharf.KeywharfException with code {@code table.rejected} when a row is refused, and as
     *     {@link #write(Rows, RejectListener)} says; what was written before stays or not as after any other failure.
     *     A sink that sends rows in groups may have written rows after the refused one too, so where rows have no key, keep
     *     the rejected ones instead of writing all again
     */
    default WriteReport write(Rows rows) {
        return write(rows, RejectListener.FAIL);
    }
}
