package io.github.keywharf.bench;

import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.format.Csv;
import io.github.keywharf.table.WriteReport;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * How long a CSV file takes into a Cassandra table, beside DSBulk as it comes and in the modes that make it fastest, and
 * beside an application that inserts a row at a time. All on one server, with the same files, in turn; the rows in the
 * table are counted after each run.
 */
public final class CassandraLoadBench {
    static final Map<String, Double> GOALS = Map.of(
            "dsbulk-default", 1 / 4.0,
            "dsbulk-best", 1 / 2.4,
            "row/dsbulk-default", 1 / 2.7,
            "row/dsbulk-best", 1 / 1.65,
            "small, ms", 20.0);

    private static final int ROWS = 1_000_000;
    private static final int RUNS = 3;
    private static final int HEAP_MB = 256;

    /** Rows that go one at a time, and are reckoned up to all. */
    private static final int SINGLE_ROWS = 20_000;

    private static final int SMALL = 1_000;
    private static final int SMALL_WARM_UP = 40;
    private static final int SMALL_RUNS = 60;
    private static final int WARM_UP_ROWS = 300_000;

    /**
     * A file and the table that it goes into.
     *
     * @param prefix of the ratios' names
     * @param share of the rows that the benchmark has
     */
    private record Case(String name, String prefix, String table, int share, FileMaker file) {
        int rows(int all) {
            return all / share;
        }
    }

    @FunctionalInterface
    private interface FileMaker {
        Path make(Path directory, int rows) throws IOException;
    }

    private static final List<Case> CASES = List.of(
            new Case(
                    "time",
                    "",
                    "t_part",
                    1,
                    (dir, rows) -> CassandraData.readings(dir, CassandraData.Order.TIME, rows)),
            new Case(
                    "row",
                    "row/",
                    "t_row",
                    1,
                    (dir, rows) -> CassandraData.readings(dir, CassandraData.Order.TIME, rows)),
            new Case(
                    "partition",
                    "partition/",
                    "t_part",
                    1,
                    (dir, rows) -> CassandraData.readings(dir, CassandraData.Order.PARTITION, rows)),
            new Case(
                    "few",
                    "few/",
                    "t_part",
                    2,
                    (dir, rows) -> CassandraData.readings(dir, CassandraData.Order.FEW, rows)),
            new Case("wide", "wide/", "t_wide", 10, CassandraData::wide));

    private final int rows;
    private final List<String> only;
    private final Path directory;
    private final CassandraBenchServer server;
    private final CassandraManager cassandra;
    private final Dsbulk dsbulk;
    private final Map<String, Double> ratios = new LinkedHashMap<>();
    private final Map<String, Object> detail = new LinkedHashMap<>();

    private CassandraLoadBench(
            int rows, List<String> only, Path directory, CassandraBenchServer server, CassandraManager cassandra)
            throws IOException, InterruptedException {
        this.rows = rows;
        this.only = only;
        this.directory = directory;
        this.server = server;
        this.cassandra = cassandra;
        this.dsbulk = new Dsbulk(server, directory);
    }

    /** Runs it; words may say how many rows, and which of the cases time, row, partition, few, wide and small. */
    static Map<String, Object> run(List<String> words) throws Exception {
        List<String> only = new ArrayList<>(words);
        int rows = ROWS;
        for (String word : words) {
            if (word.matches("\\d+")) {
                rows = Integer.parseInt(word);
                only.remove(word);
            }
        }
        Path directory =
                Files.createDirectories(Path.of("target", "bench", "cassandra").toAbsolutePath());
        try (CassandraBenchServer server = new CassandraBenchServer();
                CassandraManager cassandra = server.connect()) {
            return new CassandraLoadBench(rows, only, directory, server, cassandra).measure();
        }
    }

    private boolean wanted(String name) {
        return only.isEmpty() || only.contains(name);
    }

