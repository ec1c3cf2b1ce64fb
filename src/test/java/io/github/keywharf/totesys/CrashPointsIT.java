package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.zone.IngestionFormat;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.totesys.TotesysTorture;
import io.github.keywharf.testing.totesys.WarehouseComparison;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A run dies before and after each of its durable steps, and is begun again: the warehouse says the same as one that was
 * filled by runs that did not die, version by version.
 */
@Tag("long")
class CrashPointsIT {

    private static int deaths;

    @AfterAll
    static void count() {
        System.out.println("CrashPointsIT: " + deaths + " deaths");
    }

    @ParameterizedTest
    @CsvSource({
        "PARQUET, true, TRANSACTION_ID, 100",
        "CSV, false, TRANSACTION_ID, 14",
        "PARQUET, true, LOGICAL_REPLICATION, 14",
        "CSV, true, LAST_UPDATED, 8",
        "PARQUET, false, LOGICAL_REPLICATION, 8"
    })
    void a_run_that_dies_anywhere_is_made_good_by_the_next(
            IngestionFormat format, boolean pipelined, ChangeDetection detection, int most) throws SQLException {
        try (PipelineFixture fixture = PipelineFixture.start()) {
            String feed = "clean_" + fixture.sourceName;
            TotesysPipeline clean = fixture.pipeline(
                    builder -> options(builder, format, pipelined, detection).name(feed));
            clean.run();
            Victim first = new Victim(fixture, "first", format, pipelined, detection);
            first.pipeline.run();
            int points = first.fuse.steps().size();
            first.close();
            List<String> failures = new ArrayList<>();
            for (int[] point : spread(points, 4)) {
                try (Victim victim =
                        new Victim(fixture, "a" + point[0] + "_" + point[1], format, pipelined, detection)) {
                    victim.dieAt(point, failures);
                }
            }
            assertThat(failures).isEmpty();

            Victim victim = new Victim(fixture, "later", format, pipelined, detection);
            victim.pipeline.run();
            victim.fuse.putOut();
            change(fixture, 0);
            clean.run();
            victim.pipeline.run();
            points = victim.fuse.steps().size();
            assertThat(points).as("durable steps of a run").isGreaterThan(10);
            int round = 1;
            for (int[] point : spread(points + 1, most)) {
                change(fixture, round++);
                clean.run();
                victim.dieAt(point, failures);
            }
            assertThat(failures).isEmpty();
            victim.close();
            fixture.dropFeed("keywharf_" + feed);
        }
    }

    /** Points before and after each step, or as many of them as are wanted. */
    private static List<int[]> spread(int steps, int most) {
        List<int[]> all = new ArrayList<>();
        for (int step = 1; step <= steps; step++) {
            all.add(new int[] {step, 0});
            all.add(new int[] {step, 1});
        }
        List<int[]> chosen = new ArrayList<>();
        int wanted = Math.min(most, all.size());
        for (int i = 0; i < wanted; i++) {
            chosen.add(all.get((int) ((long) i * all.size() / wanted)));
        }
        return chosen;
    }

    private static void change(PipelineFixture fixture, int round) throws SQLException {
        TotesysTorture torture = new TotesysTorture(round);
        try (Connection source = fixture.source()) {
            torture.equalTimestamps(source, 2, LocalDateTime.now(java.time.ZoneOffset.UTC));
            torture.renameDepartment(source, 1 + round % 4, now());
            torture.changeAddress(source, 1 + round % 3, now());
            for (int order : torture.someSales(source, 3)) {
                fixture.inSource("UPDATE sales_order SET units_sold = units_sold + 1, last_updated ="
                        + " now() AT TIME ZONE 'UTC' WHERE sales_order_id = " + order);
            }
            if (round % 2 == 1) {
                torture.unknownCurrency(source, String.format("X%02d", round), now());
            }
        }
    }

    private static LocalDateTime now() {
        return LocalDateTime.now(java.time.ZoneOffset.UTC);
    }

    private static TotesysPipeline.Builder options(
            TotesysPipeline.Builder builder, IngestionFormat format, boolean pipelined, ChangeDetection detection) {
        return builder.ingestionFormat(format)
                .pipelined(pipelined)
                .detection(detection)
                .lookback(Duration.ofDays(1));
    }

    /** A pipeline of its own from the fixture's source into a warehouse of its own, that may die. */
    private static final class Victim implements AutoCloseable {
        private final PipelineFixture fixture;
        private final String database;
        private final String feed;
        private final PostgresDatabase warehouse;
        private final Fuse fuse = new Fuse(() -> {});
        private final TotesysPipeline pipeline;

        Victim(
                PipelineFixture fixture,
                String name,
                IngestionFormat format,
                boolean pipelined,
                ChangeDetection detection) {
            this.fixture = fixture;
            database = fixture.warehouseName + "_" + name;
            feed = name + "_" + fixture.sourceName;
            fixture.server.createDatabase(database);
            warehouse = fixture.database(database);
            ObjectStore ingestion = ObjectStore.inMemory();
            ObjectStore processed = ObjectStore.inMemory();
            pipeline = options(
                            TotesysPipeline.builder()
                                    .name(feed)
                                    .source(fuse.source(fixture.source.source()))
                                    .ingestion(new FusedStore(ingestion, fuse))
                                    .processed(new FusedStore(processed, fuse))
                                    .warehouse(fuse.warehouse(warehouse.warehouse())),
                            format,
                            pipelined,
                            detection)
                    .build();
            pipeline.createWarehouse();
        }

        /** Runs, dies, runs again, and compares with the warehouse of the pipeline that lives. */
        void dieAt(int[] point, List<String> failures) throws SQLException {
            fuse.light(point[0], point[1] == 0);
            Throwable death = catchThrowable(pipeline::run);
            if (fuse.isBurnt()) {
                deaths++;
                assertThat(death).as("a dead run").isNotNull();
            }
            String where = pipeline + " " + (point[1] == 0 ? "before " : "after ")
                    + (fuse.isBurnt() ? fuse.steps().get(point[0] - 1) : "nothing");
            fuse.putOut();
            assertThat(pipeline.run().skipped()).isEmpty();
            try (Connection reference = fixture.warehouse();
                    Connection own = fixture.server.connection(database);
                    Connection source = fixture.source()) {
                List<String> differences =
                        WarehouseVersions.differences(WarehouseVersions.of(reference), WarehouseVersions.of(own));
                differences.forEach(line -> failures.add("died " + where + ": " + line));
                new WarehouseComparison()
                        .rejected(
                                "dim_currency",
                                unknown(source, "SELECT currency_id FROM currency WHERE currency_code LIKE 'X%'"))
                        .rejected(
                                "fact_sales_order",
                                unknown(
                                        source,
                                        "SELECT sales_order_id FROM sales_order JOIN currency USING (currency_id) WHERE currency_code LIKE 'X%'"))
                        .rejected(
                                "fact_payment",
                                unknown(
                                        source,
                                        "SELECT payment_id FROM payment JOIN currency USING (currency_id) WHERE currency_code LIKE 'X%'"))
                        .compare(source, own)
                        .forEach(line -> failures.add("died " + where + ": " + line));
            }
        }

        private static List<Integer> unknown(Connection source, String sql) throws SQLException {
            return PipelineFixture.list(source, sql).stream()
                    .map(Integer::valueOf)
                    .toList();
        }

        @Override
        public void close() {
            warehouse.close();
            fixture.dropFeed("keywharf_" + feed);
            fixture.server.execute("postgres", "DROP DATABASE " + database + " WITH (FORCE)");
        }
    }
}
