package io.github.keywharf.postgres;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import java.util.Arrays;

/** The rows of the batch at hand that will not be sent. Each is told of once, with the first thing wrong with it. */
final class Rejections {

    private final String source;
    private final RejectListener listener;
    private long[] bad = new long[(ColumnBatch.DEFAULT_ROWS >>> 6) + 1];
    private ColumnBatch batch;
    private long before;
    private int inBatch;
    private long total;

    Rejections(String source, RejectListener listener, ColumnBatch empty) {
        this.source = source;
        this.listener = listener;
        this.batch = empty;
    }

    /** Goes on to another batch. */
    void start(ColumnBatch next, long rowsBefore) {
        int words = (next.size() + 63) >>> 6;
        if (words > bad.length) {
            bad = new long[words];
        } else if (inBatch > 0) {
            Arrays.fill(bad, 0L);
        }
        batch = next;
        before = rowsBefore;
        inBatch = 0;
    }

    /** Whether any row of this batch was refused. */
    boolean any() {
        return inBatch > 0;
    }

    boolean isBad(int row) {
        return inBatch > 0 && (bad[row >>> 6] & (1L << row)) != 0;
    }

    void reject(int row, String column, String reason) {
        long bit = 1L << row;
        if ((bad[row >>> 6] & bit) == 0) {
            bad[row >>> 6] |= bit;
            inBatch++;
            total++;
            listener.rejected(new RejectedRow(
                    source, before + row + 1, column, reason, batch.row(row).toMap()));
        }
    }

    /** The rows refused so far, of this batch; a copy. */
    long[] snapshot() {
        return inBatch == 0 ? new long[0] : bad.clone();
    }

    long total() {
        return total;
    }
}
