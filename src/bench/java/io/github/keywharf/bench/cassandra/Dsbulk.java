package io.github.keywharf.bench.cassandra;

import io.github.keywharf.bench.measure.ProcessRun;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** DataStax Bulk Loader in a process of its own, on a class path of its own, as its users start it. */
public final class Dsbulk {

    /** Its heap, what its own start script gives by default on a machine of this size. */
    static final String HEAP = "1g";

    /** How it can be made to batch. All but the default leave out its checkpoint, which takes time at each batch. */
    enum Mode {
        /** As it comes: batches of rows of one partition, as far as they are near each other in the file. */
        DEFAULT("default"),
        /** Batches of rows that share their replicas: what makes it fastest on files in no order. */
        REPLICA_SET("replica-set", "--batch.mode", "REPLICA_SET"),
        /** Batches of up to 100 rows: what makes it fastest on files in the order of partitions. */
        LARGE_BATCHES("batch-100", "--batch.maxBatchStatements", "100"),
        /** No batches. */
        SINGLE("no-batch", "--batch.mode", "DISABLED");

        private final String word;
        private final List<String> options;

        Mode(String word, String... options) {
            this.word = word;
            List<String> all = new ArrayList<>(List.of(options));
            if (!all.isEmpty()) {
                all.addAll(List.of("--dsbulk.log.checkpoint.enabled", "false"));
            }
            this.options = List.copyOf(all);
        }

        /** The contestant's name. */
        String contestant() {
            return "dsbulk-" + word;
        }

        List<String> options() {
            return options;
        }
    }

    /** By itself it keeps both of two quotes in a quoted field, so that the values are wrong. */
    private static final List<String> QUOTES = List.of("--connector.csv.escape", "\\\"");

    private static final Pattern TABLE =
            Pattern.compile("^\\s*([\\d,]+) \\|\\s+([\\d,]+) \\|\\s+([\\d,]+) \\|", Pattern.MULTILINE);

    private final CassandraBenchServer server;
    private final Path directory;
    private final String classPath;
    private int runs;

    Dsbulk(CassandraBenchServer server, Path directory) throws IOException, InterruptedException {
        this.server = server;
        this.directory = Files.createDirectories(directory.resolve("dsbulk"));
        this.classPath = classPath(directory);
    }

    /** Asks Maven, which fetches what is not there yet. */
    private static String classPath(Path directory) throws IOException, InterruptedException {
        Path file = directory.resolve("dsbulk.classpath").toAbsolutePath();
        String wrapper = File.separatorChar == '\\' ? "mvnw.cmd" : "./mvnw";
        ProcessRun.of(
                List.of(
                        wrapper,
                        "-q",
                        "-B",
                        "-f",
                        Path.of("src", "build", "class-paths", "dsbulk", "pom.xml")
                                .toString(),
                        "-Dclass.paths=" + directory.toAbsolutePath(),
                        "process-resources"),
                Map.of(),
                directory.resolve("dsbulk-classpath.log"));
        return Files.readString(file).strip();
    }

    /** Seconds of its process as it comes, the median of three,. */
    public static double secondsFor(
            CassandraBenchServer server, Path directory, String table, Path file, List<String> options)
            throws IOException, InterruptedException {
        Dsbulk dsbulk = new Dsbulk(server, directory);
        double[] seconds = new double[3];
        for (int run = 0; run < seconds.length; run++) {
            seconds[run] = dsbulk.load(table, file, options).process();
        }
        Arrays.sort(seconds);
        return seconds[1];
    }

    /** Loads a file with a header into a table. */
    CassandraRace.Figures load(String table, Path file, List<String> options) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(QUOTES);
        all.addAll(options);
        return run("load", table, file, all);
    }

    /** Unloads a table as CSV into a directory that is not there yet. */
    CassandraRace.Figures unload(String table, Path target, List<String> options)
            throws IOException, InterruptedException {
        return run("unload", table, target, options);
    }

    private CassandraRace.Figures run(String work, String table, Path url, List<String> options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP,
                "-cp",
                classPath,
                "com.datastax.oss.dsbulk.runner.DataStaxBulkLoader",
                work,
                "-h",
                server.host(),
                "-port",
                Integer.toString(server.port()),
                "-u",
                server.user(),
                "-p",
                server.password(),
                "-k",
                CassandraBenchServer.KEYSPACE,
                "-t",
                table,
                "-url",
                url.toString(),
                "-header",
                "true",
                "--driver.basic.load-balancing-policy.local-datacenter",
                server.datacenter(),
                "-logDir",
                directory.resolve("logs").toString()));
        command.addAll(options);
        double before = server.processor();
        ProcessRun run = ProcessRun.of(command, Map.of(), directory.resolve("run-" + runs++ + ".log"));
        return new CassandraRace.Figures(
                phase(run), run.seconds(), run.processor(), server.processor() - before, run.memoryMb());
    }

    /** The time that it loaded or unloaded, by its own count of rows and rows a second. */
    private static double phase(ProcessRun run) {
        Matcher matcher = TABLE.matcher(run.said());
        double seconds = Double.NaN;
        while (matcher.find()) {
            double total = Double.parseDouble(matcher.group(1).replace(",", ""));
            double rate = Double.parseDouble(matcher.group(3).replace(",", ""));
            seconds = total / rate;
        }
        if (Double.isNaN(seconds)) {
            throw new IllegalStateException("DSBulk printed no figures: " + run.said());
        }
        return seconds;
    }
}
