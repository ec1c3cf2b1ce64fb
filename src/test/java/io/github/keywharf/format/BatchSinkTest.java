package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchSinkTest {

    record Item(int id) {}

    /** Writes the first row of a batch only. */
    private record Lossy(BatchWriter writer) implements BatchWriter {

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
        public void close() {
            writer.close();
        }
    }

    @Test
    void a_writer_that_loses_a_row_leaves_no_file() {
        ObjectStore store = ObjectStore.inMemory();
        BatchSink sink = new BatchSink(
                "items.csv", schema -> new Lossy(Csv.writer(store, "items.csv").open(schema)));
        Rows rows = Rows.ofRecords(Item.class, List.of(new Item(1), new Item(2)));
        assertThatThrownBy(() -> sink.write(rows))
                .hasMessageStartingWith("[items.csv] 2 rows were read, but 1 written and 0 left out (0 rejected)");
        assertThat(store.find("items.csv")).isEmpty();
    }
}
