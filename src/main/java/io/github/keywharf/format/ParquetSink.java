package io.github.keywharf.format;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowMask;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteCounts;
import io.github.keywharf.table.WriteReport;
import java.util.function.Function;

/** Writes rows as one Parquet file. */
record ParquetSink(String key, Function<Schema, BatchWriter> opener) implements RowSink {

    @Override
    public WriteReport write(Rows source, RejectListener rejects) {
        WriteCounts counts = new WriteCounts(key, source, rejects);
        long read = 0;
        try (Rows rows = counts.rows();
                BatchWriter writer = opener.apply(rows.schema())) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                writer.write(withoutRejects(batch, read, counts));
                read += batch.size();
            }
            counts.requireClosed(writer.rows());
            writer.commit();
            return counts.report(writer.rows(), writer.bytes());
        }
    }

    private ColumnBatch withoutRejects(ColumnBatch batch, long before, RejectListener rejects) {
        RowMask mask = new RowMask(batch, key, before);
        for (int i = 0; i < batch.schema().size(); i++) {
            Column column = batch.schema().column(i);
            ColumnVector vector = batch.column(i);
            if (!column.nullable() && vector.hasNulls()) {
                for (int row = 0; row < batch.size(); row++) {
                    if (vector.isNull(row)) {
                        mask.reject(row, column.name(), "is null, but the column is not nullable");
                    }
                }
            }
        }
        mask.report(rejects);
        return mask.rest();
    }
}
