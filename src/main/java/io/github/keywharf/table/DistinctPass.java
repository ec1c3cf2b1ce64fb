package io.github.keywharf.table;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Keeps the first row of each key. */
final class DistinctPass implements RowStep.Pass {

    private final Schema schema;
    private final int[] key;
    private final Set<List<@Nullable Object>> seen = new HashSet<>();
    private long repeated;

    DistinctPass(Schema schema, List<String> key) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("Distinct rows need at least one key column");
        }
        this.schema = schema;
        this.key = key.stream().mapToInt(schema::position).toArray();
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public ColumnBatch apply(ColumnBatch batch, RejectListener rejects) {
        int[] kept = new int[batch.size()];
        int count = 0;
        for (int row = 0; row < kept.length; row++) {
            List<@Nullable Object> values = new ArrayList<>(key.length);
            for (int column : key) {
                values.add(comparable(batch.column(column).value(row)));
            }
            if (seen.add(values)) {
                kept[count++] = row;
            } else {
                repeated++;
            }
        }
        return count == kept.length ? batch : batch.gather(kept, count);
    }

    @Override
    public LeftOut leftOut() {
        return LeftOut.byDistinct(repeated);
    }

    /** Arrays are compared by what is in them. */
    private static @Nullable Object comparable(@Nullable Object value) {
        return value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value;
    }
}
