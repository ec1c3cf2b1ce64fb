package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.zone.IngestionFormat;
import io.github.keywharf.testing.ForkedS3Server;
import io.github.keywharf.testing.totesys.TotesysTorture;
import io.github.keywharf.testing.totesys.WarehouseComparison;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A pipeline in a process of its own is killed again and again, by a signal at a random moment or by halting at a random
 * durable step, while its source changes between runs. After each run that ends, its warehouse says the same, version by
 * version, as the warehouse of a pipeline that read the same states of the source and was never killed.
 *
 * <p>{@code -Dkeywharf.kill.seeds=200} takes more seeds than the {@value #SEEDS} of every build.
 */
@Tag("each-jdk")
class KilledPipelineIT {

    /** As many as it takes for each kind of change detection, each format and each kind of store. */
    private static final int SEEDS = 5;

    private static final int STATES = 4;
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
        System.out.println("KilledPipelineIT: " + kills + " kills, " + runs + " runs that ended");
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
            String victim = fixture.warehouseName + "_killed";
            fixture.server.createDatabase(victim);
            TotesysPipeline clean = fixture.pipeline(builder -> builder.name("clean_" + fixture.sourceName)
                    .ingestionFormat(format)
                    .detection(detection)
                    .lookback(lookback()));
            try (var warehouse = fixture.database(victim)) {
                fixture.builder().warehouse(warehouse.warehouse()).build().createWarehouse();
            }
            Path properties = properties(fixture, victim, format, pipelined, detection, inS3 ? bucket(seed) : null);
            String where = "seed " + seed + ", " + format + (pipelined ? ", pipelined, " : ", staged, ") + detection
                    + (inS3 ? ", S3" : "");
            long usual = TimeUnit.SECONDS.toNanos(2);
            List<Integer> deleted = new ArrayList<>();
            try (Killed process = new Killed(properties, directory.resolve("log"))) {
                for (int state = 0; state < STATES; state++) {
                    String command = change(fixture, random, state, deleted);
                    if (command.equals("run")) {
                        clean.run();
                    } else {
                        clean.reconcile();
                    }
                    for (int attempt = 1 + random.nextInt(2); attempt > 0; attempt--) {
                        if (random.nextBoolean()) {
                            process.killAfter(command, (long) (random.nextDouble() * usual));
                        } else {
                            process.haltAt(command, 1 + random.nextInt(30), random.nextBoolean());
                        }
                    }
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
                            assertThat(new WarehouseComparison()
                                            .deleted("fact_sales_order", deleted)
                                            .compare(source, own))
                                    .as(where + ", state " + state)
                                    .isEmpty();
                        }
                    }
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
        if (state == 0) {
            return "run";
        }
        TotesysTorture torture = new TotesysTorture(random.nextLong());
        try (Connection source = fixture.source()) {
            fixture.generator.advance(source, 1 + random.nextInt(3));
            torture.silentEdit(source, 1 + random.nextInt(5));
            torture.changeAddress(source, 1 + random.nextInt(5), NOON);
            torture.renameDepartment(source, 1 + random.nextInt(5), NOON);
            if (state % 2 == 1) {
                return "run";
            }
            int order = torture.someSales(source, 1).get(0);
            torture.deleteOrder(source, order);
            deleted.add(order);
            return "reconcile";
        }
    }

    private Path properties(
            PipelineFixture fixture,
            String warehouse,
            IngestionFormat format,
            boolean pipelined,
            ChangeDetection detection,
            String bucket)
            throws IOException {
        Properties p = PipelineProcess.properties(fixture, "killed_" + fixture.sourceName, directory);
        p.setProperty("warehouse", warehouse);
        p.setProperty("format", format.name());
        p.setProperty("detection", detection.name());
        p.setProperty("pipelined", String.valueOf(pipelined));
        p.setProperty("lookback", lookback().toString());
        if (bucket != null) {
            p.setProperty("endpoint", s3.endpoint().toString());
            p.setProperty("accessKey", s3.accessKey());
            p.setProperty("secretKey", s3.secretKey());
            p.setProperty("bucket", bucket);
        }
        return PipelineProcess.write(p);
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

        void killAfter(String command, long nanos) throws InterruptedException {
            process.send(command);
            TimeUnit.NANOSECONDS.sleep(nanos);
            process.kill();
            kills++;
            restart();
        }

        void haltAt(String command, int step, boolean before) {
            process.ask("light " + step + (before ? " before" : " after"));
            if (process.ask(command) == null) {
                kills++;
                restart();
            } else {
                process.ask("light " + Integer.MAX_VALUE + " after");
            }
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
