package io.github.keywharf.bench.cassandra;

import io.github.keywharf.bench.measure.StackProfile;
import io.github.keywharf.bench.measure.Trees;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.CassandraSink;
import io.github.keywharf.cassandra.TableUnload;
import io.github.keywharf.cassandra.UnloadReport;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How long a table of a million readings takes into files, beside DSBulk, which writes CSV. */
public final class CassandraUnloadBench {
    public static final Map<String, Double> GOALS = Map.of("dsbulk-default", 0.5);

    private static final int ROWS = 1_000_000;
    private static final int RUNS = 3;
    private static final int HEAP_MB = 256;
    private static final String TABLE = "t_part";

    private CassandraUnloadBench() {}

    /** Runs it; the first word may say how many rows. */
    public static Map<String, Object> run(List<String> words) throws Exception {
        int rows = words.isEmpty() ? ROWS : Integer.parseInt(words.get(0));
        Path directory =
                Files.createDirectories(Path.of("target", "bench", "cassandra").toAbsolutePath());
        try (CassandraBenchServer server = new CassandraBenchServer();
                CassandraManager cassandra = server.connect()) {
            Dsbulk dsbulk = new Dsbulk(server, directory);
            Readings data = new Readings(Readings.Order.PARTITION, Readings.BY_DAY);
            server.create(TABLE, data);
            server.fill(TABLE, data.file(directory, rows));
            new LoadCheck(server.session(), TABLE, data, rows, CassandraSink.Nulls.UNSET).run();
            Path out = directory.resolve("out");
            CassandraRace race = new CassandraRace("unload", () -> Trees.delete(out), () -> {})
                    .add("ours-csv", () -> inProcess(server, cassandra, out, "csv", rows))
                    .add("ours-parquet", () -> inProcess(server, cassandra, out, "parquet", rows))
                    .add("ours-rows", () -> read(server, cassandra, rows))
                    .add("ours-csv-process", () -> forked(server, directory, out, "csv", rows))
                    .add("ours-parquet-process", () -> forked(server, directory, out, "parquet", rows))
                    .add("dsbulk-default", () -> dsbulk(dsbulk, out, List.of(), rows))
                    .add(
                            "dsbulk-no-checkpoint",
                            () -> dsbulk(dsbulk, out, List.of("--dsbulk.log.checkpoint.enabled", "false"), rows))
                    .run(1, RUNS);
            Trees.delete(out);
            return result(race, rows, profile(cassandra, out));
        }
    }

    private static Map<String, Object> result(CassandraRace race, int rows, List<String> profile) {
        Map<String, Double> ratios = new LinkedHashMap<>();
        String best = race.fastest(List.of("dsbulk-default", "dsbulk-no-checkpoint"));
        ratios.put("dsbulk-default", race.ratio("ours-csv-process", "dsbulk-default", CassandraRace.Figures::process));
        ratios.put("dsbulk-best", race.ratio("ours-csv-process", best, CassandraRace.Figures::process));
        ratios.put(
                "dsbulk-default, unload phase",
                race.ratio("ours-csv-process", "dsbulk-default", CassandraRace.Figures::phase));
        ratios.put(
                "dsbulk-default, warm session", race.ratio("ours-csv", "dsbulk-default", CassandraRace.Figures::phase));
        ratios.put(
                "dsbulk-default, to Parquet",
                race.ratio("ours-parquet-process", "dsbulk-default", CassandraRace.Figures::process));
        ratios.put(
                "dsbulk-default, client processor",
                race.ratio("ours-csv-process", "dsbulk-default", CassandraRace.Figures::client));
        ratios.put(
                "dsbulk-default, client memory",
                race.ratio("ours-csv-process", "dsbulk-default", CassandraRace.Figures::memoryMb));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("name", "cassandra-unload");
        result.put("rows", rows);
        result.put("ratios", ratios);
        result.put("heap_mb", HEAP_MB);
        result.put("runs", RUNS);
        Map<String, Object> detail = new LinkedHashMap<>();
        detail.put(
                "load average at the end",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        detail.put("DSBulk's best", best);
        detail.put("figures, medians", race.medians(rows));
        detail.put("where the time goes, CSV", profile);
        result.put("detail", detail);
        return result;
    }

    private static TableUnload unload(CassandraManager cassandra, Path out, String format) {
        TableUnload unload = cassandra.table(TABLE).unload(ObjectStore.ofDirectory(out), "unload");
        return format.equals("csv") ? unload.csv() : unload.parquet();
    }

    private static void check(UnloadReport report, int rows) {
        if (report.rows() != rows) {
            throw new IllegalStateException("Unloaded " + report.rows() + " of " + rows);
        }
    }

    private static CassandraRace.Figures inProcess(
            CassandraBenchServer server, CassandraManager cassandra, Path out, String format, int rows) {
        return CassandraRace.Figures.here(
                server, () -> check(unload(cassandra, out, format).run(), rows));
    }

    private static CassandraRace.Figures read(CassandraBenchServer server, CassandraManager cassandra, int rows) {
        return CassandraRace.Figures.here(server, () -> {
            long read = 0;
            try (Rows all = cassandra.table(TABLE).read()) {
                for (ColumnBatch batch = all.next(); batch != null; batch = all.next()) {
                    read += batch.size();
                }
            }
            if (read != rows) {
                throw new IllegalStateException("Read " + read + " of " + rows);
            }
        });
    }

    private static CassandraRace.Figures forked(
            CassandraBenchServer server, Path directory, Path out, String format, int rows)
            throws IOException, InterruptedException {
        return CassandraRace.Figures.forked(
                server, directory, CassandraUnloadBench.class, HEAP_MB, out.toString(), format, Integer.toString(rows));
    }

    /** The process of ours: prints the seconds of the unload alone. */
    public static void main(String[] arguments) {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        try (CassandraManager cassandra = CassandraBenchServer.connect(arguments)) {
            long begun = System.nanoTime();
            check(unload(cassandra, Path.of(arguments[4]), arguments[5]).run(), Integer.parseInt(arguments[6]));
            System.out.println((System.nanoTime() - begun) / 1e9);
        }
    }

    private static CassandraRace.Figures dsbulk(Dsbulk dsbulk, Path out, List<String> options, int rows)
            throws IOException, InterruptedException {
        CassandraRace.Figures figures = dsbulk.unload(TABLE, out, options);
        long lines = 0;
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(out)) {
            all.filter(Files::isRegularFile).forEach(files::add);
        }
        for (Path file : files) {
            try (Stream<String> text = Files.lines(file)) {
                lines += text.count() - 1;
            }
        }
        if (lines != rows) {
            throw new IllegalStateException("DSBulk unloaded " + lines + " of " + rows);
        }
        return figures;
    }

    private static List<String> profile(CassandraManager cassandra, Path out) throws Exception {
        try (StackProfile profile = StackProfile.start()) {
            unload(cassandra, out, "csv").run();
            return profile.lines(14);
        }
    }
}
