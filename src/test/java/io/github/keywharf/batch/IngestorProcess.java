package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.WriteReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An ingestor in a process of its own, to be killed: three tenants, whose rows go to one Parquet file for each file of theirs.
 * It says {@code ready} when it works and {@code idle} when all files have ended, and ends then. A file that has the word
 * {@code poison} in it ends the process.
 */
final class IngestorProcess implements AutoCloseable {

    static final List<Organisation> TENANTS =
            List.of(Organisation.of("acme"), Organisation.of("globex"), Organisation.of("initech"));
    static final int ATTEMPTS = 50;
    private static final int HALTED = 137;

    private final Process process;
    private final BufferedReader lines;

    private IngestorProcess(Process process) {
        this.process = process;
        this.lines = process.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * Starts one that halts at a call of the ledger's store.
     *
     * @param call its number, from 0
     * @param carriedOut whether the store does what that call asks for
     * @param attempts of each file
     */
    static IngestorProcess start(Path directory, int call, boolean carriedOut, int attempts) throws IOException {
        return new IngestorProcess(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        IngestorProcess.class.getName(),
                        directory.toString(),
                        String.valueOf(call),
                        String.valueOf(carriedOut),
                        String.valueOf(attempts))
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("log").toFile()))
                .start());
    }

    /** What it says next; null when it has died. */
    @Nullable
    String answer() {
        try {
            return lines.readLine();
        } catch (IOException died) {
            return null;
        }
    }

    /** Kills it after a time, by a signal that it does not see. */
    void killAfter(long nanos) throws InterruptedException {
        process.waitFor(nanos, TimeUnit.NANOSECONDS);
        close();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("[ingestor] interrupted while the process died", e);
        }
    }

    static Path staging(Path directory) {
        return directory.resolve("staging");
    }

    static ObjectStore tables(Path directory) {
        return ObjectStore.ofDirectory(directory.resolve("tables"));
    }

    static ObjectStore ledger(Path directory) {
        return ObjectStore.ofDirectory(directory.resolve("ledger"));
    }

    /** What {@link #start} starts. */
    public static void main(String[] arguments) {
        Path directory = Path.of(arguments[0]);
        FailingStore store =
                new FailingStore(ledger(directory), () -> Runtime.getRuntime().halt(HALTED));
        store.dieAt(Integer.parseInt(arguments[1]), Boolean.parseBoolean(arguments[2]));
        TenantProfiles.Editable profiles = TenantProfiles.inMemory();
        for (Organisation tenant : TENANTS) {
            profiles.put(TenantProfile.builder(tenant)
                    .app("deadly")
                    .numberFiles(1000)
                    .attempts(Integer.parseInt(arguments[3]))
                    .parallelism(2)
                    .rowId("row_id")
                    .build());
        }
        ObjectStore tables = tables(directory);
        try (BatchIngestor ingestor = BatchIngestor.builder()
                .staging(staging(directory))
                .profiles(profiles)
                .app("deadly", IngestorProcess::ingest)
                .sinks(job -> Parquet.writer(
                                tables, job.tenant() + "/" + job.file().id() + ".parquet")
                        .sink())
                .ledger(store)
                .settle(Duration.ofMillis(50))
                .scanEvery(Duration.ofMillis(200))
                .start()) {
            System.out.println("ready");
            System.out.println(ingestor.awaitIdle(Duration.ofMinutes(2)) ? "idle" : "busy " + ingestor.statistics());
            System.out.flush();
        }
    }

    private static WriteReport ingest(IngestJob job) {
        try {
            if (Files.readString(job.path()).contains("poison")) {
                Runtime.getRuntime().halt(HALTED);
            }
            return new RowsApp().ingest(job);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
