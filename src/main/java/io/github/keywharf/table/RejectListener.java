package io.github.keywharf.table;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;

/** Takes the rows that a reader, a step or a sink refused, one by one, on the thread that found them. */
@FunctionalInterface
public interface RejectListener {

    /** Ends the read or the write with {@code table.rejected} at the first rejected row: what happens without a listener. */
    RejectListener FAIL = row -> {
        throw new KeywharfException(
                "table.rejected",
                new Origin(row.source(), row.position()).toString(),
                (row.column().isEmpty() ? "" : row.column() + ": ") + row.reason()
                        + "; repair the row, or hand a RejectListener, such as RejectListener.keep(1_000), to continue"
                        + " without such rows");
    };

    /** Takes one rejected row; what it throws ends the read or the write. */
    void rejected(RejectedRow row);

    /**
     * Keeps rejected rows in memory, to be read from it, or from the {@linkplain WriteReport#rejects() report} of the write
     * that it was given to.
     *
     * @param rows the most that it keeps; one more ends the read or the write with {@code table.too_many_rejects}
     */
    static KeptRejects keep(int rows) {
        return new KeptRejects(Checks.notNegative("rows", rows));
    }
}
