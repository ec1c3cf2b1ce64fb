package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.format.RejectedRows;
import io.github.keywharf.format.RejectedRowsWriter;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.TestCertificates;
import io.github.keywharf.tls.TlsConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Client, routes, ingestor and the app of rows together. */
class BatchPlatformTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private static final Organisation ONE = Organisation.of("one");
    private static final Organisation TWO = Organisation.of("two");

    @TempDir
    private Path directory;

    private final Map<String, String> table = new TreeMap<>();
    private final TenantProfiles.Editable profiles = TenantProfiles.inMemory();
    private final ObjectStore store = ObjectStore.inMemory();
    private BatchIngestor ingestor;
    private JettyServer server;
    private Path input;

    @BeforeEach
    void start() throws IOException {
        input = Files.createDirectory(directory.resolve("input"));
        for (Organisation tenant : new Organisation[] {ONE, TWO}) {
            profiles.put(TenantProfile.builder(tenant)
                    .columns(java.util.List.of("name", "value"))
                    .schema(Schema.of(
                            Column.nullable("name", ColumnType.STRING), Column.nullable("value", ColumnType.INT32)))
                    .rowId("id")
                    .build());
        }
        open();
    }

    private void open() throws IOException {
        Path users = Files.writeString(
                directory.resolve("users.json"),
                "{\"one\": \"" + TenantUsersTest.cheap("right") + "\", \"two\": \"" + TenantUsersTest.cheap("two")
                        + "\"}");
        ingestor = BatchIngestor.builder()
                .staging(directory.resolve("staging"))
                .profiles(profiles)
                .sinks(this::sink)
                .ledger(store)
                .settle(Duration.ofMillis(20))
                .stopWithin(Duration.ZERO)
                .start();
        HttpHandler routes = ingestor.routes(TenantLogin.basic(TenantUsers.file(users)));
        server = JettyServer.serve(routes)
                .tls(TlsConfig.ofServer(TestCertificates.server(), TestCertificates.serverKey(), null))
                .start();
    }

    @AfterEach
    void stop() {
        server.close();
        ingestor.close();
    }

    /** A table in memory that replaces rows of the same id. */
    private RowSink sink(IngestJob job) {
        return (rows, rejects) -> {
            AtomicLong count = new AtomicLong();
            rows.stream().forEach(row -> {
                synchronized (table) {
                    table.put(job.tenant() + " " + row.value("id"), row.value("name") + "=" + row.value("value"));
                }
                count.incrementAndGet();
            });
            return WriteReport.of(count.get(), count.get(), 0, 0, Duration.ZERO);
        };
    }

    private FetchReport fetch() {
        return FetchData.builder(URI.create("https://localhost:" + server.port()), ONE, Secret.of("right"))
                .directory(input)
                .tls(TlsConfig.ofSystem().withTrust(TestCertificates.authority()))
                .build()
                .run();
    }

    private HttpResponse get(Organisation tenant, String password, String path) {
        String login = Base64.getEncoder().encodeToString((tenant + ":" + password).getBytes(StandardCharsets.UTF_8));
        HttpHandler client = HttpClients.builder()
                .tls(TlsConfig.ofSystem().withTrust(TestCertificates.authority()))
                .open();
        return client.handle(HttpRequest.get("https://localhost:" + server.port() + path)
                .withHeader("Authorization", "Basic " + login));
    }

    @Test
    void what_a_client_uploads_is_ingested_and_its_rejected_rows_are_repaired() throws IOException {
        Files.writeString(input.resolve("a.csv"), "name,value\nann,1\nbob,two\ncyd,3\n");
        Files.writeString(input.resolve("b.csv"), "name,amount\nann,1\n");
        Files.writeString(input.resolve("c.csv"), "name,value\ndan,4\n");

        FetchReport report = fetch();

        assertThat(report.count(FetchedFile.Result.UPLOADED)).isEqualTo(2);
        assertThat(report.count(FetchedFile.Result.REFUSED)).isEqualTo(1);
        assertThat(ingestor.awaitIdle(LONG)).isTrue();
        assertThat(table.values()).containsExactlyInAnyOrder("ann=1", "cyd=3", "dan=4");
        IngestedFile file = file("a.csv");
        assertThat(file.rows()).isEqualTo(2);
        assertThat(file.rejected()).isEqualTo(1);
        assertThat(get(ONE, "right", "/files/" + file.id() + "/rejected").body().text(100_000))
                .contains("two")
                .contains("a.csv");
        assertThat(get(TWO, "two", "/files/" + file.id() + "/rejected").status())
                .isEqualTo(404);
        assertThat(get(ONE, "right", "/files").body().text(100_000))
                .contains("a.csv")
                .contains("c.csv");
        assertThat(get(ONE, "right", "/statistics").body().text(100_000))
                .contains("\"one\"")
                .doesNotContain("\"two\"");
        assertThat(ingestor.statistics(ONE).platform().count(FileState.DONE)).isEqualTo(2);

        try (Stream<RejectedRow> rejected = ingestor.rejectedRows(file.id());
                RejectedRowsWriter repaired = RejectedRows.writer(store, "repaired.jsonl")) {
            rejected.forEach(row -> repaired.rejected(new RejectedRow(
                    row.source(), row.position(), "", "repaired", Map.of("name", "bob", "value", "2"))));
            repaired.commit();
        }
        IngestedFile whole = ingestor.feedBack(file.id(), store, "repaired.jsonl");
        assertThat(whole.rows()).isEqualTo(3);
        assertThat(whole.rejected()).isZero();
        assertThat(ingestor.rejectedRows(file.id())).isEmpty();
        assertThatThrownBy(() -> ingestor.feedBack(file.id(), store, "repaired.jsonl"))
                .hasMessageContaining("no rejected rows");
        assertThat(table.values()).containsExactlyInAnyOrder("ann=1", "bob=2", "cyd=3", "dan=4");
        assertThat(table).containsEntry("one " + RowIds.of(file).of(3), "bob=2");

        FetchReport again = fetch();
        assertThat(again.count(FetchedFile.Result.DUPLICATE)).isEqualTo(2);
    }

    private IngestedFile file(String name) {
        return ingestor.files(ONE).stream()
                .filter(file -> file.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void an_upload_that_is_handed_over_again_after_a_crash_is_one_file() throws IOException {
        Path content = Files.writeString(directory.resolve("content"), "name,value\nann,1\n");
        String sha256 = Digests.sha256(content);
        String id = "ab".repeat(16);
        // The process ended after it had moved the file and before it had recorded it.
        server.close();
        ingestor.close();
        Path taken = directory.resolve("staging/one/files/" + id + "/a.csv");
        Files.createDirectories(taken.getParent());
        Files.move(content, taken);
        open();
        ReceivedFiles files = ingestor.received();
        IngestedFile received = files.receive(ONE, id, "a.csv", content, sha256);
        assertThat(received.id()).isEqualTo(id);
        assertThat(ingestor.awaitIdle(LONG)).isTrue();
        assertThat(files.receive(ONE, id, "a.csv", content, sha256).state()).isEqualTo(FileState.DONE);
        assertThat(ingestor.files(ONE)).hasSize(1);
        assertThat(table.values()).containsExactly("ann=1");
        assertThatThrownBy(() -> files.receive(ONE, "cd".repeat(16), "b.csv", content, sha256))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("batch.upload_gone"));
        assertThat(files.files(ONE, Optional.of(id), 10)).isEmpty();
        assertThat(files.files(TWO, Optional.of(id), 10)).isEmpty();
    }
}
