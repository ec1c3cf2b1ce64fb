package io.github.keywharf.cassandra;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Rows for the tests of the bulk sink. */
public final class BulkRows {
    private BulkRows() {}

    /** These rows in one batch. */
    static Rows of(Schema schema, @Nullable Object[]... rows) {
        return generated(schema, rows.length, Math.max(rows.length, 1), row -> rows[row]);
    }

    /** So many rows in batches, made as they are asked for. */
    public static Rows generated(Schema schema, int count, int batchRows, IntFunction<@Nullable Object[]> row) {
        return new Rows() {
            private int next;

            @Override
            public Schema schema() {
                return schema;
            }

            @Override
            public @Nullable ColumnBatch next() {
                if (next == count) {
                    return null;
                }
                int end = Math.min(count, next + batchRows);
                List<ColumnVector.Builder> builders = new ArrayList<>(ColumnBatch.builders(schema, end - next));
                for (; next < end; next++) {
                    @Nullable Object[] values = row.apply(next);
                    for (int i = 0; i < values.length; i++) {
                        builders.get(i).appendValue(values[i]);
                    }
                }
                return ColumnBatch.build(schema, builders);
            }

            @Override
            public void close() {}
        };
    }
}
