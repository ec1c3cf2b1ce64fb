package io.github.keywharf.totesys;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import java.util.Map;
import java.util.TreeMap;

/** Which rows of one batch are rejected, and the first reason for each. */
final class Rejections {

    private record Reason(String column, String text) {}

    private final int size;
    private final Map<Integer, Reason> reasons = new TreeMap<>();

    Rejections(int size) {
        this.size = size;
    }

    void reject(int position, String column, String reason) {
        reasons.putIfAbsent(position, new Reason(column, reason));
    }

    /** Rejects the rows that have no value where there must be one, unless they are rejected already. */
    void rejectNulls(StarColumn column, ColumnVector vector) {
        for (int i = 0; i < vector.size(); i++) {
            if (vector.isNull(i)) {
                reject(
                        i,
                        column.rule().source(),
                        "There is no value, but " + column.target().name() + " must have one");
            }
        }
    }

    boolean any() {
        return !reasons.isEmpty();
    }

    /** Tells of each rejected row, with all the values it came with. */
    void tell(ColumnBatch batch, String source, long rowsBefore, RejectListener rejects) {
        reasons.forEach((position, reason) -> rejects.rejected(new RejectedRow(
                source,
                rowsBefore + position + 1,
                reason.column(),
                reason.text(),
                batch.row(position).toMap())));
    }

    /** The rows that are not rejected. */
    ColumnBatch rest(ColumnBatch made) {
        int[] kept = new int[size - reasons.size()];
        int count = 0;
        for (int i = 0; i < size; i++) {
            if (!reasons.containsKey(i)) {
                kept[count++] = i;
            }
        }
        return made.gather(kept, count);
    }
}
