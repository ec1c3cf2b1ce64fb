package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.zone.IngestionFormat;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.ForkedS3Server;
import io.github.keywharf.testing.totesys.TotesysTorture;
import io.github.keywharf.testing.totesys.WarehouseComparison;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A pipeline in a process of its own is killed again and again, by a signal at a random moment or by halting at a random
 * durable step, while its source changes between runs. After each run that ends, its warehouse and its dead letters say the
 * same, version by version and row by row, as those of a pipeline that read the same states of the source and was never
 * killed.
 *
 * <p>{@code -Dkeywharf.kill.seeds=200} takes more seeds than the {@value #SEEDS} of every build.
 */
@Tag("each-jdk")
class KilledPipelineIT {

    /** As many as it takes for each kind of change detection, each format and each kind of store. */
    private static final int SEEDS = 5;

    /** States of the source in which at least one run that had them to carry was killed. */
    private static final int STATES = 4;

    private static final int MOST_STATES = 3 * STATES;
    private static final LocalDateTime NOON = LocalDateTime.of(2024, 5, 20, 12, 0);

    private static int kills;
    private static int runs;
    private static ForkedS3Server s3;

    @TempDir
    private static Path s3Directory;

    @TempDir
    private Path directory;

    static IntStream seeds() {
        int first = Integer.getInteger("keywharf.kill.first", 1);
        return IntStream.range(first, first + Integer.getInteger("keywharf.kill.seeds", SEEDS));
    }

    @AfterAll
    static void stop() {
        System.out.println(
                "KilledPipelineIT: " + kills + " kills of runs that were under way, " + runs + " runs that ended");
        if (s3 != null) {
            s3.close();
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_pipeline_killed_anywhere_fills_the_same_warehouse(int seed) throws Exception {
        Random random = new Random(seed);
        boolean pipelined = seed % 2 == 0;
        IngestionFormat format = seed % 4 < 2 ? IngestionFormat.PARQUET : IngestionFormat.CSV;
        ChangeDetection detection = switch (seed % 5) {
            case 3 -> ChangeDetection.LOGICAL_REPLICATION;
            case 4 -> ChangeDetection.LAST_UPDATED;
            default -> ChangeDetection.TRANSACTION_ID;
        };
        boolean inS3 = seed % 6 == 5;
        try (PipelineFixture fixture = PipelineFixture.start()) {
            fixture.inSource("CREATE TABLE shift (shift_id int PRIMARY KEY, day date, last_updated timestamp NOT NULL"
                    + " DEFAULT TIMESTAMP '" + NOON + "')");
            String victim = fixture.warehouseName + "_killed";
            fixture.server.createDatabase(victim);
            Fuse steps = new Fuse(() -> {});
            TotesysPipeline clean = fixture.pipeline(builder -> builder.name("clean_" + fixture.sourceName)
                    .ingestion(new FusedStore(fixture.ingestion, steps))
                    .processed(new FusedStore(fixture.processed, steps))
                    .ingestionFormat(format)
                    .detection(detection)
                    .lookback(lookback()));
            try (var warehouse = fixture.database(victim)) {
                fixture.builder().warehouse(warehouse.warehouse()).build().createWarehouse();
            }
            Properties properties = properties(fixture, victim, inS3 ? bucket(seed) : null);
            properties.setProperty("format", format.name());
            properties.setProperty("detection", detection.name());
            properties.setProperty("pipelined", String.valueOf(pipelined));
            ObjectStore processed = PipelineProcess.store(properties, "processed");
            TotesysPipeline listing = fixture.builder()
                    .ingestion(PipelineProcess.store(properties, "ingestion"))
                    .processed(processed)
                    .build();
            String where = "seed " + seed + ", " + format + (pipelined ? ", pipelined, " : ", staged, ") + detection
                    + (inS3 ? ", S3" : "");
            long usual = TimeUnit.SECONDS.toNanos(2);
            List<Integer> deleted = new ArrayList<>();
            try (Killed process = new Killed(PipelineProcess.write(properties), directory.resolve("log"))) {
                int killedStates = 0;
                for (int state = 0; killedStates < STATES; state++) {
                    assertThat(state)
                            .as(where + ", states until so many were killed")
                            .isLessThan(MOST_STATES);
                    String command = change(fixture, random, state, deleted);
                    steps.putOut();
                    if (command.equals("run")) {
                        clean.run();
                    } else {
                        clean.reconcile();
                    }
                    int before = kills;
                    for (int attempt = 1 + random.nextInt(2); attempt > 0; attempt--) {
                        boolean killed = random.nextBoolean()
                                ? process.killAfter(command, (long) (random.nextDouble() * usual))
                                : process.haltAt(
                                        command,
                                        1 + random.nextInt(steps.steps().size()),
                                        random.nextBoolean());
                        if (!killed) {
                            // That run has carried the state: none is left to be killed in it.
                            break;
                        }
                        kills++;
                    }
                    killedStates += kills > before ? 1 : 0;
                    long begun = System.nanoTime();
                    assertThat(process.ask(command)).as(where).startsWith("done");
                    usual = System.nanoTime() - begun;
                    runs++;
                    try (Connection source = fixture.source();
                            Connection reference = fixture.warehouse();
                            Connection own = fixture.server.connection(victim)) {
                        assertThat(WarehouseVersions.differences(
                                        WarehouseVersions.of(reference), WarehouseVersions.of(own)))
                                .as(where + ", state " + state)
                                .isEmpty();
                        if (detection != ChangeDetection.LAST_UPDATED || !command.equals("run")) {
                            WarehouseComparison comparison =
                                    new WarehouseComparison().deleted("fact_sales_order", deleted);
                            assertThat(RejectedContents.withoutUnknownCurrencies(comparison, source)
                                            .compare(source, own))
                                    .as(where + ", state " + state)
                                    .isEmpty();
                        }
                    }
                    Set<String> wanted = RejectedContents.of(clean, fixture.processed);
                    assertThat(RejectedContents.differences(
                                    RejectedContents.withoutBatches(wanted),
                                    RejectedContents.withoutBatches(RejectedContents.of(listing, processed))))
                            .as(where + ", state " + state)
                            .isEmpty();
                    assertThat(wanted)
                            .as("rows that each step rejected")
                            .anyMatch(row -> row.contains(" extract "))
                            .anyMatch(row -> row.contains(" transform "))
                            .anyMatch(row -> row.contains(" load "));
                }
            } finally {
                fixture.dropFeed("keywharf_killed_" + fixture.sourceName);
                fixture.server.execute("postgres", "DROP DATABASE " + victim + " WITH (FORCE)");
            }
        }
    }

    private static Duration lookback() {
        return Duration.ofDays(20_000);
    }

    /** Brings the source into its next state, and returns the command that carries it over. */
    private static String change(PipelineFixture fixture, Random random, int state, List<Integer> deleted)
            throws SQLException {
        TotesysTorture torture = new TotesysTorture(random.nextLong());
        try (Connection source = fixture.source()) {
            // One row each that the extraction, the transformation and the load reject.
            fixture.inSource("INSERT INTO shift VALUES (" + state + ", 'infinity')");
            torture.unknownCurrency(source, String.format("X%02d", state), NOON);
            if (state == 0) {
                return "run";
            }
            fixture.generator.advance(source, 1 + random.nextInt(3));
            torture.silentEdit(source, 1 + random.nextInt(5));
            torture.changeAddress(source, 1 + random.nextInt(5), NOON);
            torture.renameDepartment(source, 1 + random.nextInt(5), NOON);
            if (state % 2 == 1) {
                return "run";
            }
            int order = Integer.parseInt(PipelineFixture.list(
                            source,
                            "SELECT sales_order_id FROM sales_order JOIN currency USING (currency_id)"
                                    + " WHERE currency_code NOT LIKE 'X%' ORDER BY sales_order_id OFFSET "
                                    + random.nextInt(20) + " LIMIT 1")
                    .get(0));
            torture.deleteOrder(source, order);
            deleted.add(order);
            return "reconcile";
        }
    }

    private Properties properties(PipelineFixture fixture, String warehouse, @Nullable String bucket) {
        Properties p = PipelineProcess.properties(fixture, "killed_" + fixture.sourceName, directory);
        p.setProperty("warehouse", warehouse);
        p.setProperty("lookback", lookback().toString());
        if (bucket != null) {
            p.setProperty("endpoint", s3.endpoint().toString());
            p.setProperty("accessKey", s3.accessKey());
            p.setProperty("secretKey", s3.secretKey());
            p.setProperty("bucket", bucket);
        }
        return p;
    }

    private static String bucket(int seed) {
        if (s3 == null) {
            s3 = ForkedS3Server.start(s3Directory);
        }
        s3.createBucket("bucket-" + seed);
        return "bucket-" + seed;
    }

    /** A process that is started again when it was killed. */
    private static final class Killed implements AutoCloseable {
        private final Path properties;
        private final Path log;
        private PipelineProcess process;

        Killed(Path properties, Path log) {
            this.properties = properties;
            this.log = log;
            this.process = PipelineProcess.start(properties, log);
        }

        String ask(String command) {
            return process.ask(command);
        }

        /** Kills the process some time after it has begun a command; returns false if it had done it by then. */
        boolean killAfter(String command, long nanos) throws InterruptedException {
            process.send(command);
            TimeUnit.NANOSECONDS.sleep(nanos);
            process.kill();
            boolean killed = process.answer() == null;
            restart();
            return killed;
        }

        /** Lets the process halt at a durable step of a command; returns false if it did not get there. */
        boolean haltAt(String command, int step, boolean before) {
            process.ask("light " + step + (before ? " before" : " after"));
            if (process.ask(command) == null) {
                restart();
                return true;
            }
            process.ask("light " + Integer.MAX_VALUE + " after");
            return false;
        }

        private void restart() {
            process.close();
            process = PipelineProcess.start(properties, log);
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
