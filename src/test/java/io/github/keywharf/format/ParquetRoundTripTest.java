package io.github.keywharf.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.Batches;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What was written comes back, whatever it was and however it was written. */
class ParquetRoundTripTest {

    private static final List<Integer> SIZES = List.of(0, 1, 7, 1_023, 1_025, 4_097, 19_999, 20_001, 0, 3);

    private final ObjectStore store = ObjectStore.inMemory();

    @Provide
    Arbitrary<ColumnBatch> batches() {
        return Batches.of(Batches.types());
    }

    @Property(tries = 150, shrinking = ShrinkingMode.BOUNDED)
    void any_batch_comes_back(
            @ForAll("batches") ColumnBatch batch,
            @ForAll Parquet.Compression compression,
            @ForAll Parquet.Version version,
            @ForAll @IntRange(min = 1, max = 90) int groupRows,
            @ForAll @IntRange(min = 1, max = 3_000) int pageBytes,
            @ForAll @IntRange(min = 1, max = 90) int batchRows) {
        ParquetWriter writer = Parquet.writer(store, "file")
                .compression(compression)
                .version(version)
                .rowGroupRows(groupRows)
                .pageBytes(pageBytes);
        write(writer, batch.schema(), List.of(batch));

        Table read = Parquet.reader(store, "file").batchRows(batchRows).rows().toTable();

        assertThat(read.schema()).isEqualTo(batch.schema());
        assertThat(SampleRows.values(read.batches())).isEqualTo(Batches.values(batch));
    }

    @ParameterizedTest
    @EnumSource
    void rows_around_the_borders_of_pages_and_row_groups_come_back(Parquet.Version version) {
        Schema schema = SampleRows.schema(Batches.types());
        List<ColumnBatch> written = new ArrayList<>();
        SampleRows sample = new SampleRows(11);
        SIZES.forEach(size -> written.add(sample.batch(schema, size)));
        write(Parquet.writer(store, "file").version(version).rowGroupRows(25_000), schema, written);

        Table read = Parquet.reader(store, "file").batchRows(3_333).rows().toTable();

        assertThat(SampleRows.values(read.batches())).isEqualTo(SampleRows.values(written));
    }

    @Test
    void a_file_without_rows_keeps_its_schema() {
        Schema schema = SampleRows.schema(Batches.types());
        write(Parquet.writer(store, "empty"), schema, List.of());

        assertThat(Parquet.reader(store, "empty").schema()).isEqualTo(schema);
        assertThat(Parquet.reader(store, "empty").rowCount()).isZero();
        assertThat(Parquet.reader(store, "empty").rows().toTable().size()).isZero();
    }

    @Test
    void several_threads_write_and_read_the_same_as_one() {
        Schema schema = SampleRows.schema(Batches.types());
        List<ColumnBatch> written = List.of(new SampleRows(5).batch(schema, 12_000));
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try {
            write(Parquet.writer(store, "one").rowGroupRows(5_000), schema, written);
            write(Parquet.writer(store, "many").rowGroupRows(5_000).executor(pool), schema, written);
            assertThat(store.readSmall("many")).isEqualTo(store.readSmall("one"));
            Table read = Parquet.reader(store, "many").executor(pool).rows().toTable();
            assertThat(SampleRows.values(read.batches())).isEqualTo(SampleRows.values(written));
        } finally {
            pool.shutdownNow();
        }
        write(Parquet.writer(store, "refused").rowGroupRows(5_000).executor(pool), schema, written);
        assertThat(store.readSmall("refused")).isEqualTo(store.readSmall("one"));
    }

    @Test
    void chosen_columns_come_in_the_order_asked_for() {
        Schema schema = SampleRows.schema(Batches.types());
        ColumnBatch batch = new SampleRows(3).batch(schema, 500);
        write(Parquet.writer(store, "file"), schema, List.of(batch));

        Table read = Parquet.reader(store, "file").columns("c20", "c4").rows().toTable();

        assertThat(read.schema().names()).containsExactly("c20", "c4");
        assertThat(SampleRows.values(read.batches())).isEqualTo(Batches.values(batch.select(List.of("c20", "c4"))));
    }

    static void write(ParquetWriter settings, Schema schema, Iterable<ColumnBatch> batches) {
        try (BatchWriter writer = settings.open(schema)) {
            batches.forEach(writer::write);
            writer.commit();
        }
    }
}
