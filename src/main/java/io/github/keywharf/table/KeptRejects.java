package io.github.keywharf.table;

import io.github.keywharf.KeywharfException;
import java.util.ArrayList;
import java.util.List;

/** Keeps rejected rows in memory, up to a number; see {@link RejectListener#keep}. Thread-safe. */
public final class KeptRejects implements RejectListener {

    private final int most;
    private final List<RejectedRow> rows = new ArrayList<>();

    KeptRejects(int most) {
        this.most = most;
    }

    @Override
    public synchronized void rejected(RejectedRow row) {
        if (rows.size() == most) {
            throw new KeywharfException(
                    "table.too_many_rejects",
                    row.source(),
                    "More than " + most + " rows were rejected, the last one: " + row.reason()
                            + "; check the input, keep more, or hand a RejectListener that stores them");
        }
        rows.add(row);
    }

    /** The rejected rows so far; a copy. */
    public synchronized List<RejectedRow> rows() {
        return List.copyOf(rows);
    }

    @Override
    public synchronized String toString() {
        return "KeptRejects[" + rows.size() + " of at most " + most + "]";
    }
}
