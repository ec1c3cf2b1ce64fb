package io.github.keywharf.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.pipeline.zone.BatchKind;
import io.github.keywharf.pipeline.zone.BatchRejects;
import io.github.keywharf.pipeline.zone.FedTable;
import io.github.keywharf.pipeline.zone.IngestionFormat;
import io.github.keywharf.pipeline.zone.ProcessedBatch;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.GoldenCopies;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Manifests of version 0.1.0 are read, and written no differently. */
class GoldenManifestsTest {
    private static final LocalDateTime TIME = LocalDateTime.parse("2024-05-20T12:10:03.998001");
    private static final SnapshotPosition AT = new SnapshotPosition("7412/1", "10:20:10,12", TIME);
    private static final Schema ALL_TYPES = Schema.of(
            Column.required("id", ColumnType.INT32),
            Column.nullable("big", ColumnType.INT64),
            Column.nullable("yes", ColumnType.BOOLEAN),
            Column.nullable("f", ColumnType.FLOAT32),
            Column.nullable("d", ColumnType.FLOAT64),
            Column.nullable("price", ColumnType.decimal(38, 10)),
            Column.nullable("naïve \"name\"", ColumnType.STRING),
            Column.nullable("j", ColumnType.JSON),
            Column.nullable("b", ColumnType.BYTES),
            Column.nullable("u", ColumnType.UUID),
            Column.nullable("day", ColumnType.DATE),
            Column.nullable("t", ColumnType.TIME),
            Column.nullable("ts", ColumnType.TIMESTAMP),
            Column.nullable("tz", ColumnType.TIMESTAMP_UTC));

    private static final Batch BACKFILL = new Batch(
            1,
            BatchKind.BACKFILL,
            AT,
            IngestionFormat.CSV,
            List.of(),
            Map.of(),
            Map.of(),
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            Map.of(),
            Map.of(),
            Set.of());

    private static final Batch INCREMENT = new Batch(
            9_007_199_254_740_993L,
            BatchKind.INCREMENT,
            AT.ofTable("16400/16405"),
            IngestionFormat.PARQUET,
            List.of(
                    BatchFile.noRows("address", ALL_TYPES),
                    new BatchFile("design", "design/ü 1.parquet", 3, 456, true, false, ALL_TYPES),
                    new BatchFile(
                            "design",
                            "design/deletions.parquet",
                            9_007_199_254_740_993L,
                            1,
                            false,
                            true,
                            Schema.of(Column.required("design_id", ColumnType.INT32)))),
            Map.of("address", AT, "design", AT.ofTable("16410/16415")),
            Map.of("staff", "column 'x\u0001' is missing;\n\"see\" \\ 😀 </script>"),
            Optional.of("0/15D6A30"),
            Map.of("design", FedTable.of("16410/16415", "801"), "address", FedTable.of("16400/16405", null)),
            Optional.of(LocalDateTime.parse("2024-05-20T12:00")),
            Map.of(
                    "payment", new BatchRejects(2, "payment_id", List.of(7, -5, Integer.MAX_VALUE), true),
                    "staff", new BatchRejects(12_000, "", List.of(), false)),
            Map.of("department", 8L, "currency", Long.MAX_VALUE),
            Set.of("payment", "address"));

    private static final Batch RECONCILIATION = new Batch(
            3,
            BatchKind.RECONCILIATION,
            AT,
            IngestionFormat.PARQUET,
            List.of(),
            Map.of("design", AT),
            Map.of(),
            Optional.empty(),
            Map.of(),
            Optional.of(TIME),
            Map.of(),
            Map.of("design", 0L),
            Set.of());

    private static final ProcessedBatch PROCESSED = new ProcessedBatch(
            3,
            2,
            List.of(new BatchFile("fact_sales_order", "f/2.parquet", 3, 789, false, false, ALL_TYPES)),
            1,
            "_keywharf/rejected/9223372036854775804-3/transform-2/",
            Map.of("fact_sales_order", "1:c0ffee", "dim_staff", "2:é"));

    private static final ProcessedBatch PROCESSED_NOTHING = new ProcessedBatch(4, 1, List.of(), 0, "", Map.of());

    @Test
    void batches_are_read_and_written_as_before() {
        check("manifests/backfill.json", BACKFILL);
        check("manifests/increment.json", INCREMENT);
        check("manifests/reconciliation.json", RECONCILIATION);
    }

    private static void check(String name, Batch batch) {
        GoldenCopies.assertSameJson(name, ManifestLog.BATCH.write(batch));
        assertThat(ManifestLog.BATCH.read(name, GoldenCopies.read(name))).isEqualTo(batch);
    }

    @Test
    void attempts_to_transform_are_read_and_written_as_before() {
        check("manifests/processed.json", PROCESSED);
        check("manifests/processed-nothing.json", PROCESSED_NOTHING);
    }

    @Test
    void floors_are_read_and_written_as_before() {
        PrunedFloor floor = new PrunedFloor(9_007_199_254_740_993L);
        GoldenCopies.assertWritten("manifests/floor.json", ManifestLog.FLOOR.write(floor));
        assertThat(ManifestLog.FLOOR.read("floor", GoldenCopies.read("manifests/floor.json")))
                .isEqualTo(floor);
    }

    @Test
    void an_attempt_that_was_noted_before_rejected_keys_were_is_read() {
        String before = new String(GoldenCopies.read("manifests/processed-nothing.json"), UTF_8)
                .replaceFirst(",\\s*\"rejectedKeys\" : \\{ }", "");
        assertThat(before).doesNotContain("rejectedKeys");
        assertThat(ManifestLog.PROCESSED.read("manifest", before.getBytes(UTF_8)))
                .isEqualTo(PROCESSED_NOTHING);
    }

    private static void check(String name, ProcessedBatch batch) {
        GoldenCopies.assertWritten(name, ManifestLog.PROCESSED.write(batch));
        assertThat(ManifestLog.PROCESSED.read(name, GoldenCopies.read(name))).isEqualTo(batch);
    }
}
