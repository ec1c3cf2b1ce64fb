package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.MetricsListener;
import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.PipelineSchedule;
import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.RunPlan;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.WarehouseMode;
import io.github.keywharf.pipeline.ZonePlaces;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.pipeline.zone.BatchKind;
import io.github.keywharf.pipeline.zone.IngestionFormat;
import io.github.keywharf.pipeline.zone.KeyLayout;
import io.github.keywharf.pipeline.zone.ProcessedBatch;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TotesysPipelineTest extends PipelineTestCase {

    private static final LocalDateTime NOON = LocalDateTime.of(2024, 5, 20, 12, 0);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_first_run_carries_everything_into_the_warehouse(boolean pipelined) throws SQLException {
        Organisation terrific = Organisation.of("terrific");
        RunReport report = fixture.pipeline(
                        builder -> builder.pipelined(pipelined).organisation(terrific))
                .run();

        assertThat(fixture.differences()).isEmpty();
        assertThat(fixture.events(Progress.class))
                .isNotEmpty()
                .allSatisfy(event ->
                        assertThat(event.work()).isEqualTo(Work.of(terrific).withTask("totesys/1")));
        assertThat(fixture.events)
                .filteredOn(event -> event.name().endsWith(".finished"))
                .isNotEmpty()
                .allSatisfy(event ->
                        assertThat(event.facts()).extracting(Fact::name).containsExactly("rows", "took"));
        assertThat(report.ingested()).hasSize(1);
        assertThat(report.loaded()).containsExactly(1L);
        assertThat(report.rejected()).isZero();
        assertThat(report.written(PipelineStep.EXTRACT))
                .isEqualTo(report.ingested().get(0).rows());
        assertThat(report.table(PipelineStep.LOAD, "fact_payment").orElseThrow().written())
                .isEqualTo(fixture.count("fact_payment"));
        assertThat(report.lag().orElseThrow()).isLessThan(Duration.ofMinutes(1));
        assertThat(fixture.count("dim_date")).isGreaterThanOrEqualTo(3653);
    }

    @ParameterizedTest
    @EnumSource(IngestionFormat.class)
    void any_ingestion_format_gives_the_same_warehouse(IngestionFormat format) throws SQLException {
        try (Connection source = fixture.source()) {
            fixture.torture.awkwardText(source, NOON);
        }
        fixture.pipeline(builder -> builder.ingestionFormat(format).pipelined(false))
                .run();

        assertThat(fixture.differences()).isEmpty();
        assertThat(fixture.keys(fixture.ingestion, "sales_order/"))
                .allMatch(key -> key.endsWith("." + format.extension()));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void later_runs_append_what_changed_as_versions(boolean pipelined) throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.pipelined(pipelined));
        pipeline.run();
        long sales = fixture.count("fact_sales_order");
        List<Integer> edited;
        try (Connection source = fixture.source()) {
            fixture.generator.advance(source, 3);
            edited = fixture.torture.silentEdit(source, 5);
        }

        RunReport report = pipeline.run();

        assertThat(fixture.differences()).isEmpty();
        assertThat(report.table(PipelineStep.LOAD, "fact_sales_order")
                        .orElseThrow()
                        .written())
                .isEqualTo(fixture.count("fact_sales_order") - sales);
        for (int order : edited) {
            assertThat(fixture.number("SELECT count(*) FROM fact_sales_order WHERE sales_order_id = " + order))
                    .as("versions of order %d, edited without touching last_updated", order)
                    .isGreaterThanOrEqualTo(2);
        }
        assertThat(fixture.number("SELECT count(*) FROM current_sales_order"))
                .isEqualTo(fixture.number("SELECT count(DISTINCT sales_order_id) FROM fact_sales_order"));
    }

    @Test
    void a_run_with_nothing_new_writes_nothing() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        List<String> ingested = fixture.keys(fixture.ingestion, "");
        List<String> processed = fixture.keys(fixture.processed, "");

        RunReport report = pipeline.run();

        assertThat(report.ingested()).isEmpty();
        assertThat(report.loaded()).isEmpty();
        assertThat(report.lag().orElseThrow()).isLessThan(Duration.ofMinutes(1));
        assertThat(fixture.keys(fixture.processed, "")).isEqualTo(processed);
        assertThat(fixture.keys(fixture.ingestion, ""))
                .filteredOn(key -> !key.startsWith(ZonePlaces.LEASE))
                .isEqualTo(ingested.stream()
                        .filter(key -> !key.startsWith(ZonePlaces.LEASE))
                        .toList());
    }

    @Test
    void each_step_runs_alone_and_hands_its_batch_to_the_next() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();

        List<Batch> ingested = pipeline.extract();
        assertThat(ingested).hasSize(1);
        Batch batch = ingested.get(0);
        assertThat(tables(batch.files()))
                .containsExactlyInAnyOrderElementsOf(StarSchema.totesys().sourceTables());
        assertThat(batch.key("sales_order"))
                .hasValueSatisfying(
                        key -> assertThat(key).matches("sales_order/\\d{4}/\\d\\d/\\d\\d/\\d{12}\\.parquet"));
        assertThat(fixture.keys(fixture.processed, "")).isEmpty();

        ProcessedBatch processed = pipeline.transform(batch.number());
        assertThat(tables(processed.files()))
                .containsExactlyInAnyOrder(
                        "dim_date",
                        "dim_design",
                        "dim_payment_type",
                        "dim_location",
                        "dim_currency",
                        "dim_transaction",
                        "dim_staff",
                        "dim_counterparty",
                        "fact_sales_order",
                        "fact_purchase_orders",
                        "fact_payment");
        assertThat(pipeline.transform()).isEmpty();
        assertThat(fixture.count("fact_sales_order")).isZero();

        RunReport loaded = pipeline.load(batch.number());
        assertThat(loaded.table(PipelineStep.LOAD, "fact_sales_order")
                        .orElseThrow()
                        .written())
                .isEqualTo(fixture.count("fact_sales_order"));
        assertThat(loaded.loaded()).containsExactly(batch.number());
        assertThat(fixture.differences()).isEmpty();

        assertThat(pipeline.load(batch.number()).loaded()).isEmpty();
        assertThat(pipeline.extract()).isEmpty();
    }

    @Test
    void a_batch_that_is_transformed_by_its_number_leaves_none_before_it_behind() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.extract();
        fixture.inSource("UPDATE staff SET first_name = 'Zoë' WHERE staff_id = 1");
        Batch second = pipeline.extract().get(0);

        assertThat(pipeline.transform(second.number()).number()).isEqualTo(2);
        pipeline.transform();

        assertThat(pipeline.load().loaded()).containsExactly(1L, 2L);
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void the_rows_of_each_step_are_a_metric_of_its_own() {
        Map<String, Long> rows = new TreeMap<>();
        EventListener metrics = MetricsListener.of(new MetricsListener.Meters() {
            @Override
            public void count(String name, Map<String, String> tags) {}

            @Override
            public void record(String name, Fact.Unit unit, long value, Map<String, String> tags) {
                if (name.equals("keywharf.event.rows")) {
                    rows.merge(tags.get("event"), value, Long::sum);
                }
            }
        });

        RunReport report = fixture.pipeline(builder -> builder.events(metrics)).run();

        assertThat(rows)
                .containsEntry("totesys.extract.finished", report.written(PipelineStep.EXTRACT))
                .containsEntry("totesys.load.finished", report.written(PipelineStep.LOAD));
    }

    private static List<String> tables(List<BatchFile> files) {
        return files.stream().map(BatchFile::table).toList();
    }

    @Test
    void chosen_tables_are_extracted_with_those_they_are_joined_to() {
        List<Batch> ingested = fixture.pipeline().extract(List.of("staff", "design"));

        assertThat(ingested).hasSize(1);
        assertThat(tables(ingested.get(0).files())).containsExactlyInAnyOrder("staff", "department", "design");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sales_order; DROP TABLE sales_order",
                "nothing",
                "\"sales_order\"",
                "pg_class",
                "_prisma_migrations"
            })
    void a_table_that_is_not_there_is_refused_by_name(String table) {
        assertThatThrownBy(() -> fixture.pipeline().extract(List.of(table)))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining(table)
                .hasMessageContaining("sales_order")
                .extracting(e -> ((KeywharfException) e).code())
                .isEqualTo("sql.unknown_table");
    }

    @Test
    void other_tables_of_the_source_pass_through_extraction_untouched() throws SQLException {
        fixture.inSource(
                "CREATE TABLE warehouse_visit (visit_id uuid PRIMARY KEY, note jsonb, at timestamptz)",
                "INSERT INTO warehouse_visit VALUES ('6f2d2f0e-0000-4000-8000-000000000001', '{\"a\": 1}', now())");

        RunReport report = fixture.pipeline().run();

        BatchFile file = report.ingested().get(0).files().stream()
                .filter(candidate -> candidate.table().equals("warehouse_visit"))
                .findFirst()
                .orElseThrow();
        assertThat(file.rows()).isEqualTo(1);
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void other_layouts_of_files_are_there_to_choose() {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.ingestionFormat(IngestionFormat.CSV)
                .ingestionLayout(KeyLayout.FOLDER_PER_RUN)
                .processedLayout(KeyLayout.RUN_THEN_TABLE));

        assertThat(pipeline.extract().get(0).key("staff")).hasValue("ingested_data/original_data_dump/staff.csv");
        fixture.inSource("UPDATE staff SET first_name = 'Zoë' WHERE staff_id = 1");
        assertThat(pipeline.extract().get(0).key("staff"))
                .hasValueSatisfying(key -> assertThat(key).matches("ingested_data/\\d{8}T\\d{12}Z/staff\\.csv"));
        assertThat(pipeline.transform())
                .hasSize(2)
                .allSatisfy(batch -> assertThat(batch.key("dim_staff"))
                        .hasValueSatisfying(key -> assertThat(key).matches("\\d{8}T\\d{12}Z/dim_staff\\.parquet")));
    }

    @Test
    void a_department_that_moves_takes_its_staff_along() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        try (Connection source = fixture.source()) {
            fixture.torture.renameDepartment(source, 4, NOON);
            fixture.torture.changeAddress(source, 1, NOON);
        }

        RunReport report = pipeline.run();

        assertThat(fixture.differences()).isEmpty();
        assertThat(report.table(PipelineStep.LOAD, "dim_staff").orElseThrow().written())
                .isPositive();
        assertThat(report.table(PipelineStep.LOAD, "dim_location").orElseThrow().written())
                .isEqualTo(1);
    }

    @Test
    void latest_mode_keeps_one_row_for_each_order() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.mode(WarehouseMode.LATEST));
        pipeline.run();
        try (Connection source = fixture.source()) {
            fixture.generator.advance(source, 2);
            fixture.torture.silentEdit(source, 5);
        }
        pipeline.run();

        assertThat(fixture.differences()).isEmpty();
        assertThat(fixture.count("fact_sales_order"))
                .isEqualTo(fixture.number("SELECT count(DISTINCT sales_order_id) FROM fact_sales_order"));
    }

    @Test
    void a_plan_shows_what_a_run_would_do_and_does_nothing() throws SQLException {
        TotesysPipeline pipeline = fixture.builder().build();

        RunPlan plan = pipeline.plan();

        assertThat(plan.tables()).extracting(RunPlan.TablePlan::table).contains("sales_order", "payment");
        assertThat(plan.tables()).allMatch(table -> table.sql().contains(table.table()));
        assertThat(plan.warehouse()).containsKey("fact_sales_order");
        assertThat(plan.toString()).contains("sales_order").contains("warehouse fact_sales_order");
        assertThat(fixture.keys(fixture.ingestion, "")).isEmpty();

        pipeline.createWarehouse();
        pipeline.extract();
        assertThat(pipeline.plan().pending()).containsExactly(1L);
        assertThat(pipeline.plan().warehouse()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ChangeDetection.class)
    void a_plan_estimates_rows_and_bytes_of_tables_that_were_never_analyzed_and_of_what_changed(
            ChangeDetection detection) throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.detection(detection));
        RunPlan first = pipeline.plan();
        try (Connection source = fixture.source()) {
            for (RunPlan.TablePlan table : first.tables()) {
                assertThat(table.sql()).startsWith("SELECT ");
                assertEstimate(
                        source, table, "SELECT count(*), sum(pg_column_size(t)) FROM " + table.table() + " AS t");
            }
        }
        pipeline.run();
        fixture.inSource("UPDATE payment SET paid = NOT paid, last_updated = now() AT TIME ZONE 'UTC'"
                + " WHERE payment_id <= 5");
        RunPlan.TablePlan payments = pipeline.plan().tables().stream()
                .filter(table -> table.table().equals("payment"))
                .findFirst()
                .orElseThrow();
        if (detection == ChangeDetection.LOGICAL_REPLICATION) {
            assertThat(payments.sql()).startsWith("-- changes of payment from the feed ");
        } else {
            assertThat(payments.sql()).startsWith("SELECT ").contains(" WHERE ");
        }
        try (Connection source = fixture.source()) {
            assertEstimate(
                    source,
                    payments,
                    detection == ChangeDetection.LAST_UPDATED
                            ? "SELECT count(*), sum(pg_column_size(t)) FROM (" + payments.sql() + ") AS t"
                            : "SELECT 5, 5 * avg(pg_column_size(t)) FROM payment AS t");
        }
    }

    private static void assertEstimate(Connection source, RunPlan.TablePlan plan, String real) throws SQLException {
        try (Statement statement = source.createStatement();
                ResultSet row = statement.executeQuery(real)) {
            row.next();
            long rows = row.getLong(1);
            assertThat(plan.rows()).as(plan.table() + " rows").isBetween((rows + 9) / 10, rows * 10);
            assertThat(plan.bytes())
                    .as(plan.table() + " bytes")
                    .isBetween((row.getLong(2) + 9) / 10, row.getLong(2) * 10);
            assertThat(plan.bytes()).isPositive();
        }
    }

    @Test
    void the_deployed_variant_of_the_warehouse_is_filled_under_its_own_names() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.star(StarSchema.deployedVariant()));
        pipeline.run();

        assertThat(fixture.number("SELECT count(puchase_order_id) FROM fact_purchase_order"))
                .isPositive();
        assertThat(fixture.number("SELECT count(last_updated) FROM fact_payment"))
                .isPositive();
    }

    @Test
    void a_report_and_a_pipeline_read_well_and_hide_the_password() {
        TotesysPipeline pipeline = fixture.pipeline();

        assertThat(pipeline.run().toString())
                .contains("fact_sales_order")
                .contains("took")
                .doesNotContain(fixture.server.password());
        assertThat(pipeline.toString()).contains(fixture.sourceName).doesNotContain(fixture.server.password());
    }

    @Test
    void batches_run_on_their_own_until_closed() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        try (PipelineSchedule schedule = pipeline.every(Duration.ofMillis(20))) {
            org.awaitility.Awaitility.await().until(() -> schedule.findLatest().isPresent());
            fixture.inSource("UPDATE staff SET first_name = 'Zenobia' WHERE staff_id = 2");
            org.awaitility.Awaitility.await()
                    .until(() -> fixture.list("SELECT first_name FROM dim_staff WHERE staff_id = 2")
                            .contains("Zenobia"));
        }
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void a_zone_that_knows_less_than_the_warehouse_is_refused() {
        fixture.pipeline().run();
        TotesysPipeline renamed = fixture.builder()
                .ingestion(io.github.keywharf.store.ObjectStore.inMemory())
                .build();

        assertThatThrownBy(renamed::run)
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("ends with batch 0")
                .hasMessageContaining("a name of its own");
        assertThat(fixture.builder()
                        .ingestion(io.github.keywharf.store.ObjectStore.inMemory())
                        .name("renamed")
                        .build()
                        .run()
                        .loaded())
                .containsExactly(1L);
    }

    @Test
    void a_layout_must_leave_the_pipelines_own_folder_alone() {
        TotesysPipeline pipeline =
                fixture.pipeline(builder -> builder.ingestionLayout(file -> "_keywharf/" + file.table()));

        assertThatThrownBy(pipeline::extract).hasMessageContaining("own folder");
    }

    @Test
    void options_that_make_no_sense_are_refused_immediately() {
        assertThatThrownBy(() -> TotesysPipeline.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("source");
        assertThatThrownBy(() -> TotesysPipeline.builder().name("Not a name"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Not a name");
        assertThatThrownBy(() -> TotesysPipeline.builder().lookback(Duration.ofSeconds(-1)))
                .hasMessageContaining("lookback")
                .hasMessageContaining("PT-1S");
        assertThatThrownBy(() -> fixture.pipeline().every(Duration.ZERO)).hasMessageContaining("PT0S");
        assertThatThrownBy(() -> fixture.pipeline().replay(3, 2)).hasMessageContaining("not a valid range");
        assertThatThrownBy(() -> fixture.pipeline().replay(7, 7))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("no such batch");
        assertThatThrownBy(() -> fixture.pipeline().transform(7))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("no such batch");
        assertThatThrownBy(() -> fixture.pipeline().load(7))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("no such batch");
    }

    @Test
    void a_window_of_the_past_is_read_again_and_changes_nothing_that_is_there() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        long rows = fixture.count("fact_sales_order");

        RunReport report = pipeline.backfill(LocalDateTime.of(2024, 5, 1, 0, 0), LocalDateTime.of(2024, 5, 8, 0, 0));

        assertThat(report.ingested()).extracting(Batch::kind).containsExactly(BatchKind.BACKFILL);
        assertThat(report.table(PipelineStep.LOAD, "fact_sales_order")
                        .orElseThrow()
                        .read())
                .isPositive();
        assertThat(fixture.count("fact_sales_order")).isEqualTo(rows);
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void batches_are_replayed_into_a_warehouse_that_lost_everything() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        fixture.inSource("UPDATE sales_order SET units_sold = 4321 WHERE sales_order_id = 3");
        pipeline.run();
        fixture.inWarehouse("DROP SCHEMA public CASCADE", "CREATE SCHEMA public");

        pipeline.createWarehouse();
        RunReport report = pipeline.run();

        assertThat(report.loaded()).containsExactly(1L, 2L);
        assertThat(fixture.number("SELECT count(*) FROM fact_sales_order WHERE sales_order_id = 3"))
                .isEqualTo(2);
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void a_lost_version_comes_back_by_a_replay() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        fixture.inWarehouse("DELETE FROM fact_sales_order WHERE sales_order_id = 3");
        pipeline.replay(1, 1);

        assertThat(fixture.differences()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_table_that_lost_all_its_rows_is_seen_by_reconciliation(boolean pipelined) throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.pipelined(pipelined));
        pipeline.run();
        fixture.inSource("TRUNCATE purchase_order, transaction, payment");

        RunReport report = pipeline.reconcileAllowingDeletions(List.of("purchase_order", "transaction", "payment"));

        assertThat(report.deleted()).isPositive();
        assertThat(fixture.count("current_purchase_orders")).isZero();
        assertThat(fixture.count("current_payment")).isZero();
        assertThat(fixture.count("fact_purchase_orders")).isPositive();
        assertThat(pipeline.reconcile().deleted()).isZero();
    }

    @Test
    void steps_alone_reconcile_when_that_is_due() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.reconcileEvery(Duration.ZERO));
        pipeline.extract();
        pipeline.transform();
        pipeline.load();
        int order;
        try (Connection source = fixture.source()) {
            order = fixture.torture.someSales(source, 1).get(0);
            fixture.torture.deleteOrder(source, order);
        }
        pipeline.extract();
        pipeline.transform();
        pipeline.load();

        assertThat(fixture.number("SELECT count(*) FROM current_sales_order WHERE sales_order_id = " + order))
                .isZero();
    }

    @Test
    void tables_that_no_batch_has_read_yet_are_read_though_nothing_changed() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.extract(List.of("staff"));
        assertThat(pipeline.extract(List.of("staff"))).isEmpty();

        pipeline.run();
        assertThat(pipeline.run().ingested()).isEmpty();
        assertThat(pipeline.run().ingested()).isEmpty();

        assertThat(fixture.differences()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "stack", "linkage"})
    void a_schedule_reports_an_error_and_goes_on(String kind) {
        java.util.concurrent.atomic.AtomicInteger errors = new java.util.concurrent.atomic.AtomicInteger(2);
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.clock(() -> {
            if (errors.getAndDecrement() > 0) {
                throw switch (kind) {
                    case "memory" -> new OutOfMemoryError("planted");
                    case "stack" -> new StackOverflowError("planted");
                    default -> new NoClassDefFoundError("planted");
                };
            }
            return java.time.Instant.now();
        }));
        try (PipelineSchedule schedule = pipeline.every(Duration.ofMillis(20))) {
            org.awaitility.Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> schedule.findLatest().isPresent());
        }
        assertThat(fixture.named("totesys.step.failed"))
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event.message()).contains("Error: ", "planted"));
    }
}
