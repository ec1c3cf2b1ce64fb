package io.github.keywharf.format;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowMask;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.WriteReport;
import java.time.Duration;

/** Writes rows as one Parquet file. */
final class ParquetSink implements RowSink {

    private final ParquetWriter settings;

    ParquetSink(ParquetWriter settings) {
        this.settings = settings;
    }

    @Override
    public WriteReport write(Rows source, RejectListener rejects) {
        long start = System.nanoTime();
        long read = 0;
        try (Rows rows = source;
                BatchWriter writer = settings.open(rows.schema())) {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                writer.write(withoutRejects(batch, read, rejects));
                read += batch.size();
            }
            writer.commit();
            return WriteReport.of(
                    read,
                    writer.rows(),
                    read - writer.rows(),
                    writer.bytes(),
                    Duration.ofNanos(System.nanoTime() - start));
        }
    }

    private ColumnBatch withoutRejects(ColumnBatch batch, long before, RejectListener rejects) {
        RowMask mask = new RowMask(batch, settings.key, before);
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
