package io.github.keywharf.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.keywharf.bench.aws.FlowReadBench;
import io.github.keywharf.bench.batch.BatchBench;
import io.github.keywharf.bench.cassandra.CassandraLoadBench;
import io.github.keywharf.bench.cassandra.CassandraUnloadBench;
import io.github.keywharf.bench.format.ParquetReadBench;
import io.github.keywharf.bench.format.ParquetWideBench;
import io.github.keywharf.bench.format.ParquetWriteBench;
import io.github.keywharf.bench.http.HttpGetBench;
import io.github.keywharf.bench.measure.SideBySide;
import io.github.keywharf.bench.postgres.CopyTableBench;
import io.github.keywharf.bench.postgres.ExtractBench;
import io.github.keywharf.bench.query.QueryBench;
import io.github.keywharf.bench.salesforce.SalesforceQueryBench;
import io.github.keywharf.bench.sharing.SharingClientBench;
import io.github.keywharf.bench.sharing.SharingServerBench;
import io.github.keywharf.bench.totesys.TotesysBench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Runs one benchmark by name, prints its figures, and writes them to {@code target/bench/<name>.json}. Without a name, or
 * with {@code list}, it says which there are.
 */
public final class Bench {

    /** One benchmark. */
    @FunctionalInterface
    interface Work {
        /** Runs it, or only these contestants of it; the result's members are those of the file. */
        Map<String, Object> run(List<String> only) throws Exception;
    }

    /**
     * One of the benchmarks.
     *
     * @param about what it measures, in a line
     * @param goals by peer, the ratio of our time to the peer's that is wanted at most
     * @param work that does it
     */
    record Entry(String about, Map<String, Double> goals, Work work) {}

    private Bench() {}

    private static Map<String, Entry> entries() {
        Map<String, Entry> all = new LinkedHashMap<>();
        all.put(
                "totesys",
                new Entry(
                        "a million sales orders from the source into the warehouse",
                        TotesysBench.GOALS,
                        TotesysBench::run));
        all.put(
                "extract",
                new Entry(
                        "a million rows out of PostgreSQL into column batches",
                        Map.of("psql-binary", 0.8),
                        only -> ExtractBench.run()));
        all.put(
                "parquet-write",
                new Entry(
                        "a million rows from column batches into a Parquet file, on two threads",
                        Map.of("parquet-example", 0.6, "duckdb", 0.6),
                        only -> ParquetWriteBench.run()));
        all.put(
                "parquet-read",
                new Entry(
                        "a million rows from a Parquet file into column batches, on two threads",
                        Map.of("parquet-example", 1.0, "duckdb", 1.0),
                        only -> ParquetReadBench.run()));
        all.put(
                "parquet-wide",
                new Entry(
                        "three million rows of twenty columns, beside Hardwood and DuckDB; rows, works and a codec may follow",
                        ParquetWideBench.GOALS,
                        ParquetWideBench::run));
        all.put(
                "copy-table",
                new Entry(
                        "a million rows of twenty columns from PostgreSQL into Parquet and back; a number may follow",
                        CopyTableBench.GOALS,
                        CopyTableBench::run));
        all.put(
                "cassandra-load",
                new Entry(
                        "a million rows from a file into Cassandra, beside DSBulk; a number of rows and cases may follow",
                        CassandraLoadBench.GOALS,
                        CassandraLoadBench::run));
        all.put(
                "cassandra-unload",
                new Entry(
                        "a million rows out of Cassandra into files, beside DSBulk; a number of rows may follow",
                        CassandraUnloadBench.GOALS,
                        CassandraUnloadBench::run));
        all.put(
                "batch",
                new Entry(
                        "clients' files into Cassandra, beside a program for each; a number of rows and cases may follow",
                        BatchBench.GOALS,
                        BatchBench::run));
        all.put(
                "http-get",
                new Entry(
                        "GETs of 1 KB and 100 MB, beside a bare handler of Jetty and a bare client of the JDK",
                        HttpGetBench.GOALS,
                        only -> HttpGetBench.run()));
        all.put(
                "sharing-client",
                new Entry(
                        "a shared table of 1,000 small files, downloaded and counted, beside the JDK's client and DuckDB",
                        SharingClientBench.GOALS,
                        only -> SharingClientBench.run()));
        all.put(
                "salesforce",
                new Entry(
                        "a query of 50,000 rows of twenty fields over REST, beside force-rest-api; a million rows by a bulk job",
                        SalesforceQueryBench.GOALS,
                        SalesforceQueryBench::run));
        all.put(
                "query",
                new Entry(
                        "an aggregate of ten million rows by the query engine, beside DuckDB's driver; a number of rows may follow",
                        QueryBench.GOALS,
                        QueryBench::run));
        all.put(
                "appflow-read",
                new Entry(
                        "a run of AppFlow with ten million rows from S3, beside a download; a number of rows may follow",
                        FlowReadBench.GOALS,
                        FlowReadBench::run));
        all.put(
                "sharing-server",
                new Entry(
                        "queries of a shared table of 50,000 files and 200 tenants, beside answers made before",
                        SharingServerBench.GOALS,
                        only -> SharingServerBench.run()));
        return all;
    }

