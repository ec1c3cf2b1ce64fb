package io.github.keywharf.format;

import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteCounts;
import io.github.keywharf.table.WriteReport;
import java.util.function.Function;

/** Writes all rows into one object. No row is ever refused: every batch of the schema can be written. */
record BatchSink(String key, Function<Schema, BatchWriter> opener) implements RowSink {

    @Override
    public WriteReport write(Rows source, RejectListener rejects) {
        WriteCounts counts = new WriteCounts(key, source, rejects);
        try (Rows rows = counts.rows();
                BatchWriter writer = opener.apply(rows.schema())) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                writer.write(batch);
            }
            counts.requireClosed(writer.rows());
            StoredObject object = writer.commit();
            return counts.report(writer.rows(), object.size());
        }
    }
}
