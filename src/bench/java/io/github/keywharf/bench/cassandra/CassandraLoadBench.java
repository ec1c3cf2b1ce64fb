package io.github.keywharf.bench.cassandra;

import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.cassandra.CassandraManager;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How long a CSV file takes into a Cassandra table, beside DSBulk as it comes and in the modes that make it fastest, and
 * beside an application that inserts a row at a time. All on one server, with the same files, in turn. After each run the
 * table is looked at: {@link LoadCheck}. What is not there or not right ends the benchmark; a goal that is missed does not.
 */
public final class CassandraLoadBench {
    public static final Map<String, Double> GOALS = goals();

    private static final int ROWS = 1_000_000;
    private static final int RUNS = 3;
    private static final String SMALL_FILES = "small";
    private static final int SMALL = 1_000;
    private static final int SMALL_WARM_UP = 40;
    private static final int SMALL_RUNS = 60;
    private static final int WARM_UP_ROWS = 300_000;

    private final int rows;
    private final List<String> only;
    private final Path directory;
    private final CassandraBenchServer server;
    private final CassandraManager cassandra;
    private final Dsbulk dsbulk;
    private final Map<String, Double> ratios = new LinkedHashMap<>();
    private final Map<String, Object> cases = new LinkedHashMap<>();

    private CassandraLoadBench(
            int rows, List<String> only, Path directory, CassandraBenchServer server, CassandraManager cassandra)
            throws Exception {
        this.rows = rows;
        this.only = only;
        this.directory = directory;
        this.server = server;
        this.cassandra = cassandra;
        this.dsbulk = new Dsbulk(server, directory);
    }

    /** In every case: no slower than DSBulk at its best, with no more of the client's processor and memory. */
    private static Map<String, Double> goals() {
        Map<String, Double> goals = new LinkedHashMap<>();
        for (LoadCase each : LoadCase.ALL) {
            for (String ratio : List.of(
                    "dsbulk-default",
                    "dsbulk-best",
                    "dsbulk-best, load phase",
                    "dsbulk-best, client processor",
                    "dsbulk-best, client memory")) {
                goals.put(each.prefix() + ratio, 1.0);
            }
        }
        goals.put("dsbulk-default", 1 / 4.0);
        goals.put("dsbulk-best", 1 / 2.4);
        goals.put("row/dsbulk-default", 1 / 2.7);
        goals.put("row/dsbulk-best", 1 / 1.65);
        goals.put("small, ms", 20.0);
        return goals;
    }

    /** Runs it; words may say how many rows, and which of the cases. */
    public static Map<String, Object> run(List<String> words) throws Exception {
        List<String> only = new ArrayList<>(words);
        only.removeIf(word -> word.matches("\\d+"));
        int rows = words.stream()
                .filter(word -> word.matches("\\d+"))
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(ROWS);
        List<String> known = Stream.concat(LoadCase.ALL.stream().map(LoadCase::name), Stream.of(SMALL_FILES))
                .toList();
        if (!known.containsAll(only)) {
            throw new IllegalArgumentException("The cases are " + known + ", not all of " + only);
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
        warmUp();
        for (LoadCase each : LoadCase.ALL) {
            if (wanted(each.name())) {
                int count = each.rows(rows);
                // What is as long as the server's warm-up needs no rounds of its own.
                int rounds = each.isReadings() && rows >= WARM_UP_ROWS ? 0 : 1;
                cases.put(
                        each.name(),
                        new LoadRace(each, count, directory, server, cassandra, dsbulk).run(rounds, RUNS, ratios));
            }
        }
        if (wanted(SMALL_FILES)) {
            small();
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", "cassandra-load");
        result.put("rows", rows);
        result.put("ratios", ratios);
        result.put("heap_mb", LoadProcess.HEAP_MB);
        result.put("peer_heap", Dsbulk.HEAP);
        result.put("runs", RUNS);
        result.put("cores", Runtime.getRuntime().availableProcessors());
        result.put(
                "load_average_at_the_end",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        result.put("detail", cases);
        return result;
    }

    private void warmUp() throws Exception {
        int count = Math.min(rows, WARM_UP_ROWS);
        System.out.println("Warming the server with " + count + " rows");
        for (LoadCase each : LoadCase.ALL.subList(0, 2)) {
            server.create(each.table(), each.data());
            server.fill(each.table(), each.data().file(directory, count));
            new LoadCheck(server.session(), each.table(), each.data(), count, each.nulls()).run();
            server.truncate(each.table());
        }
    }

    /** Files of a thousand rows, one after the other through one session. */
    private void small() throws Exception {
        Map<String, Object> detail = new LinkedHashMap<>();
        for (LoadCase each : LoadCase.ALL.subList(0, 2)) {
            Path file = each.data().file(directory, SMALL);
            server.truncate(each.table());
            double[] millis = new double[SMALL_RUNS];
            for (int i = -SMALL_WARM_UP; i < SMALL_RUNS; i++) {
                long begun = System.nanoTime();
                LoadProcess.load(cassandra, each.table(), file, each.nulls(), SMALL);
                millis[Math.max(0, i)] = (System.nanoTime() - begun) / 1e6;
            }
            String checked = new LoadCheck(server.session(), each.table(), each.data(), SMALL, each.nulls()).run();
            Arrays.sort(millis);
            double median = SideBySide.rounded(millis[SMALL_RUNS / 2]);
            if (each.name().equals("time")) {
                ratios.put("small, ms", median);
            }
            detail.put(
                    "a warm file of 1,000 rows into " + each.table() + ", ms",
                    String.format(
                            Locale.ROOT,
                            "median %.1f, fastest %.1f, slowest %.1f; load average %.1f; %s",
                            median,
                            millis[0],
                            millis[SMALL_RUNS - 1],
                            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                            checked));
        }
        LoadCase main = LoadCase.ALL.get(0);
        Map<String, Double> ofProcesses = new LinkedHashMap<>();
        detail.put(
                "a file of 1,000 rows by a process",
                new LoadRace(main, SMALL, directory, server, cassandra, dsbulk).run(0, RUNS, ofProcesses));
        ratios.put("small/dsbulk-default", ofProcesses.get("dsbulk-default"));
        ratios.put("small/dsbulk-best", ofProcesses.get("dsbulk-best"));
        cases.put(SMALL_FILES, detail);
    }
}
