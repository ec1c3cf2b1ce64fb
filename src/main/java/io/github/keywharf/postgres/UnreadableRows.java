package io.github.keywharf.postgres;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The rows of one batch that have values which cannot be held. */
final class UnreadableRows {

    /** For the batches, nearly all, that have none; never added to. */
    static final UnreadableRows NONE = new UnreadableRows();

    private record Value(Column column, ArithmeticException problem) {}

    private final Map<Integer, List<Value>> rows = new TreeMap<>();

    boolean isEmpty() {
        return rows.isEmpty();
    }

    void add(int row, Column column, ArithmeticException problem) {
        rows.computeIfAbsent(row, number -> new ArrayList<>()).add(new Value(column, problem));
    }

    /** Hands each row on, with its first problem, and the text of the values that cannot be held. */
    void report(String table, long before, ColumnBatch batch, RejectListener rejects) {
        rows.forEach((row, values) -> {
            Map<String, @Nullable Object> all =
                    new LinkedHashMap<>(batch.row(row).toMap());
            for (Value value : values) {
                all.put(
                        value.column().name(),
                        value.problem() instanceof Unreadable known
                                ? known.text()
                                : String.valueOf(value.problem().getMessage()));
            }
            Value first = values.get(0);
            rejects.rejected(new RejectedRow(
                    table,
                    before + row + 1,
                    first.column().name(),
                    Unreadable.reason(first.problem(), first.column().type()),
                    all));
        });
    }

    /** The other rows. */
    ColumnBatch rest(ColumnBatch batch) {
        int[] kept = new int[batch.size() - rows.size()];
        int count = 0;
        for (int row = 0; row < batch.size(); row++) {
            if (!rows.containsKey(row)) {
                kept[count++] = row;
            }
        }
        return batch.gather(kept, count);
    }
}
