package io.github.keywharf.format;

import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import java.time.Duration;
import java.util.function.Function;

/** Writes all rows into one object. No row is ever refused: every batch of the schema can be written. */
record BatchSink(Function<Schema, BatchWriter> opener) implements RowSink {

    @Override
    public WriteReport write(Rows rows, RejectListener rejects) {
        long start = System.nanoTime();
        try (rows;
                BatchWriter writer = opener.apply(rows.schema())) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                writer.write(batch);
            }
            StoredObject object = writer.commit();
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            return WriteReport.of(writer.rows(), writer.rows(), 0, object.size(), took);
        }
    }
}
