package io.github.keywharf.table;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Which rows of a batch are rejected, and the first reason for each. Costs next to nothing as long as none is.
 *
 * <p>Not thread-safe.
 */
public final class RowMask {

    private record Reason(int row, String column, String text) {}

    private final ColumnBatch batch;
    private final String source;
    private final long rowsBefore;
    private final BitSet rejected = new BitSet(0);
    private final List<Reason> reasons = new ArrayList<>(0);

    /**
     * No row of a batch.
     *
     * @param source where rows came from that have no origin of their own
     * @param rowsBefore how many rows that source gave before this batch
     */
    public RowMask(ColumnBatch batch, String source, long rowsBefore) {
        this.batch = batch;
        this.source = source;
        this.rowsBefore = rowsBefore;
    }

    /**
     * Rejects a row, unless it is rejected already.
     *
     * @param row counted from 0
     * @param column whose value is refused; empty for the row as a whole
     * @param reason why, as a sentence for a person
     */
    public void reject(int row, String column, String reason) {
        if (!rejected.get(row)) {
            rejected.set(row);
            reasons.add(new Reason(row, column, reason));
        }
    }

    /** Whether any row is rejected. */
    public boolean any() {
        return !reasons.isEmpty();
    }

    /** Whether this row is rejected. */
    public boolean isRejected(int row) {
        return any() && rejected.get(row);
    }

    /** How many rows are rejected. */
    public int count() {
        return reasons.size();
    }

    /** The rejected rows so far; a copy. */
    public BitSet rejected() {
        return (BitSet) rejected.clone();
    }

    /** The rows of the batch that are not rejected. */
    public ColumnBatch rest() {
        return rest(batch);
    }

    /** The rows that are not rejected, of a batch made of this one, row by row. */
    public ColumnBatch rest(ColumnBatch made) {
        if (!any()) {
            return made;
        }
        int[] kept = new int[batch.size() - count()];
        int count = 0;
        for (int row = rejected.nextClearBit(0); row < batch.size(); row = rejected.nextClearBit(row + 1)) {
            kept[count++] = row;
        }
        return made.gather(kept, count);
    }

    /** Hands all rejected rows to the listener, in their order, with the values they came with. */
    public void report(RejectListener rejects) {
        reasons.sort(Comparator.comparingInt(Reason::row));
        for (Reason reason : reasons) {
            Origin otherwise = new Origin(source, rowsBefore + reason.row() + 1);
            rejects.rejected(batch.rejected(reason.row(), otherwise, reason.column(), reason.text()));
        }
    }
}
