package io.github.keywharf.table;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * The rejected rows of a batch, with the first reason for each. Takes next to no memory while no row is rejected.
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
     * A mask without rejected rows.
     *
     * @param source source of the rows, if the batch has no origins
     * @param rowsBefore number of rows of that source before this batch
     */
    public RowMask(ColumnBatch batch, String source, long rowsBefore) {
        this.batch = batch;
        this.source = source;
        this.rowsBefore = rowsBefore;
    }

    /**
     * Rejects a row, unless it has been rejected before.
     *
     * @param row counted from 0
     * @param column the column with the refused value; empty for the row as a whole
     * @param reason a sentence for a person
     */
    public void reject(int row, String column, String reason) {
        if (!rejected.get(row)) {
            rejected.set(row);
            reasons.add(new Reason(row, column, reason));
        }
    }

    /** True if any row is rejected. */
    public boolean any() {
        return !reasons.isEmpty();
    }

    /** True if this row is rejected. */
    public boolean isRejected(int row) {
        return any() && rejected.get(row);
    }

    /** Number of rejected rows. */
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

    /** The rows that are not rejected, of another batch of the same rows. */
    public ColumnBatch rest(ColumnBatch changed) {
        if (!any()) {
            return changed;
        }
        int[] kept = new int[batch.size() - count()];
        int count = 0;
        for (int row = rejected.nextClearBit(0); row < batch.size(); row = rejected.nextClearBit(row + 1)) {
            kept[count++] = row;
        }
        return changed.gather(kept, count);
    }

    /** Hands all rejected rows to the listener, in order, with the values of the mask's batch. */
    public void report(RejectListener rejects) {
        reasons.sort(Comparator.comparingInt(Reason::row));
        for (Reason reason : reasons) {
            Origin fallback = new Origin(source, rowsBefore + reason.row() + 1);
            rejects.rejected(batch.rejected(reason.row(), fallback, reason.column(), reason.text()));
        }
    }
}
