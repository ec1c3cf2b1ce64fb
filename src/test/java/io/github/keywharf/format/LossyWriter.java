package io.github.keywharf.format;

import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnStats;
import java.util.Map;

/** Writes the first row of a batch only. */
public record LossyWriter(BatchWriter writer) implements BatchWriter {

    @Override
    public void write(ColumnBatch batch) {
        writer.write(batch.gather(new int[] {0}, 1));
    }

    @Override
    public long rows() {
        return writer.rows();
    }

    @Override
    public long bytes() {
        return writer.bytes();
    }

    @Override
    public StoredObject commit() {
        return writer.commit();
    }

    @Override
    public Map<String, ColumnStats> columnStats() {
        return writer.columnStats();
    }

    @Override
    public void close() {
        writer.close();
    }
}