    private Map<String, Object> measure() throws Exception {
        int warmUp = Math.min(rows, WARM_UP_ROWS);
        System.out.println("Warming the server with " + warmUp + " rows");
        Path file = CassandraData.readings(directory, CassandraData.Order.TIME, warmUp);
        for (String table : List.of("t_part", "t_row")) {
            server.fill(table, file);
            server.check(table, warmUp);
            server.truncate(table);
        }
        for (Case each : CASES) {
            if (wanted(each.name())) {
                race(each);
            }
        }
        if (wanted("small")) {
            small();
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", "cassandra-load");
        result.put("rows", rows);
        result.put("ratios", ratios);
        result.put("heap_mb", HEAP_MB);
        result.put("runs", RUNS);
        detail.put(
                "load average at the end",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        result.put("detail", detail);
        return result;
    }

    private void race(Case each) throws Exception {
        int count = each.rows(rows);
        Path file = each.file().make(directory, count);
        String table = each.table();
        CassandraRace race = new CassandraRace(
                        each.name(), () -> server.truncate(table), () -> server.check(table, count))
                .add("ours", () -> inProcess(table, file, count))
                .add("ours-process", () -> forked(table, file, count))
                .add("dsbulk-default", () -> dsbulk.load(table, file, List.of()))
                .add("dsbulk-replica-set", () -> dsbulk.load(table, file, Dsbulk.REPLICA_SET));
        if (!table.equals("t_row")) {
            race.add("dsbulk-batch-100", () -> dsbulk.load(table, file, Dsbulk.LARGE_BATCHES));
        }
        race.run(rows >= WARM_UP_ROWS ? 0 : 1, RUNS);
        String best = race.fastest(List.of("dsbulk-default", "dsbulk-replica-set", "dsbulk-batch-100"));
        String prefix = each.prefix();
        put(race, prefix + "dsbulk-default", "ours-process", "dsbulk-default", CassandraRace.Figures::process);
        put(race, prefix + "dsbulk-best", "ours-process", best, CassandraRace.Figures::process);
        put(
                race,
                prefix + "dsbulk-default, load phase",
                "ours-process",
                "dsbulk-default",
                CassandraRace.Figures::phase);
        put(race, prefix + "dsbulk-best, load phase", "ours-process", best, CassandraRace.Figures::phase);
        put(race, prefix + "dsbulk-default, warm session", "ours", "dsbulk-default", CassandraRace.Figures::phase);
        put(race, prefix + "dsbulk-best, warm session", "ours", best, CassandraRace.Figures::phase);
        put(
                race,
                prefix + "dsbulk-default, processor",
                "ours-process",
                "dsbulk-default",
                CassandraRace.Figures::processor);
        put(race, prefix + "dsbulk-best, processor", "ours-process", best, CassandraRace.Figures::processor);
        put(race, prefix + "dsbulk-best, client processor", "ours-process", best, CassandraRace.Figures::client);
        put(race, prefix + "dsbulk-best, client memory", "ours-process", best, CassandraRace.Figures::memoryMb);
        if (!each.name().equals("wide")) {
            single(each, file, count, race);
        }
        detail.put(each.name() + ", " + count + " rows, medians; DSBulk's best is " + best, race.lines());
        double phase = race.median("ours", CassandraRace.Figures::phase);
        int cores = Runtime.getRuntime().availableProcessors();
        detail.put(
                each.name() + ", how busy",
                String.format(
                        Locale.ROOT,
                        "%,.0f rows/s; of %d cores the server had %.0f %%, the client %.0f %%; load average %.1f",
                        count / phase,
                        cores,
                        100 * race.median("ours", CassandraRace.Figures::server) / phase / cores,
                        100 * race.median("ours", CassandraRace.Figures::client) / phase / cores,
                        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        detail.put(each.name() + ", where the time goes", profile(table, file));
        server.truncate(table);
    }

    private void put(
            CassandraRace race, String name, String ours, String peer, ToDoubleFunction<CassandraRace.Figures> figure) {
        ratios.put(name, race.ratio(ours, peer, figure));
    }

    /** An insert a row of some rows only, as all would take too long. */
    private void single(Case each, Path file, int count, CassandraRace race) throws Exception {
        int some = Math.min(count, SINGLE_ROWS);
        CassandraRace single = new CassandraRace(
                        each.name(), () -> server.truncate(each.table()), () -> server.check(each.table(), some))
                .add("insert-a-row", () -> server.insertARow(each.table(), file, some))
                .run(1, RUNS);
        double reckoned = single.median("insert-a-row", CassandraRace.Figures::phase) * count / some;
        ratios.put(
                each.prefix() + "insert-a-row",
                SideBySide.rounded(race.median("ours", CassandraRace.Figures::phase) / reckoned));
        detail.put(
                each.name() + ", insert-a-row",
                String.format(Locale.ROOT, "%.1f s, reckoned from %,d rows; %s", reckoned, some, single.lines()));
    }

    private WriteReport load(CassandraManager manager, String table, Path file, int count) {
        WriteReport report = manager.table(table).write(Csv.reader(file).rows());
        if (report.written() != count) {
            throw new IllegalStateException("Loaded " + report + " of " + count);
        }
        return report;
    }

    private CassandraRace.Figures inProcess(String table, Path file, int count) {
        double client = CassandraBenchServer.ownProcessor();
        double before = server.processor();
        long begun = System.nanoTime();
        load(cassandra, table, file, count);
        double seconds = (System.nanoTime() - begun) / 1e9;
        return new CassandraRace.Figures(
                seconds, Double.NaN, CassandraBenchServer.ownProcessor() - client, server.processor() - before, 0);
    }

    private CassandraRace.Figures forked(String table, Path file, int count) throws IOException, InterruptedException {
        double before = server.processor();
        ProcessRun run = ProcessRun.of(
                server.command(CassandraLoadBench.class, HEAP_MB, table, file.toString(), Integer.toString(count)),
                Map.of(CassandraBenchServer.PASSWORD, server.password()),
                directory.resolve("ours.log"));
        String[] lines = run.said().strip().split("\n");
        return new CassandraRace.Figures(
                Double.parseDouble(lines[lines.length - 1]),
                run.seconds(),
                run.processor(),
                server.processor() - before,
                run.memoryMb());
    }

    /** The process of ours: prints the seconds of the load alone. */
    public static void main(String[] arguments) {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        try (CassandraManager cassandra = CassandraBenchServer.connect(
                arguments[0],
                Integer.parseInt(arguments[1]),
                arguments[2],
                arguments[3],
                System.getenv(CassandraBenchServer.PASSWORD))) {
            long begun = System.nanoTime();
            WriteReport report = cassandra
                    .table(arguments[4])
                    .write(Csv.reader(Path.of(arguments[5])).rows());
            double seconds = (System.nanoTime() - begun) / 1e9;
            if (report.written() != Integer.parseInt(arguments[6])) {
                throw new IllegalStateException("Loaded " + report);
            }
            System.out.println(seconds);
        }
    }

    private List<String> profile(String table, Path file) throws Exception {
        server.truncate(table);
        try (StackProfile profile = StackProfile.start()) {
            cassandra.table(table).write(Csv.reader(file).rows());
            return profile.lines(14);
        }
    }

    /** Files of a thousand rows, one after the other through one session. */
    private void small() throws Exception {
        for (Case each : CASES.subList(0, 2)) {
            Path file = each.file().make(directory, SMALL);
            double[] millis = new double[SMALL_RUNS];
            for (int i = -SMALL_WARM_UP; i < SMALL_RUNS; i++) {
                long begun = System.nanoTime();
                load(cassandra, each.table(), file, SMALL);
                millis[Math.max(0, i)] = (System.nanoTime() - begun) / 1e6;
            }
            server.check(each.table(), SMALL);
            Arrays.sort(millis);
            double median = SideBySide.rounded(millis[SMALL_RUNS / 2]);
            if (each.name().equals("time")) {
                ratios.put("small, ms", median);
            }
            detail.put(
                    "a warm file of 1,000 rows into " + each.table() + ", ms",
                    String.format(
                            Locale.ROOT,
                            "median %.1f, fastest %.1f, slowest %.1f; load average %.1f",
                            median,
                            millis[0],
                            millis[SMALL_RUNS - 1],
                            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
        }
        String table = "t_part";
        Path file = CASES.get(0).file().make(directory, SMALL);
        CassandraRace race = new CassandraRace("small", () -> server.truncate(table), () -> server.check(table, SMALL))
                .add("dsbulk-default", () -> dsbulk.load(table, file, List.of()))
                .add("ours-process", () -> forked(table, file, SMALL))
                .run(0, RUNS);
        detail.put("a file of 1,000 rows by a process", race.lines());
    }
}
