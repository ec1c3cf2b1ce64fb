package io.github.keywharf.bench.batch;

import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.github.keywharf.batch.BatchIngestor;
import io.github.keywharf.batch.FileState;
import io.github.keywharf.batch.TenantProfile;
import io.github.keywharf.bench.cassandra.CassandraBenchServer;
import io.github.keywharf.bench.cassandra.Dsbulk;
import io.github.keywharf.bench.measure.ProcessRun;
import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.bench.measure.Trees;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.testing.PlayStoreData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Clients' files into Cassandra by the platform, beside a program for each file that inserts one row at a time, and beside
 * DSBulk; what the platform costs for each file; and uploads beside curl. The rows of each table are counted afterwards.
 */
public final class BatchBench {
    /** By peer, the ratio of our time to the peer's that is wanted at most; milliseconds where the name says so. */
    public static final Map<String, Double> GOALS = Map.of(
            "insert-a-row", 1 / 15.0,
            "insert-a-row, all rows", 1 / 15.0,
            "warm file, ms", 20.0,
            "overhead of a file, ms", 5.0,
            "curl", 1 / 0.9);

    static final String KEYSPACE = "bench";

    private static final List<String> CASES = List.of("files", "rows", "warm", "tenants", "overhead", "upload");
    private static final String FLOOR_TABLE = "bare_batches";
    private static final int FLOOR_COLUMNS = 13;
    private static final int FLOOR_BATCH = 32;
    private static final String SEED_TABLE = "seed_application";
    private static final String COLUMNS = "id uuid PRIMARY KEY, name text, category text, rating float, reviews int,"
            + " size text, installs text, free boolean, price_dollar float, content_rating text, genres text,"
            + " last_update date, current_ver text, android_ver text";
    private static final List<Integer> TENANTS = List.of(1, 2, 10);
    private static final int ROWS = 1_000_000;
    private static final List<FileState> STAGES = List.of(FileState.RECEIVED, FileState.RUNNING, FileState.DONE);
    private static final Map<String, FileState> STATES = Map.of(
            "batch.file.received", FileState.RECEIVED,
            "batch.file.started", FileState.RUNNING,
            "batch.file.ingested", FileState.DONE,
            "batch.file.failed", FileState.FAILED,
            "batch.file.refused", FileState.REFUSED,
            "batch.file.duplicate", FileState.DUPLICATE);
    private static final int RUNS = 3;
    private static final int SMALL_FILES = 1_000;
    private static final int SMALL_ROWS = 100;
    private static final int WARM_ROWS = 1_000;
    private static final int WARM_UP = 40;
    private static final int WARM_RUNS = 60;

    private final int rows;
    private final Path directory;
    private final CassandraBenchServer server;
    private final CassandraManager cassandra;
    private final PlayStoreData data = PlayStoreData.of(1);
    private final Map<String, Double> ratios = new LinkedHashMap<>();
    private final Map<String, Object> detail = new LinkedHashMap<>();
    private int stagings;

    private BatchBench(int rows, Path directory, CassandraBenchServer server, CassandraManager cassandra) {
        this.rows = rows;
        this.directory = directory;
        this.server = server;
        this.cassandra = cassandra;
    }

    /** Runs it; words may say how many rows, and which of the cases. */
    public static Map<String, Object> run(List<String> words) throws Exception {
        List<String> only = new ArrayList<>(words);
        only.removeIf(word -> word.matches("\\d+"));
        if (!CASES.containsAll(only)) {
            throw new IllegalArgumentException("The cases are " + CASES + ", not all of " + only);
        }
        int rows = words.stream()
                .filter(word -> word.matches("\\d+"))
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(ROWS);
        Path directory = Files.createTempDirectory(
                Files.createDirectories(Path.of("target", "bench").toAbsolutePath()), "batch-");
        try (CassandraBenchServer server = new CassandraBenchServer();
                CassandraManager cassandra = server.connect()) {
            return new BatchBench(rows, directory, server, cassandra).measure(only.isEmpty() ? CASES : only);
        } finally {
            Trees.delete(directory);
        }
    }

    static String table(int tenant) {
        return "application_" + tenant;
    }

