package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.aws.AWSManager;
import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.ZonePlaces;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchKind;
import io.github.keywharf.pipeline.zone.IngestionFormat;
import io.github.keywharf.pipeline.zone.KeyLayout;
import io.github.keywharf.pipeline.zone.LatestIngest;
import io.github.keywharf.pipeline.zone.ProcessedBatch;
import io.github.keywharf.pipeline.zone.RejectedFile;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.sql.SqlSource;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.S3Server;
import io.github.keywharf.testing.totesys.TotesysTorture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One test for each way in which pipelines of this kind are known to lose, repeat or bend data. */
class FailureTableTest extends PipelineTestCase {

    private static final LocalDateTime NOON = LocalDateTime.of(2024, 5, 20, 12, 0);

    @Test
    void f01_rows_changed_between_the_first_and_the_second_run_are_not_lost() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        fixture.inSource(
                "UPDATE sales_order SET units_sold = units_sold + 1, last_updated = now() WHERE sales_order_id = 3");
        pipeline.run();

        assertThat(fixture.number("SELECT count(*) FROM fact_sales_order WHERE sales_order_id = 3"))
                .isEqualTo(2);
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void f02_a_row_committed_after_a_run_with_a_stamp_from_before_it_is_found() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        try (Connection source = fixture.source();
                TotesysTorture.LateCommit late = fixture.torture.lateCommit(source, NOON)) {
            pipeline.run();
            late.commit();
            assertThat(fixture.number("SELECT count(*) FROM fact_sales_order WHERE sales_order_id = "
                            + late.keys().orderId()))
                    .isZero();
        }
        pipeline.run();

        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void f02_a_window_with_a_lookback_finds_it_too() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.detection(ChangeDetection.LAST_UPDATED));
        try (Connection source = fixture.source();
                TotesysTorture.LateCommit late = fixture.torture.lateCommit(
                        source, LocalDateTime.now(java.time.ZoneOffset.UTC).minusSeconds(30))) {
            pipeline.run();
            late.commit();
        }
        pipeline.run();
        pipeline.run();

        assertThat(fixture.differences()).isEmpty();
        assertThat(fixture.count("fact_sales_order"))
                .isEqualTo(fixture.number("SELECT count(DISTINCT sales_order_id) FROM fact_sales_order"));
    }

    @Test
    void f03_silent_updates_and_deletions_reach_the_warehouse() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        int order;
        try (Connection source = fixture.source()) {
            fixture.torture.silentEdit(source, 3);
            order = fixture.torture.someSales(source, 1).get(0);
            fixture.torture.deleteOrder(source, order);
        }
        pipeline.run();
        assertThat(fixture.number("SELECT count(*) FROM current_sales_order WHERE sales_order_id = " + order))
                .isEqualTo(1);

        pipeline.reconcile();

        assertThat(fixture.number("SELECT count(*) FROM current_sales_order WHERE sales_order_id = " + order))
                .isZero();
        assertThat(fixture.number("SELECT count(*) FROM fact_sales_order WHERE sales_order_id = " + order))
                .as("history stays")
                .isPositive();
        assertThat(fixture.list("SELECT table_name || ' ' || key_value FROM keywharf_deletion"))
                .containsExactly("fact_sales_order " + order);
        assertThat(fixture.differences(c -> c.deleted("fact_sales_order", List.of(order))))
                .isEmpty();
    }

    @Test
    void f03_a_window_misses_silent_updates_until_it_reconciles() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.detection(ChangeDetection.LAST_UPDATED));
        pipeline.run();
        try (Connection source = fixture.source()) {
            fixture.torture.silentEdit(source, 3);
        }
        pipeline.run();
        assertThat(fixture.differences()).isNotEmpty();

        pipeline.reconcile();
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void f03_reconciliation_comes_at_its_cadence() {
        TotesysPipeline pipeline = fixture.pipeline(builder -> builder.reconcileEvery(Duration.ZERO));
        pipeline.run();

        assertThat(pipeline.run().ingested()).extracting(Batch::kind).containsExactly(BatchKind.RECONCILIATION);
    }

    @Test
    void f04_a_batch_that_was_ingested_but_not_loaded_is_loaded_by_the_next_run_in_order() throws SQLException {
        TotesysPipeline pipeline = fixture.builder().build();
        assertThatThrownBy(pipeline::run)
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("create it by createWarehouse()");
        assertThat(pipeline.listBatches(9)).hasSize(1);
        fixture.inSource("UPDATE sales_order SET units_sold = 1234 WHERE sales_order_id = 3");
        pipeline.extract();

        pipeline.createWarehouse();
        RunReport report = pipeline.run();

        assertThat(report.loaded()).containsExactly(1L, 2L);
        assertThat(fixture.list(
                        "SELECT units_sold FROM fact_sales_order WHERE sales_order_id = 3 ORDER BY sales_record_id"))
                .hasSize(2)
                .endsWith("1234");
        assertThat(fixture.differences()).isEmpty();
        assertThat(fixture.named("totesys.step.failed")).isNotEmpty();
    }

    @Test
    void f05_two_extractions_before_a_load_are_both_loaded() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.extract();
        fixture.inSource("UPDATE sales_order SET units_sold = 1111 WHERE sales_order_id = 3");
        pipeline.extract();
        fixture.inSource("UPDATE sales_order SET units_sold = 2222 WHERE sales_order_id = 3");
        pipeline.extract();
        pipeline.transform();
        pipeline.load();

        assertThat(fixture.list(
                        "SELECT units_sold FROM fact_sales_order WHERE sales_order_id = 3 ORDER BY sales_record_id"))
                .hasSize(3)
                .endsWith("1111", "2222");
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void f06_a_repeated_event_loads_nothing_twice() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        long batch = pipeline.extract().get(0).number();
        ProcessedBatch processed = pipeline.transform(batch);
        pipeline.load(batch);
        long rows = fixture.count("fact_payment");

        assertThat(pipeline.transform(batch)).isEqualTo(processed);
        pipeline.load(batch);
        pipeline.replay(1, 1);
        pipeline.replay(1, 1);

        assertThat(fixture.count("fact_payment")).isEqualTo(rows);
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void f07_overlapping_runs_do_not_repeat_each_other() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(3);
        TotesysPipeline pipeline =
                fixture.pipeline(builder -> builder.source(new PausedSource(fixture.source.source(), () -> {
                    reading.countDown();
                    others.await(30, TimeUnit.SECONDS);
                })));
        List<RunReport> skipped = new CopyOnWriteArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Future<RunReport> first = threads.submit(pipeline::run);
            assertThat(reading.await(30, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 3; i++) {
                threads.execute(() -> {
                    skipped.add(pipeline.run());
                    others.countDown();
                });
            }
            assertThat(first.get(60, TimeUnit.SECONDS).loaded()).containsExactly(1L);
        } finally {
            threads.shutdownNow();
        }

        assertThat(others.getCount())
                .as("runs that ended while the first was reading")
                .isZero();
        assertThat(skipped).hasSize(3).allSatisfy(report -> {
            assertThat(report.skipped()).isPresent();
            assertThat(report.ingested()).isEmpty();
            assertThat(report.loaded()).isEmpty();
        });
        assertThat(fixture.named("totesys.run.skipped")).hasSize(3);
        assertThat(pipeline.listBatches(9)).hasSize(1);
        assertThat(fixture.differences()).isEmpty();
        assertThat(fixture.count("fact_sales_order"))
                .isEqualTo(fixture.number("SELECT count(DISTINCT sales_order_id) FROM fact_sales_order"));
    }

    private interface Pause {
        void take() throws InterruptedException;
    }

    /** A source that pauses before each snapshot. */
    private record PausedSource(SqlSource real, Pause pause) implements SqlSource {
        @Override
        public String name() {
            return real.name();
        }

        @Override
        public List<SourceTable> listTables() {
            return real.listTables();
        }

        @Override
        public SourceSnapshot snapshot() {
            try {
                pause.take();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return real.snapshot();
        }

        @Override
        public ChangeFeed changeFeed(String name, List<String> tables) {
            return real.changeFeed(name, tables);
        }
    }

    @Test
    void f08_the_newest_file_is_found_beyond_the_first_page_of_a_listing(@TempDir Path directory) throws IOException {
        LocalDateTime start = LocalDateTime.of(2024, 1, 1, 0, 0);
        int files = 1_100;
        try (S3Server server = S3Server.start(directory);
                AWSManager aws = AWSManager.builder()
                        .credentials(server.accessKey(), Secret.of(server.secretKey()))
                        .region("eu-west-1")
                        .endpoint(server.endpoint())
                        .pathStyle(true)
                        .connect()) {
            server.createBucket("zones");
            ObjectStore store = aws.store("zones");
            for (int i = 0; i < files; i++) {
                String key = KeyLayout.FileKeys.tableByDay("payment", start.plusMinutes(5L * i), "parquet");
                Path file = directory.resolve("zones").resolve(key);
                Files.createDirectories(file.getParent());
                Files.write(file, new byte[0]);
            }
            assertThat(LatestIngest.of(store).findTime("payment")).contains(start.plusMinutes(5L * (files - 1)));
        }
    }

    @Test
    void f09_a_table_is_not_taken_for_one_whose_name_begins_alike() {
        ObjectStore store = ObjectStore.inMemory();
        LocalDateTime time = LocalDateTime.of(2024, 1, 1, 0, 0);
        store.createIfAbsent(KeyLayout.FileKeys.tableByDay("payment", time, "parquet"), new byte[0]);
        store.createIfAbsent(KeyLayout.FileKeys.tableByDay("payment_type", time.plusDays(1), "parquet"), new byte[0]);

        assertThat(LatestIngest.of(store).findTime("payment")).contains(time);
    }

    @Test
    void f10_facts_whose_dimension_is_missing_wait_as_rejected_rows_and_come_when_it_is_there() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        TotesysTorture.OrderKeys keys;
        try (Connection source = fixture.source()) {
            keys = fixture.torture.unknownCurrency(source, "XQZ", NOON);
        }
        RunReport report = pipeline.run();

        assertThat(report.table(PipelineStep.TRANSFORM, "dim_currency")
                        .orElseThrow()
                        .rejected())
                .isEqualTo(1);
        assertThat(report.table(PipelineStep.LOAD, "fact_sales_order")
                        .orElseThrow()
                        .rejected())
                .isEqualTo(1);
        assertThat(pipeline.listRejected())
                .extracting(RejectedFile::table)
                .contains("dim_currency", "fact_sales_order", "fact_payment");

        fixture.inSource("UPDATE currency SET currency_code = 'CHF' WHERE currency_code = 'XQZ'");
        pipeline.run();
        pipeline.reconcile();

        assertThat(fixture.number("SELECT count(*) FROM fact_sales_order WHERE sales_order_id = " + keys.orderId()))
                .isEqualTo(1);
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void f11_a_change_of_an_address_alone_reaches_every_counterparty_of_it() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        fixture.inSource("UPDATE address SET city = 'Port Elsewhere' WHERE address_id IN (SELECT legal_address_id FROM"
                + " counterparty)");
        pipeline.run();

        assertThat(fixture.number(
                        "SELECT count(*) FROM dim_counterparty WHERE counterparty_legal_city <> 'Port Elsewhere'"))
                .isZero();
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void f12_joins_go_by_key_though_ids_have_gaps_and_rows_no_order() throws SQLException {
        fixture.inSource(
                "INSERT INTO department VALUES (500, 'Research', 'York', 'A Person', now(), now())",
                "UPDATE staff SET department_id = 500 WHERE staff_id = 1",
                "UPDATE department SET manager = manager WHERE department_id < 4");
        fixture.pipeline().run();

        assertThat(fixture.list("SELECT department_name FROM dim_staff WHERE staff_id = 1"))
                .containsExactly("Research");
        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void f13_a_changed_dimension_replaces_its_row() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        fixture.inSource("UPDATE design SET file_location = '/elsewhere' WHERE design_id = 1");
        RunReport report = pipeline.run();

        assertThat(report.table(PipelineStep.LOAD, "dim_design").orElseThrow().written())
                .isEqualTo(1);
        assertThat(fixture.list("SELECT file_location FROM dim_design WHERE design_id = 1"))
                .containsExactly("/elsewhere");
    }

    @Test
    void f14_awkward_text_arrives_as_it_is() throws SQLException {
        try (Connection source = fixture.source()) {
            fixture.torture.awkwardText(source, NOON);
        }
        fixture.pipeline().run();

        assertThat(fixture.differences()).isEmpty();
        assertThat(fixture.number("SELECT count(*) FROM dim_staff WHERE last_name LIKE '%''%'"))
                .isPositive();
    }

    @Test
    void f15_f16_files_hold_types_and_real_nulls() {
        TotesysPipeline pipeline = fixture.pipeline();
        Batch ingested = pipeline.extract().get(0);

        try (Rows rows = io.github.keywharf.format.Parquet.reader(
                        fixture.ingestion, ingested.key("sales_order").orElseThrow())
                .rows()) {
            assertThat(rows.schema().column("unit_price").type()).hasToString("decimal(10,2)");
            assertThat(rows.schema().column("created_at").type()).hasToString("timestamp");
            assertThat(rows.schema().column("units_sold").type()).hasToString("int32");
        }
        try (Rows rows = io.github.keywharf.format.Parquet.reader(
                        fixture.ingestion, ingested.key("address").orElseThrow())
                .rows()) {
            assertThat(rows.stream().map(row -> row.string("address_line_2")))
                    .contains((String) null)
                    .doesNotContain("NULL");
        }
    }

    @Test
    void f17_no_object_of_a_zone_is_ever_written_again() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        pipeline.run();
        Map<String, String> before = etags();
        try (Connection source = fixture.source()) {
            fixture.generator.advance(source, 2);
            fixture.torture.changeAddress(source, 1, NOON);
        }
        pipeline.run();
        pipeline.reconcile();
        pipeline.replay(1, 2);

        assertThat(etags()).containsAllEntriesOf(before);
    }

    private Map<String, String> etags() {
        try (var ingested = fixture.ingestion.list("");
                var processed = fixture.processed.list("")) {
            return java.util.stream.Stream.concat(
                            ingested.map(object -> Map.entry("i/" + object.key(), object.etag())),
                            processed.map(object -> Map.entry("p/" + object.key(), object.etag())))
                    .filter(entry -> !entry.getKey().startsWith("i/" + ZonePlaces.LEASE))
                    .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        }
    }

    @Test
    void f18_timestamps_without_a_fraction_are_read_from_csv() throws SQLException {
        try (Connection source = fixture.source()) {
            fixture.torture.wholeSecondTimestamps(source, NOON);
        }
        fixture.pipeline(builder -> builder.ingestionFormat(IngestionFormat.CSV).pipelined(false))
                .run();

        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void f19_no_key_has_a_blank_or_a_colon() {
        fixture.pipeline(builder ->
                        builder.ingestionLayout(KeyLayout.FOLDER_PER_RUN).processedLayout(KeyLayout.RUN_THEN_TABLE))
                .run();

        assertThat(fixture.keys(fixture.ingestion, "")).allMatch(key -> key.matches("[A-Za-z0-9_./-]+"));
        assertThat(fixture.keys(fixture.processed, "")).allMatch(key -> key.matches("[A-Za-z0-9_./-]+"));
    }

    @Test
    void f20_files_that_no_manifest_names_are_nobodys() throws SQLException {
        fixture.ingestion.createIfAbsent("sales_order/2024/05/20/120000000000.parquet", new byte[] {1, 2, 3});
        fixture.processed.createIfAbsent("fact_sales_order/2024/05/20/120000000000.parquet", new byte[] {1, 2, 3});
        fixture.pipeline().run();

        assertThat(fixture.differences()).isEmpty();
    }

    @Test
    void f21_a_failed_step_is_reported_to_the_listener_and_the_caller() {
        TotesysPipeline pipeline = fixture.builder().build();

        assertThatThrownBy(pipeline::run).isInstanceOf(KeywharfException.class);
        assertThat(fixture.named("totesys.step.failed"))
                .singleElement()
                .satisfies(event -> assertThat(event.message()).startsWith("load failed: "));
    }

    @Test
    void f22_every_source_table_has_a_star_table_that_uses_it() {
        StarSchema star = StarSchema.totesys();
        Set<String> used = star.tables().tables().stream()
                .flatMap(table -> java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(table.driving()), table.lookups().stream()))
                .collect(Collectors.toSet());
        assertThat(used).containsExactlyInAnyOrderElementsOf(star.sourceTables());
    }

    @Test
    void f23_a_lag_over_the_threshold_is_reported() throws SQLException {
        TotesysPipeline pipeline = fixture.pipeline();
        assertThat(pipeline.run().lag())
                .hasValueSatisfying(lag -> assertThat(lag).isLessThan(Duration.ofMinutes(30)));
        assertThat(fixture.named("totesys.lag.exceeded")).isEmpty();

        fixture.inWarehouse("ALTER TABLE fact_sales_order RENAME TO away");
        fixture.inSource("UPDATE sales_order SET units_sold = 1 WHERE sales_order_id = 3");
        TotesysPipeline late = fixture.builder()
                .clock(() -> Instant.now().plus(Duration.ofMinutes(31)))
                .build();
        assertThatThrownBy(late::run).isInstanceOf(KeywharfException.class);

        assertThat(fixture.named("totesys.lag.exceeded"))
                .hasSize(1)
                .allSatisfy(event -> assertThat(
                                Duration.ofNanos(event.facts().get(0).value()))
                        .isBetween(Duration.ofMinutes(31), Duration.ofMinutes(36)));
    }
}
