package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.Batches;
import java.util.Collections;
import java.util.List;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.junit.jupiter.api.Test;

/** Batches are as short as rows are long. */
class BatchSizeTest {

    private static final int ROWS = 500;
    private static final int ELEMENTS = 450;

    private static int rows(List<String> columns, int most, long entries) {
        ObjectStore store = ObjectStore.inMemory();
        Schema schema = Schema.of(List.of(
                Column.nullable("id", ColumnType.INT32),
                Column.nullable("numbers", ColumnType.list(ColumnType.INT32))));
        List<List<Object>> values = Collections.nCopies(ROWS, List.<Object>of(1, Collections.nCopies(ELEMENTS, 5)));
        ParquetRoundTripTest.write(Parquet.writer(store, "lists"), schema, List.of(Batches.build(schema, values)));
        try (ObjectReader object = store.open("lists")) {
            ParquetFooter footer = ParquetFooter.read(object);
            BlockMetaData group = footer.groups().get(0);
            assertThat(group.getTotalByteSize()).isLessThan(100_000);
            return BatchSize.rows(group, ParquetRows.nodes(footer, columns), most, entries);
        }
    }

    @Test
    void lists_of_few_distinct_values_make_short_batches_although_they_take_few_bytes() {
        assertThat(rows(List.of("numbers"), 65_536, 90_000)).isEqualTo(100);
        assertThat(rows(List.of("id", "numbers"), 65_536, 90_000)).isEqualTo(100);
        assertThat(rows(List.of("numbers"), 65_536, 100)).isEqualTo(1);
    }

    @Test
    void a_batch_has_no_more_rows_than_wanted_or_than_the_row_group() {
        assertThat(rows(List.of("numbers"), 65_536, 1L << 27)).isEqualTo(ROWS);
        assertThat(rows(List.of("numbers"), 20, 90_000)).isEqualTo(20);
        assertThat(rows(List.of("id"), 65_536, 90)).isEqualTo(ROWS);
    }
}
