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
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A run dies before and after each of its durable steps, and is begun again: the warehouse and the dead letters say the same
 * as those of a pipeline whose runs did not die, version by version and row by row.
 */
@Tag("long")
class CrashPointsIT {

    /** A point beside a durable step, counted from 1. */
    private record Point(int step, boolean before) {}

    private record Kind(IngestionFormat format, boolean pipelined, ChangeDetection detection) {
        TotesysPipeline.Builder of(TotesysPipeline.Builder builder) {
            return builder.ingestionFormat(format)
                    .pipelined(pipelined)
                    .detection(detection)
                    .lookback(Duration.ofDays(1));
        }
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
            fixture.inSource("CREATE TABLE shift (shift_id int PRIMARY KEY, day date, last_updated timestamp NOT NULL"
                    + " DEFAULT (now() AT TIME ZONE 'UTC'))");
            change(fixture, 99);
            Kind kind = new Kind(format, pipelined, detection);
            String feed = "clean_" + fixture.sourceName;
            TotesysPipeline clean = fixture.pipeline(builder -> kind.of(builder).name(feed));
            clean.run();
            int points;
            try (Victim first = new Victim(fixture, clean, "first", kind)) {
                first.pipeline.run();
                points = first.fuse.steps().size();
            }
            List<String> failures = new ArrayList<>();
            for (Point point : spread(points, 4)) {
                String name = "a" + point.step() + (point.before() ? "_before" : "_after");
                try (Victim victim = new Victim(fixture, clean, name, kind)) {
                    victim.dieAt(point, failures);
                    assertThat(victim.deaths).as("deaths at " + point).isEqualTo(1);
                }
            }
            assertThat(failures).isEmpty();

            try (Victim victim = new Victim(fixture, clean, "later", kind)) {
                victim.pipeline.run();
                victim.fuse.putOut();
                change(fixture, 0);
                clean.run();
                victim.pipeline.run();
                points = victim.fuse.steps().size();
                assertThat(points).as("durable steps of a run").isGreaterThan(10);
                int round = 1;
                // One step more than that run had: a death that never comes.
                List<Point> chosen = spread(points + 1, most);
                for (Point point : chosen) {
                    change(fixture, round++);
                    clean.run();
                    victim.dieAt(point, failures);
                }
                assertThat(failures).isEmpty();
                assertThat(victim.deaths).as("deaths").isGreaterThanOrEqualTo(chosen.size() - 2);
            }
            fixture.dropFeed("keywharf_" + feed);
        }
    }

    /** Points before and after each step, or as many of them as are wanted. */
    private static List<Point> spread(int steps, int most) {
        List<Point> all = new ArrayList<>();
        for (int step = 1; step <= steps; step++) {
            all.add(new Point(step, true));
            all.add(new Point(step, false));
        }
        List<Point> chosen = new ArrayList<>();
        int wanted = Math.min(most, all.size());
        for (int i = 0; i < wanted; i++) {
            chosen.add(all.get((int) ((long) i * all.size() / wanted)));
        }
        return chosen;
    }

    private static void change(PipelineFixture fixture, int round) throws SQLException {
        TotesysTorture torture = new TotesysTorture(round);
        try (Connection source = fixture.source()) {
            torture.equalTimestamps(source, 2, now());
            torture.renameDepartment(source, 1 + round % 4, now());
            torture.changeAddress(source, 1 + round % 3, now());
            for (int order : torture.someSales(source, 3)) {
                fixture.inSource("UPDATE sales_order SET units_sold = units_sold + 1, last_updated ="
                        + " now() AT TIME ZONE 'UTC' WHERE sales_order_id = " + order);
            }
            // One row each that the extraction, the transformation and the load reject.
            fixture.inSource("INSERT INTO shift VALUES (" + round + ", 'infinity')");
            torture.unknownCurrency(source, String.format("X%02d", round), now());
        }
    }

    private static LocalDateTime now() {
        return LocalDateTime.now(ZoneOffset.UTC);
    }

    /** A pipeline of its own from the fixture's source into a warehouse of its own, that may die. */
    private static final class Victim implements AutoCloseable {
        private final PipelineFixture fixture;
        private final TotesysPipeline clean;
        private final Kind kind;
        private final String database;
        private final String feed;
        private final PostgresDatabase warehouse;
        private final ObjectStore processed = ObjectStore.inMemory();
        private final Fuse fuse = new Fuse(() -> {});
        private final TotesysPipeline pipeline;
        private int deaths;

        Victim(PipelineFixture fixture, TotesysPipeline clean, String name, Kind kind) {
            this.fixture = fixture;
            this.clean = clean;
            this.kind = kind;
            database = fixture.warehouseName + "_" + name;
            feed = name + "_" + fixture.sourceName;
            fixture.server.createDatabase(database);
            warehouse = fixture.database(database);
            pipeline = kind.of(TotesysPipeline.builder()
                            .name(feed)
                            .source(fuse.source(fixture.source.source()))
                            .ingestion(new FusedStore(ObjectStore.inMemory(), fuse))
                            .processed(new FusedStore(processed, fuse))
                            .warehouse(fuse.warehouse(warehouse.warehouse())))
                    .build();
            pipeline.createWarehouse();
        }

        /** Runs, dies, runs again, and compares with the pipeline that lives. */
        void dieAt(Point point, List<String> failures) throws SQLException {
            fuse.light(point.step(), point.before());
            Throwable death = catchThrowable(pipeline::run);
            if (fuse.isBurnt()) {
                deaths++;
                assertThat(death).as("a dead run").isNotNull();
            }
            String where = pipeline + " " + (point.before() ? "before " : "after ")
                    + (fuse.isBurnt() ? fuse.steps().get(point.step() - 1) : "nothing");
            fuse.putOut();
            assertThat(pipeline.run().skipped()).isEmpty();
            differences().forEach(line -> failures.add("died " + where + ": " + line));
            rejectedDifferences().forEach(line -> failures.add("died " + where + ": " + line));
        }

        private List<String> differences() throws SQLException {
            try (Connection reference = fixture.warehouse();
                    Connection own = fixture.server.connection(database);
                    Connection source = fixture.source()) {
                List<String> lines = new ArrayList<>(
                        WarehouseVersions.differences(WarehouseVersions.of(reference), WarehouseVersions.of(own)));
                lines.addAll(RejectedContents.withoutUnknownCurrencies(new WarehouseComparison(), source)
                        .compare(source, own));
                return lines;
            }
        }

        private List<String> rejectedDifferences() {
            Set<String> wanted = RejectedContents.of(clean, fixture.processed);
            Set<String> found = RejectedContents.of(pipeline, processed);
            assertThat(wanted)
                    .as("rows that each step rejected")
                    .anyMatch(row -> row.contains(" extract "))
                    .anyMatch(row -> row.contains(" transform "))
                    .anyMatch(row -> row.contains(" load "));
            return kind.detection() == ChangeDetection.LAST_UPDATED
                    ? RejectedContents.differences(
                            RejectedContents.withoutBatches(wanted), RejectedContents.withoutBatches(found))
                    : RejectedContents.differences(wanted, found);
        }

        @Override
        public void close() {
            warehouse.close();
            fixture.dropFeed("keywharf_" + feed);
            fixture.server.execute("postgres", "DROP DATABASE " + database + " WITH (FORCE)");
        }
    }
}