    private Map<String, Object> measure(List<String> cases) throws Exception {
        create(SEED_TABLE);
        for (int tenant = 1; tenant <= TENANTS.get(TENANTS.size() - 1); tenant++) {
            create(table(tenant));
        }
        warmUp();
        double seedRate = Double.NaN;
        if (cases.contains("files") || cases.contains("rows")) {
            seedRate = files();
        }
        if (cases.contains("rows")) {
            allRows(seedRate);
        }
        if (cases.contains("warm")) {
            warm();
        }
        if (cases.contains("tenants")) {
            tenants();
        }
        if (cases.contains("overhead")) {
            overhead();
        }
        if (cases.contains("upload")) {
            detail.put("upload", UploadRace.run(directory, ratios));
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", "batch");
        result.put("rows", rows);
        result.put("ratios", ratios);
        result.put("heap_mb", PlatformProcess.HEAP_MB);
        result.put("runs", RUNS);
        result.put("detail", detail);
        return result;
    }

    private void create(String table) {
        server.session().execute("CREATE TABLE IF NOT EXISTS " + KEYSPACE + "." + table + " (" + COLUMNS + ")");
    }

    private Path staging() {
        return directory.resolve("staging-" + stagings++);
    }

    private static Path data(Path staging, int tenant) throws IOException {
        return Files.createDirectories(
                staging.resolve(PlatformProcess.tenant(tenant).id()).resolve("data"));
    }

    private void expect(String table, long wanted) {
        long found = Objects.requireNonNull(server.session()
                        .execute("SELECT count(*) FROM " + KEYSPACE + "." + table)
                        .one())
                .getLong(0);
        if (found != wanted) {
            throw new IllegalStateException(table + " has " + found + " rows of " + wanted);
        }
    }

    private void warmUp() throws Exception {
        Path staging = staging();
        data.writeFiles(data(staging, 1), PlayStoreData.NAMES);
        try (BatchIngestor ingestor =
                PlatformProcess.start(staging, 1, TenantProfile.ROWS_APP, cassandra, EventListener.slf4j())) {
            PlatformProcess.await(ingestor);
        }
        server.truncate(table(1));
    }

    /** The data set in its eleven files; the rows a second of the peer. */
    private double files() throws Exception {
        Path originals = Files.createDirectories(directory.resolve("originals"));
        List<Path> files = data.writeFiles(originals, PlayStoreData.NAMES);
        Path[] staging = new Path[1];
        SideBySide race = new SideBySide()
                .add(
                        "platform",
                        () -> {
                            server.truncate(table(1));
                            staging[0] = staging();
                            data.writeFiles(data(staging[0], 1), PlayStoreData.NAMES);
                        },
                        () -> platform(staging[0], 1),
                        () -> expect(table(1), PlayStoreData.ROWS))
                .add(
                        "insert-a-row",
                        () -> server.truncate(SEED_TABLE),
                        () -> {
                            for (Path file : files) {
                                seedApp(file);
                            }
                        },
                        () -> expect(SEED_TABLE, PlayStoreData.ROWS))
                .run(0, RUNS);
        ratios.put("insert-a-row", SideBySide.rounded(race.ratio("platform", "insert-a-row")));
        detail.put("seconds for " + PlayStoreData.ROWS + " rows in 11 files", race.medians());
        return PlayStoreData.ROWS / race.median("insert-a-row");
    }

    private void platform(Path staging, int tenants) throws Exception {
        ProcessRun.of(
                server.command(
                        PlatformProcess.class, PlatformProcess.HEAP_MB, staging.toString(), Integer.toString(tenants)),
                Map.of(CassandraBenchServer.PASSWORD, server.password()),
                directory.resolve("platform.log"));
    }

    private void seedApp(Path file) throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SeedApp.class.getName(),
                server.host(),
                Integer.toString(server.port()),
                server.datacenter(),
                server.user(),
                KEYSPACE + "." + SEED_TABLE,
                file.toString());
        ProcessRun.of(command, Map.of(SeedApp.PASSWORD, server.password()), directory.resolve("seed-app.log"));
    }

    /** Many rows in ten files; the peer is reckoned from its rate. */
    private void allRows(double seedRate) throws Exception {
        double[] seconds = new double[RUNS];
        for (int run = 0; run < RUNS; run++) {
            server.truncate(table(1));
            Path staging = staging();
            Path to = data(staging, 1);
            for (int file = 0; file < 10; file++) {
                data.writeFile(
                        to.resolve("part-" + file + ".csv"), PlayStoreData.NAMES, file * (rows / 10L), rows / 10L);
            }
            long begun = System.nanoTime();
            platform(staging, 1);
            seconds[run] = (System.nanoTime() - begun) / 1e9;
            expect(table(1), rows / 10L * 10);
            Trees.delete(staging);
        }
        Arrays.sort(seconds);
        double rate = rows / seconds[RUNS / 2];
        ratios.put("insert-a-row, all rows", SideBySide.rounded(seedRate / rate));
        detail.put("rows a second, " + rows + " rows in 10 files", Math.round(rate));
        detail.put("rows a second, insert-a-row", Math.round(seedRate));
    }

    /** Files of a thousand rows, one after the other, through a platform that runs; and DSBulk's process for one. */
    private void warm() throws Exception {
        Path staging = staging();
        Path to = data(staging, 1);
        server.truncate(table(1));
        LinkedBlockingQueue<FileState> ended = new LinkedBlockingQueue<>();
        long[] reached = new long[FileState.values().length];
        Map<FileState, double[]> stages = new EnumMap<>(FileState.class);
        double[] millis = new double[WARM_RUNS];
        double[] floor = new double[WARM_RUNS];
        try (BatchIngestor ingestor = PlatformProcess.start(staging, 1, TenantProfile.ROWS_APP, cassandra, event -> {
            FileState state = STATES.get(event.name());
            if (state != null) {
                reached[state.ordinal()] = System.nanoTime();
                if (state.hasEnded()) {
                    ended.add(state);
                }
            }
        })) {
            for (int i = -WARM_UP; i < WARM_RUNS; i++) {
                Path file = directory.resolve("warm.csv");
                data.writeFile(file, PlayStoreData.NAMES, (i + WARM_UP) * (long) WARM_ROWS, WARM_ROWS);
                long begun = System.nanoTime();
                Files.move(file, to.resolve("warm-" + (i + WARM_UP) + ".csv"), StandardCopyOption.ATOMIC_MOVE);
                FileState state = null;
                while (state == null) {
                    ingestor.scanNow();
                    state = ended.poll(2, TimeUnit.MILLISECONDS);
                }
                if (state != FileState.DONE) {
                    throw new IllegalStateException("A file ended as " + state);
                }
                millis[Math.max(0, i)] = (System.nanoTime() - begun) / 1e6;
                floor[Math.max(0, i)] = bareBatches(i + WARM_UP);
                for (FileState stage : STAGES) {
                    stages.computeIfAbsent(stage, any -> new double[WARM_RUNS])[Math.max(0, i)] =
                            (reached[stage.ordinal()] - begun) / 1e6;
                }
            }
        }
        expect(table(1), (WARM_UP + WARM_RUNS) * (long) WARM_ROWS);
        Arrays.sort(millis);
        ratios.put("warm file, ms", SideBySide.rounded(millis[WARM_RUNS / 2]));
        Arrays.sort(floor);
        detail.put("the driver's bare batches of as many rows, ms", SideBySide.rounded(floor[WARM_RUNS / 2]));
        stages.values().forEach(Arrays::sort);
        stages.forEach(
                (stage, at) -> detail.put("warm file " + stage + " after, ms", SideBySide.rounded(at[WARM_RUNS / 2])));
        Path file = directory.resolve("dsbulk.csv");
        data.writeFile(file, PlayStoreData.NAMES, 0, WARM_ROWS);
        detail.put("warm file, ms", Map.of("fastest", millis[0], "slowest", millis[WARM_RUNS - 1]));
        detail.put(
                "DSBulk's process for a file of 1,000 rows, s",
                Dsbulk.secondsFor(server, directory, table(2), file, dsbulkOptions()));
    }

    /**
     * What the server alone takes: as many rows of as many columns in the driver's unlogged batches, all sent before the first answer,
     * with no file, no ledger and no look at the nodes; in milliseconds.
     */
    private double bareBatches(int run) {
        server.session()
                .execute("CREATE TABLE IF NOT EXISTS " + KEYSPACE + "." + FLOOR_TABLE + " (id uuid PRIMARY KEY, "
                        + floorColumns(" text") + ")");
        PreparedStatement insert = server.session()
                .prepare("INSERT INTO " + KEYSPACE + "." + FLOOR_TABLE + " (id, " + floorColumns("") + ") VALUES (?"
                        + ", ?".repeat(FLOOR_COLUMNS) + ")");
        long begun = System.nanoTime();
        List<CompletionStage<?>> sent = new ArrayList<>();
        for (int row = 0; row < WARM_ROWS; row += FLOOR_BATCH) {
            BatchStatementBuilder batch = BatchStatement.builder(DefaultBatchType.UNLOGGED);
            for (int i = row; i < Math.min(row + FLOOR_BATCH, WARM_ROWS); i++) {
                Object[] values = new Object[FLOOR_COLUMNS + 1];
                Arrays.fill(values, "some text of " + i);
                values[0] = new UUID(run * (long) WARM_ROWS + i, i * 7919L);
                batch.addStatement(insert.bind(values));
            }
            sent.add(server.session().executeAsync(batch.build()));
        }
        sent.forEach(answer -> answer.toCompletableFuture().join());
        return (System.nanoTime() - begun) / 1e6;
    }

    private static String floorColumns(String suffix) {
        return IntStream.rangeClosed(1, FLOOR_COLUMNS)
                .mapToObj(i -> "c" + i + suffix)
                .collect(Collectors.joining(", "));
    }

    private static List<String> dsbulkOptions() {
        String mapping = PlayStoreData.NAMES.stream()
                .map(name -> name + " = " + name)
                .collect(Collectors.joining(", ", "", ", uuid() = id"));
        return List.of("--schema.mapping", mapping, "--codec.nullStrings", "nan");
    }

    /** The same number of small files, of one tenant and of several. */
    private void tenants() throws Exception {
        Map<String, Object> found = new LinkedHashMap<>();
        for (int tenants : TENANTS) {
            Path staging = staging();
            for (int tenant = 1; tenant <= tenants; tenant++) {
                server.truncate(table(tenant));
            }
            smallFiles(staging, tenants);
            double seconds = ingest(staging, tenants, TenantProfile.ROWS_APP);
            for (int tenant = 1; tenant <= tenants; tenant++) {
                expect(table(tenant), SMALL_FILES / tenants * (long) SMALL_ROWS);
            }
            found.put(tenants + " tenants, seconds", SideBySide.rounded(seconds));
            Trees.delete(staging);
        }
        detail.put(SMALL_FILES + " files of " + SMALL_ROWS + " rows", found);
    }

    private void smallFiles(Path staging, int tenants) throws IOException {
        for (int i = 0; i < SMALL_FILES; i++) {
            data.writeFile(
                    data(staging, i % tenants + 1).resolve("small-" + i + ".csv"),
                    PlayStoreData.NAMES,
                    i * (long) SMALL_ROWS,
                    SMALL_ROWS);
        }
    }

    private double ingest(Path staging, int tenants, String app) {
        long begun = System.nanoTime();
        try (BatchIngestor ingestor = PlatformProcess.start(staging, tenants, app, cassandra, EventListener.NONE)) {
            PlatformProcess.await(ingestor);
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    /** What the platform takes for each file whose app does nothing. */
    private void overhead() throws Exception {
        double[] seconds = new double[RUNS];
        for (int run = -1; run < RUNS; run++) {
            Path staging = staging();
            smallFiles(staging, 2);
            double taken = ingest(staging, 2, PlatformProcess.NOTHING);
            seconds[Math.max(0, run)] = taken;
            Trees.delete(staging);
        }
        Arrays.sort(seconds);
        ratios.put("overhead of a file, ms", SideBySide.rounded(seconds[RUNS / 2] * 1e3 / SMALL_FILES));
    }
}
