package io.github.keywharf.cassandra.key;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** One day after the other, each asked for when it is reached. Not thread-safe. */
final class KeyAuditRows implements Rows {
    private final Iterator<Rows> days;
    private final Schema schema;
    private Rows day;

    /** At least one day. */
    KeyAuditRows(Iterator<Rows> days) {
        this.days = days;
        this.day = days.next();
        this.schema = day.schema();
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public @Nullable ColumnBatch next() {
        while (true) {
            ColumnBatch batch = day.next();
            if (batch != null || !days.hasNext()) {
                return batch;
            }
            day.close();
            day = days.next();
        }
    }

    @Override
    public void close() {
        day.close();
    }
}
