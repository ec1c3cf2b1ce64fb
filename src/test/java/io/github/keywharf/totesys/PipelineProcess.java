package io.github.keywharf.totesys;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.aws.AWSManager;
import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.zone.IngestionFormat;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline in a process of its own, to be killed. The process does what it reads from its standard input, one command a
 * line; it prints {@code begun}, and when it is done a line with the answer. {@code run} and {@code reconcile} are answered
 * with {@code done} and how many batches were loaded, or with {@code failed} and why; {@code light n before|after} makes it
 * halt at the n-th durable step from then.
 */
final class PipelineProcess implements AutoCloseable {

    private static final int HALTED = 137;

    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;

    private PipelineProcess(Process process) {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.commands = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** The configuration of a process: a fixture's pipeline with zones in a directory, which may be changed. */
    static Properties properties(PipelineFixture fixture, String name, Path directory) {
        Properties p = new Properties();
        p.setProperty("name", name);
        p.setProperty("host", fixture.server.host());
        p.setProperty("port", String.valueOf(fixture.server.port()));
        p.setProperty("user", fixture.server.user());
        p.setProperty("password", fixture.server.password());
        p.setProperty("source", fixture.sourceName);
        p.setProperty("warehouse", fixture.warehouseName);
        p.setProperty("format", IngestionFormat.PARQUET.name());
        p.setProperty("detection", ChangeDetection.TRANSACTION_ID.name());
        p.setProperty("pipelined", "true");
        p.setProperty("lookback", Duration.ofMinutes(15).toString());
        p.setProperty("directory", directory.toString());
        return p;
    }

    /** Writes the configuration of a process into a file of its directory. */
    static Path write(Properties p) throws IOException {
        Path file = Path.of(p.getProperty("directory"), "pipeline.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            p.store(writer, null);
        }
        return file;
    }

    /** Starts a process; returns when it takes commands. What it logs goes to {@code log}. */
    static PipelineProcess start(Path properties, Path log) {
        try {
            PipelineProcess started = new PipelineProcess(new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Xshare:auto",
                            "-cp",
                            System.getProperty("java.class.path"),
                            PipelineProcess.class.getName(),
                            properties.toString()))
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start());
            String ready = started.answer();
            if (!"ready".equals(ready)) {
                started.close();
                throw new IllegalStateException("[process] it did not start, see " + log + ": " + ready);
            }
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException("[process] it did not start", e);
        }
    }

    /** Gives a command without waiting for the answer; returns when the process has begun it. */
    void send(String command) {
        try {
            commands.write(command + "\n");
            commands.flush();
            String begun = answers.readLine();
            if (!"begun".equals(begun)) {
                throw new IllegalStateException("[process] it did not begin '" + command + "', but answered " + begun);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("[process] it takes no command", e);
        }
    }

    /** The next answer; null when the process has died. */
    @Nullable
    String answer() {
        try {
            return answers.readLine();
        } catch (IOException died) {
            return null;
        }
    }

    /** Gives a command and returns its answer; null when the process has died. */
    @Nullable
    String ask(String command) {
        send(command);
        return answer();
    }

    long pid() {
        return process.pid();
    }

    /** Kills the process (SIGKILL) and returns when it is gone; {@link #answer} still has what it answered before. */
    void kill() {
        // Process.destroyForcibly would close the pipe that the answer is in.
        process.toHandle().destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("[pipeline] interrupted while the process died", e);
        }
    }

    /** Kills the process and returns when it is gone. */
    @Override
    public void close() {
        kill();
        process.destroyForcibly();
    }

    /** What {@link #main} does. */
    public static void main(String[] arguments) throws IOException {
        Properties p = new Properties();
        try (var reader = Files.newBufferedReader(Path.of(arguments[0]))) {
            p.load(reader);
        }
        Fuse fuse = new Fuse(() -> Runtime.getRuntime().halt(HALTED));
        TotesysPipeline pipeline = TotesysPipeline.builder()
                .name(p.getProperty("name"))
                .source(fuse.source(database(p, p.getProperty("source")).source()))
                .ingestion(new FusedStore(store(p, "ingestion"), fuse))
                .processed(new FusedStore(store(p, "processed"), fuse))
                .warehouse(
                        fuse.warehouse(database(p, p.getProperty("warehouse")).warehouse()))
                .ingestionFormat(IngestionFormat.valueOf(p.getProperty("format")))
                .detection(ChangeDetection.valueOf(p.getProperty("detection")))
                .pipelined(Boolean.parseBoolean(p.getProperty("pipelined")))
                .lookback(Duration.parse(p.getProperty("lookback")))
                .lease(Duration.parse(p.getProperty("lease", TotesysPipeline.Builder.DEFAULT_LEASE.toString())))
                .build();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("ready");
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            System.out.println("begun");
            System.out.println(obey(command, pipeline, fuse));
        }
    }

    private static String obey(String command, TotesysPipeline pipeline, Fuse fuse) {
        if (command.startsWith("light ")) {
            String[] words = command.split(" ");
            fuse.light(Integer.parseInt(words[1]), words[2].equals("before"));
            return "lit";
        }
        try {
            RunReport report = command.equals("reconcile") ? pipeline.reconcile() : pipeline.run();
            return report.skipped()
                    .map(reason -> "skipped " + reason)
                    .orElse("done " + report.loaded().size());
        } catch (KeywharfException e) {
            return "failed " + e.code() + " " + String.valueOf(e.getMessage()).replace('\n', ' ');
        }
    }

    private static PostgresDatabase database(Properties p, String name) {
        return PostgresDatabase.builder()
                .host(p.getProperty("host"))
                .port(Integer.parseInt(p.getProperty("port")))
                .database(name)
                .credentials(p.getProperty("user"), Secret.of(p.getProperty("password")))
                .build();
    }

    /** The store of a zone that a configuration says. */
    static ObjectStore store(Properties p, String zone) {
        if (p.getProperty("endpoint") == null) {
            return ObjectStore.ofDirectory(Path.of(p.getProperty("directory"), zone));
        }
        return AWSManager.builder()
                .credentials(p.getProperty("accessKey"), Secret.of(p.getProperty("secretKey")))
                .region("eu-west-1")
                .endpoint(URI.create(p.getProperty("endpoint")))
                .pathStyle(true)
                .connect()
                .store(p.getProperty("bucket"))
                .under(zone.toLowerCase(Locale.ROOT));
    }
}
