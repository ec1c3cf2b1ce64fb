package io.github.keywharf.cassandra;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cuts windows where a row would overwrite an earlier one of the same window, for loads whose timestamps the server gives:
 * within a window the order of writing is open, and windows are written one after the other.
 */
final class BulkDistinct {
    private final BulkPlan plan;
    private final int keyColumns;

    BulkDistinct(BulkPlan plan) {
        this.plan = plan;
        // All rows of a partition write its static values.
        this.keyColumns = plan.writesStatics() ? plan.partitionColumns : plan.keyColumns;
    }

    /** The same rows in the same order, in windows without two rows of one key. */
    List<BulkWindow> split(BulkWindow window) {
        List<BulkWindow> parts = new ArrayList<>();
        Set<List<ByteBuffer>> keys = new HashSet<>();
        int from = 0;
        for (int row = 0; row < window.size(); row++) {
            List<ByteBuffer> key = key(window, row);
            if (key != null && !keys.add(key)) {
                parts.add(window.part(from, row - from));
                from = row;
                keys.clear();
                keys.add(key);
            }
        }
        parts.add(window.part(from, window.size() - from));
        return parts;
    }

    /** The key, or null where there is none to write, for which the row is rejected when it is sent. */
    private @Nullable List<ByteBuffer> key(BulkWindow window, int row) {
        List<ByteBuffer> key = new ArrayList<>(keyColumns);
        int position = window.position(row);
        try {
            for (BulkColumn column : plan.columns.subList(0, keyColumns)) {
                var vector = window.vector(row, column.position());
                if (vector.isNull(position)) {
                    return null;
                }
                key.add(column.encoder().encode(vector, position));
            }
            return key;
        } catch (Unfit unfit) {
            return null;
        }
    }
}
