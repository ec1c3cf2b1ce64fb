package io.github.keywharf.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnStats;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.Batches;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file appears whole, with what it should say of itself, or not at all. */
class ParquetWriterTest {

    private static final Schema SCHEMA =
            Schema.of(Column.required("id", ColumnType.INT32), Column.nullable("name", ColumnType.STRING));

    private final ObjectStore store = ObjectStore.inMemory();

    private static ColumnBatch rows(Object... ids) {
        return Batches.build(
                SCHEMA,
                Arrays.stream(ids)
                        .map(id -> List.<@Nullable Object>of(id, "n" + id))
                        .toList());
    }

    @Test
    void a_file_appears_with_the_commit_and_not_before() {
        try (BatchWriter writer = Parquet.writer(store, "a/file.parquet").open(SCHEMA)) {
            writer.write(rows(1, 2));
            assertThat(store.list("")).isEmpty();
            assertThat(writer.rows()).isEqualTo(2);
            StoredObject stored = writer.commit();
            assertThat(stored.key()).isEqualTo("a/file.parquet");
            assertThat(writer.bytes()).isEqualTo(stored.size());
        }
        assertThat(Parquet.reader(store, "a/file.parquet").rowCount()).isEqualTo(2);
    }

    @Test
    void a_committed_file_says_between_which_values_its_columns_lie_over_all_row_groups() {
        Schema schema = Schema.of(
                Column.nullable("id", ColumnType.INT64),
                Column.nullable("name", ColumnType.STRING),
                Column.nullable("price", ColumnType.decimal(10, 2)),
                Column.nullable("exact", ColumnType.decimal(30, 2)),
                Column.nullable("ratio", ColumnType.FLOAT64),
                Column.nullable("odd", ColumnType.FLOAT64),
                Column.nullable("day", ColumnType.DATE),
                Column.nullable("none", ColumnType.INT32),
                Column.nullable("list", ColumnType.list(ColumnType.INT32)));
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (int i : new int[] {0, 3, -2, 5, 1}) {
            rows.add(Arrays.asList(
                    (long) i,
                    "n" + (char) ('m' + i),
                    BigDecimal.valueOf(i),
                    BigDecimal.valueOf(-i, 2),
                    i / 2.0,
                    i == 3 ? Double.NaN : 1.0,
                    LocalDate.EPOCH.plusDays(i),
                    null,
                    List.of(i)));
        }
        rows.add(Arrays.asList(null, null, null, null, null, null, null, null, null));
        try (BatchWriter writer = Parquet.writer(store, "file").rowGroupRows(2).open(schema)) {
            writer.write(Batches.build(schema, rows));
            assertThatThrownBy(writer::columnStats).isInstanceOf(IllegalStateException.class);
            writer.commit();
            Map<String, ColumnStats> stats = writer.columnStats();
            assertThat(stats.keySet()).containsExactlyElementsOf(schema.names());
            assertThat(stats.get("id")).isEqualTo(stats(1, -2L, 5L));
            assertThat(stats.get("price")).isEqualTo(stats(1, -200L, 500L));
            assertThat(stats.get("exact")).isEqualTo(stats(1, new BigDecimal("-0.05"), new BigDecimal("0.02")));
            assertThat(stats.get("ratio")).isEqualTo(stats(1, -1.0, 2.5));
            assertThat(stats.get("day")).isEqualTo(stats(1, -2L, 5L));
            assertThat(stats.get("odd")).as("NaN is between no bounds").isEqualTo(stats(1, 1.0, 1.0));
            assertThat(stats.get("none")).isEqualTo(new ColumnStats(6, 6, Optional.empty()));
            assertThat(stats.get("list")).isEqualTo(ColumnStats.unknown(6));
            assertThat(stats.get("name").bounds().orElseThrow())
                    .satisfies(bounds -> assertThat((byte[]) bounds.min()).isEqualTo("nk".getBytes(UTF_8)))
                    .satisfies(bounds -> assertThat((byte[]) bounds.max()).isEqualTo("nr".getBytes(UTF_8)));
        }
        try (BatchWriter writer = Csv.writer(store, "file.csv").open(SCHEMA)) {
            writer.commit();
            assertThat(writer.columnStats()).isEmpty();
        }
    }

    private static ColumnStats stats(long nulls, Object min, Object max) {
        return new ColumnStats(6, nulls, Optional.of(new ColumnStats.Bounds(min, max)));
    }

