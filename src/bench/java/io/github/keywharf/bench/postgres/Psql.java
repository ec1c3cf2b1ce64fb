package io.github.keywharf.bench.postgres;

import io.github.keywharf.testing.PostgresServer;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * PostgreSQL's own client, alone or two of them with a pipe between.
 *
 * @param server what it connects to
 */
public record Psql(PostgresServer server) {

    /** Whether there is one on this machine. */
    public static boolean isInstalled() {
        String path = System.getenv("PATH");
        return path != null
                && Arrays.stream(path.split(File.pathSeparator, -1)).anyMatch(it -> new File(it, "psql").canExecute());
    }

    /** Copies a query's rows into a table of another database, or of the same. */
    public void copy(String source, String query, String target, String table, String format) throws Exception {
        pipe(
                        List.of("-c", "COPY (" + query + ") TO STDOUT (FORMAT " + format + ")"),
                        source,
                        List.of("-c", "COPY " + table + " FROM STDIN (FORMAT " + format + ")"),
                        target)
                .await();
    }

    /** Starts two with a pipe between. */
    public Pipe pipe(List<String> out, String source, List<String> in, String target) throws IOException {
        return new Pipe(ProcessBuilder.startPipeline(
                List.of(builder(source, out), builder(target, in).redirectOutput(ProcessBuilder.Redirect.DISCARD))));
    }

    /** One with these further arguments. */
    public ProcessBuilder builder(String database, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(
                "psql",
                "-X",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                server.host(),
                "-p",
                Integer.toString(server.port()),
                "-U",
                server.user(),
                "-d",
                database));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("PGPASSWORD", server.password());
        return builder;
    }

    /** Processes that have been started. */
    public record Pipe(List<Process> processes) {

        /** Gives the first one what it reads. */
        public void feed(String script) throws IOException {
            try (OutputStream to = processes.get(0).getOutputStream()) {
                to.write(script.getBytes(StandardCharsets.UTF_8));
            }
        }

        /** Waits for all. */
        public void await() throws InterruptedException {
            for (Process process : processes) {
                if (process.waitFor() != 0) {
                    throw new IllegalStateException("psql ended with " + process.exitValue());
                }
            }
        }
    }
}
