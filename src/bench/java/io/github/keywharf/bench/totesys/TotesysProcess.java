package io.github.keywharf.bench.totesys;

import io.github.keywharf.bench.measure.HeapWatch;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.PostgresServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A pipeline run in a JVM of its own with a small heap; it says how long it took and what the heap held. */
public final class TotesysProcess {

    private static final String PASSWORD = "KEYWHARF_BENCH_PASSWORD";

    /**
     * What a run in a process of its own was like.
     *
     * @param seconds of the run, the start of the JVM left out
     * @param heap the heap's peaks
     */
    record Outcome(double seconds, HeapWatch.Peak heap) {}

    private TotesysProcess() {}

    /** Runs a pipeline from a source into an empty warehouse in a JVM with a heap of so many megabytes. */
    static Outcome run(
            PostgresServer server, String source, String warehouse, Path zones, boolean pipelined, int megabytes) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + megabytes + "m",
                "-cp",
                System.getProperty("java.class.path"),
                TotesysProcess.class.getName(),
                server.host(),
                Integer.toString(server.port()),
                server.user(),
                source,
                warehouse,
                zones.toString(),
                Boolean.toString(pipelined)));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put(PASSWORD, server.password());
        try {
            Process process = builder.start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("The process ended with " + process.exitValue() + ": " + said);
            }
            String last = said.strip().substring(said.strip().lastIndexOf('\n') + 1);
            String[] figures = last.split(" ");
            return new Outcome(
                    Double.parseDouble(figures[0]),
                    new HeapWatch.Peak(
                            Long.parseLong(figures[1]), Long.parseLong(figures[2]), Long.parseLong(figures[3])));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    /** Runs it. */
    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[1]);
        String password = java.util.Objects.requireNonNull(System.getenv(PASSWORD));
        try (PostgresDatabase source =
                        TotesysServers.database(arguments[0], port, arguments[3], arguments[2], password);
                PostgresDatabase warehouse =
                        TotesysServers.database(arguments[0], port, arguments[4], arguments[2], password);
                HeapWatch watch = HeapWatch.start()) {
            long begun = System.nanoTime();
            TotesysServers.builder(source, warehouse, true, ObjectStore.ofDirectory(Path.of(arguments[5])))
                    .pipelined(Boolean.parseBoolean(arguments[6]))
                    .build()
                    .run();
            double seconds = (System.nanoTime() - begun) / 1e9;
            HeapWatch.Peak peak = watch.peak();
            System.out.println(seconds + " " + peak.afterCollection() + " " + peak.used() + " " + peak.allocated());
        }
    }
}
