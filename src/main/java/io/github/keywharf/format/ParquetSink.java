package io.github.keywharf.format;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
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
        int[] kept = new int[batch.size()];
        int count = 0;
        for (int row = 0; row < kept.length; row++) {
            Column missing = missing(batch, row);
            if (missing == null) {
                kept[count++] = row;
            } else {
                rejects.rejected(new RejectedRow(
                        settings.key,
                        before + row + 1,
                        missing.name(),
                        "is null, but the column is not nullable",
                        batch.row(row).toMap()));
            }
        }
        return count == kept.length ? batch : batch.gather(kept, count);
    }

    private static @org.jspecify.annotations.Nullable Column missing(ColumnBatch batch, int row) {
        for (int i = 0; i < batch.schema().size(); i++) {
            ColumnVector vector = batch.column(i);
            if (vector.isNull(row) && !batch.schema().column(i).nullable()) {
                return batch.schema().column(i);
            }
        }
        return null;
    }
}
