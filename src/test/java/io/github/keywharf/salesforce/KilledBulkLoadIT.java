package io.github.keywharf.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.salesforce.FakeFault;
import io.github.keywharf.testing.salesforce.FakeSalesforce;
import io.github.keywharf.testing.salesforce.FakeSalesforceServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process that inserts rows by jobs is killed while the org answers it, and the next one goes on: each row is there once. */
@Tag("each-jdk")
class KilledBulkLoadIT {
    private static final String[] NAMES =
            IntStream.range(0, 100).mapToObj(i -> "client number " + i).toArray(String[]::new);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "POST /jobs/ingest, 1",
        "PUT /jobs/ingest/{id}/batches, 0",
        "PATCH /jobs/ingest/{id}, 1",
        "GET /jobs/ingest/{id}, 0",
        "GET /jobs/ingest/{id}/failedResults, 1"
    })
    void each_row_is_there_once_though_the_process_was_killed(String route, int after) throws Exception {
        FakeSalesforce fake = new FakeSalesforce();
        AtomicReference<Process> child = new AtomicReference<>();
        fake.fault(FakeFault.on(route).after(after).then(org -> killed(child.get())));
        try (FakeSalesforceServer server = FakeSalesforceServer.start(fake)) {
            child.set(start(server.uri(), fake.session()));
            assertThat(child.get().waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(child.get().exitValue()).isEqualTo(137);

            WriteReport report = load(server.uri(), fake.session(), directory);

            assertThat(report.written()).isEqualTo(100);
            assertThat(fake.records("Contact").stream().map(record -> record.get("LastName")))
                    .containsExactly((Object[]) NAMES);
        }
    }

    private static void killed(Process process) {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Process start(URI org, String session) throws java.io.IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledBulkLoadIT.class.getName(),
                        org.toString(),
                        session,
                        directory.toString())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static WriteReport load(URI org, String session, Path directory) {
        HttpHandler http = HttpClients.builder().open();
        SalesforceCalls calls = SalesforceCalls.of(
                request -> http.handle(request.withHeader("Authorization", "Bearer " + session)),
                new SalesforceTarget(org, "v66.0"),
                EventListener.NONE,
                InstantSource.system());
        return new SalesforceSink.Builder(calls, "Contact")
                .chunkBytes(1_500)
                .checkpoint(ObjectStore.ofDirectory(directory.resolve("notes")), "load", "clients.csv")
                .build()
                .write(SinkOrg.clients(NAMES));
    }

    /** What is killed; arguments are the org, a session, and a directory. */
    public static void main(String[] arguments) {
        System.out.println(load(URI.create(arguments[0]), arguments[1], Path.of(arguments[2])));
    }
}