    @Test
    void a_writer_closed_without_commit_leaves_nothing() {
        BatchWriter writer = Parquet.writer(store, "file").open(SCHEMA);
        writer.write(rows(1));
        writer.close();
        writer.close();
        assertThat(store.list("")).isEmpty();
        assertThatThrownBy(() -> writer.write(rows(2))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(writer::commit).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void metadata_comes_back() {
        ParquetRoundTripTest.write(
                Parquet.writer(store, "file").metadata("batch", "7").metadata("süß", "ja"), SCHEMA, List.of());
        assertThat(Parquet.reader(store, "file").metadata()).containsAllEntriesOf(Map.of("batch", "7", "süß", "ja"));
    }

    @Test
    void a_sink_rejects_rows_that_lack_a_required_value_and_writes_the_rest() {
        List<List<@Nullable Object>> rows =
                List.of(List.of(1, "one"), Arrays.asList(null, "lost"), Arrays.asList(3, null));
        Rows source = Rows.of(SCHEMA, List.of(Batches.build(SCHEMA, rows)));

        WriteReport report = Parquet.writer(store, "file").sink().write(source, RejectListener.keep(1_000));

        assertThat(report.read()).isEqualTo(3);
        assertThat(report.written()).isEqualTo(2);
        assertThat(report.rejects()).singleElement().satisfies(reject -> {
            assertThat(reject.column()).isEqualTo("id");
            assertThat(reject.position()).isEqualTo(2);
            assertThat(reject.row()).containsEntry("name", "lost");
        });
        assertThat(Parquet.reader(store, "file").rowCount()).isEqualTo(2);
        assertThat(report.bytes()).isEqualTo(store.readSmall("file").length);
    }

    @Test
    void a_null_in_a_required_column_is_refused_before_anything_is_written() {
        ColumnBatch batch = Batches.build(SCHEMA, List.of(List.of(1, "one"), Arrays.asList(null, "lost")));
        try (BatchWriter writer = Parquet.writer(store, "file").open(SCHEMA)) {
            writer.write(rows(9));
            assertThatThrownBy(() -> writer.write(batch))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("parquet.missing_value"))
                    .hasMessageContaining("row 3");
            writer.commit();
        }
        assertThat(Parquet.reader(store, "file").rowCount()).isEqualTo(1);
    }

    @Test
    void a_batch_of_another_schema_is_refused() {
        try (BatchWriter writer = Parquet.writer(store, "file").open(SCHEMA)) {
            assertThatThrownBy(() -> writer.write(rows(1).select(List.of("id"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("(id int32 not null, name string)");
        }
    }

    @Test
    void settings_are_checked_immediately() {
        assertThatThrownBy(() -> Parquet.writer(store, "file").rowGroupRows(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rowGroupRows must be at least 1, but is 0");
        assertThatThrownBy(() -> Parquet.reader(store, "file").batchRows(-1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Parquet.writer(store, "file").open(Schema.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void row_groups_end_by_rows_and_by_bytes() {
        ColumnBatch wide = Batches.build(SCHEMA, List.of(List.of(1, "x".repeat(5_000)), List.of(2, "y".repeat(5_000))));
        ParquetRoundTripTest.write(Parquet.writer(store, "file").rowGroupBytes(6_000), SCHEMA, List.of(wide, wide));
        assertThat(ParquetFooter.read(store.open("file")).groups()).hasSize(4);
        ParquetRoundTripTest.write(
                Parquet.writer(store, "file").rowGroupRows(3), SCHEMA, List.of(rows(1, 2), rows(3, 4, 5, 6, 7)));
        assertThat(ParquetFooter.read(store.open("file")).groups())
                .extracting(group -> group.getRowCount())
                .containsExactly(3L, 3L, 1L);
    }

    @Test
    void a_file_on_a_disk_is_replaced_whole(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("file.parquet");
        ParquetRoundTripTest.write(Parquet.writer(file), SCHEMA, List.of(rows(1)));
        try (BatchWriter writer = Parquet.writer(file).open(SCHEMA)) {
            writer.write(rows(1, 2));
        }
        assertThat(Parquet.reader(file).rowCount()).isEqualTo(1);
        ParquetRoundTripTest.write(Parquet.writer(file), SCHEMA, List.of(rows(1, 2, 3)));
        assertThat(Parquet.reader(file).rows().toTable().size()).isEqualTo(3);
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }
}