    /** Runs the benchmark that the first word names; further words choose some of its contestants. */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
        List<String> words = List.of(String.join(" ", arguments).trim().split("\\s+"));
        String name = words.get(0).isEmpty() ? "list" : words.get(0);
        Map<String, Entry> all = entries();
        Entry entry = all.get(name);
        if (entry == null) {
            all.forEach((known, it) -> System.out.printf("%-16s %s%n", known, it.about()));
            if (!name.equals("list")) {
                throw new IllegalArgumentException("There is no benchmark '" + name + "'; there are " + all.keySet());
            }
            return;
        }
        Map<String, Object> result = entry.work().run(words.subList(1, words.size()));
        putGoals(result, entry.goals());
        Path file = Files.createDirectories(Path.of("target", "bench")).resolve(name + ".json");
        Files.writeString(
                file,
                new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(result) + "\n");
        print(name, result, entry.goals());
        System.out.println("Written to " + file);
    }

    /** Which of the ratios have a goal, and which of them are worse. */
    private static void putGoals(Map<String, Object> result, Map<String, Double> goals) {
        if (result.get("ratios") instanceof Map<?, ?> ratios) {
            Map<String, Double> wanted = new LinkedHashMap<>();
            List<String> notMet = new ArrayList<>();
            ratios.forEach((key, ratio) -> {
                String peer = String.valueOf(key);
                Double goal = goals.get(peer);
                if (goal != null) {
                    wanted.put(peer, SideBySide.rounded(goal));
                    if (!isMet(ratio, goal)) {
                        notMet.add(peer);
                    }
                }
            });
            result.put("goals", wanted);
            result.put("goals_not_met", notMet);
        }
    }

    private static boolean isMet(Object ratio, double goal) {
        return ((Number) ratio).doubleValue() <= goal;
    }

    private static void print(String name, Map<String, Object> result, Map<String, Double> goals) {
        System.out.printf(
                Locale.ROOT,
                "%n%s: %s rows, %s runs, peak heap %s MB%n",
                name,
                result.get("rows"),
                result.get("runs"),
                result.get("heap_mb"));
        if (result.get("seconds") instanceof Map<?, ?> seconds) {
            seconds.forEach((who, median) -> System.out.printf(Locale.ROOT, "  %-28s %8.3f s%n", who, median));
        }
        if (result.get("ratios") instanceof Map<?, ?> ratios) {
            int width = ratios.keySet().stream()
                    .mapToInt(peer -> String.valueOf(peer).length())
                    .max()
                    .orElse(0);
            String form = "  %-" + Math.max(28, width) + "s %8s %8s %s%n";
            System.out.printf(form, "our time / peer's", "ratio", "goal", "(a goal is wanted, not asserted)");
            ratios.forEach((peer, ratio) -> {
                Double goal = goals.get(String.valueOf(peer));
                System.out.printf(
                        form,
                        peer,
                        String.format(Locale.ROOT, "%.3f", ((Number) ratio).doubleValue()),
                        goal == null ? "" : String.format(Locale.ROOT, "%.2f", goal),
                        goal == null ? "" : isMet(ratio, goal) ? "met" : "NOT MET");
            });
        }
        if (result.get("detail") instanceof Map<?, ?> detail) {
            BenchText.lines(detail).forEach(System.out::println);
        }
    }
}
