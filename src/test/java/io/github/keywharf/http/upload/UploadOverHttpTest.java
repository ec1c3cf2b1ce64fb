package io.github.keywharf.http.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.RawClient;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.TcpProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads through real connections. */
class UploadOverHttpTest {
    private static final long BYTES = 3_000_000;

    @TempDir
    Path root;

    private Shelf shelf;
    private UploadServer uploads;
    private JettyServer server;
    private final HttpHandler http =
            HttpClients.builder().timeout(Duration.ofMinutes(1)).open();

    @BeforeEach
    void open() {
        shelf = new Shelf(root.resolve("shelf"));
        uploads = UploadServer.builder(root.resolve("work"), shelf).open();
        server = JettyServer.serve(Shelf.routes(uploads)).start();
    }

    @AfterEach
    void close() {
        server.close();
        uploads.close();
    }

    private Path file(String name, long seed) throws IOException {
        byte[] content = new byte[(int) BYTES];
        new Random(seed).nextBytes(content);
        return Files.write(root.resolve(name), content);
    }

    private URI created(URI base) {
        try (HttpResponse response = http.handle(
                HttpRequest.post(base.resolve("/files/x"), HttpBody.empty()).withHeader("Upload-Complete", "?0"))) {
            assertThat(response.status()).isEqualTo(201);
            return base.resolve(response.header("Location").orElseThrow());
        }
    }

    /** Cuts all connections once so many more bytes have passed, again and again, for a while. */
    private static final class Cutter extends UploadListenerBase {
        private final TcpProxy proxy;
        private final Random random;
        private final AtomicInteger cuts = new AtomicInteger();
        private volatile boolean over;

        Cutter(TcpProxy proxy, long seed) {
            this.proxy = proxy;
            this.random = new Random(seed);
        }

        void run(int most) {
            while (!over && cuts.get() < most) {
                long next = proxy.bytesToServer() + 1 + random.nextInt(600_000);
                await().pollInterval(Duration.ofMillis(1))
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> over || proxy.bytesToServer() >= next);
                proxy.cut();
                cuts.incrementAndGet();
            }
        }
    }

    /** Notes that what has arrived never becomes less. */
    private static class UploadListenerBase implements UploadListener {
        private long last;

        @Override
        public void progress(long bytes, long total) {
            assertThat(bytes).isGreaterThanOrEqualTo(last);
            last = bytes;
        }
    }

    @Test
    void a_file_whose_connections_are_cut_at_random_arrives_once_and_whole() throws Exception {
        for (int seed = 1; seed <= 6; seed++) {
            String name = "sales" + seed;
            Path file = file(name, seed);
            try (TcpProxy proxy = TcpProxy.start("127.0.0.1", server.port())) {
                proxy.delay(Duration.ofMillis(1));
                Cutter cutter = new Cutter(proxy, seed);
                CompletableFuture<Void> cutting = Background.run(() -> cutter.run(12));
                UploadReceipt receipt = UploadClient.builder(http)
                        .attempts(100, Duration.ofMillis(1), Duration.ofMillis(20))
                        .build()
                        .upload(
                                file,
                                URI.create("http://127.0.0.1:" + proxy.port() + "/files/" + name),
                                HttpHeaders.none(),
                                cutter);
                cutter.over = true;
                cutting.get();

                assertThat(receipt.status()).as("seed %d", seed).isEqualTo(201);
                assertThat(receipt.body()).as("seed %d", seed).contains("\"length\":" + BYTES);
                assertThat(shelf.content(name)).as("seed %d", seed).isEqualTo(Files.readAllBytes(file));
                assertThat(cutter.cuts.get()).isPositive();
            }
        }
        assertThat(shelf.completed()).hasSize(6);
    }

    @Test
    void a_request_whose_connection_is_dead_is_ended_by_the_next() throws Exception {
        URI upload = created(server.uri());
        try (RawClient silent = new RawClient(server.uri())) {
            silent.send("PATCH " + upload.getPath()
                    + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/partial-upload\r\n"
                    + "Upload-Offset: 0\r\nUpload-Complete: ?0\r\nContent-Length: 1000\r\n\r\n" + "y".repeat(600));
            Path content = root.resolve("work")
                    .resolve(upload.getPath().substring("/uploads/".length()))
                    .resolve("content");
            await().until(() -> Files.size(content) == 600);

            HttpResponse state = http.handle(HttpRequest.of("HEAD", upload));
            assertThat(state.status()).isEqualTo(204);
            assertThat(state.header("Upload-Offset")).hasValue("600");
            // The connection is closed, with or without a last word.
            assertThat(silent.rest()).doesNotContain("HTTP/1.1 2");
        }
    }

    @Test
    void two_clients_that_finish_concurrently_both_arrive() throws Exception {
        UploadClient client = UploadClient.builder(http).sliceBytes(200_000).build();
        List<CompletableFuture<UploadReceipt>> all = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Path different = file("different" + i, i);
            Path same = file("same" + i, 9);
            String name = "different" + i;
            all.add(Background.supply(
                    () -> client.upload(different, server.uri().resolve("/files/" + name))));
            all.add(Background.supply(() -> client.upload(same, server.uri().resolve("/files/same"))));
        }
        for (CompletableFuture<UploadReceipt> one : all) {
            assertThat(one.get().body()).contains("\"length\":" + BYTES);
        }
        assertThat(shelf.content("same")).isEqualTo(Files.readAllBytes(root.resolve("same0")));
        for (int i = 0; i < 2; i++) {
            assertThat(shelf.content("different" + i)).isEqualTo(Files.readAllBytes(root.resolve("different" + i)));
        }
    }

    @Test
    void requests_beyond_the_limits_are_refused_with_a_problem_over_the_network_too() throws Exception {
        URI upload = created(server.uri());
        try (RawClient raw = new RawClient(server.uri())) {
            raw.send("PATCH " + upload.getPath() + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + "Content-Type: application/partial-upload\r\nUpload-Offset: 0\r\nUpload-Offset: 0\r\n"
                    + "Upload-Complete: ?0\r\nContent-Length: 1\r\n\r\nx");
            assertThat(raw.rest()).startsWith("HTTP/1.1 400").contains("application/problem+json", "upload.bad_header");
        }
        try (HttpResponse tooLarge = http.handle(HttpRequest.post(server.uri().resolve("/files/x"), HttpBody.empty())
                .withHeader("Upload-Complete", "?0")
                .withHeader("Upload-Length", "5368709121"))) {
            assertThat(tooLarge.status()).isEqualTo(413);
            assertThat(tooLarge.header("Upload-Limit").orElseThrow()).contains("max-size=5368709120");
        }
    }
}
