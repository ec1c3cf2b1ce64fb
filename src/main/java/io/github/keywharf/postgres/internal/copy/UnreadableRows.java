package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.RowMask;
import java.util.ArrayList;
import java.util.Iterator;
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

    /** Hands each row on, with its first problem, and the text of the values that cannot be held; gives the others. */
    ColumnBatch report(ColumnBatch batch, RejectListener rejects) {
        RowMask refused = new RowMask(batch, "", 0);
        rows.forEach((row, values) -> {
            Value first = values.get(0);
            refused.reject(
                    row,
                    first.column().name(),
                    Unreadable.reason(first.problem(), first.column().type()));
        });
        Iterator<List<Value>> inOrder = rows.values().iterator();
        refused.report(row -> rejects.rejected(withTexts(row, inOrder.next())));
        return refused.rest();
    }

    private static RejectedRow withTexts(RejectedRow row, List<Value> values) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>(row.row());
        for (Value value : values) {
            all.put(
                    value.column().name(),
                    value.problem() instanceof Unreadable known
                            ? known.text()
                            : String.valueOf(value.problem().getMessage()));
        }
        return new RejectedRow(row.source(), row.position(), row.column(), row.reason(), all);
    }
}
