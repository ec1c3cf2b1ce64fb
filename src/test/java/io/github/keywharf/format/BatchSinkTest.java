package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchSinkTest {

    record Item(int id) {}

    private static Rows rows() {
        return Rows.ofRecords(Item.class, List.of(new Item(1), new Item(2)));
    }

    @Test
    void a_writer_that_loses_a_row_leaves_no_file() {
        ObjectStore store = ObjectStore.inMemory();
        for (RowSink sink : List.of(
                new BatchSink(
                        "items",
                        schema -> new LossyWriter(Csv.writer(store, "items").open(schema))),
                new ParquetSink(
                        "items",
                        schema -> new LossyWriter(Parquet.writer(store, "items").open(schema))))) {
            assertThatThrownBy(() -> sink.write(rows()))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo(LeftOut.COUNTS_OPEN))
                    .hasMessageStartingWith("[items] 2 rows were read, but 1 written and 0 left out (0 rejected)");
            assertThat(store.find("items")).isEmpty();
        }
    }
}
