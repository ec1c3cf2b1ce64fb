package io.github.keywharf.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.Background;
import io.github.keywharf.tls.TlsConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The client against servers that answer badly. */
class HttpClientsTest {
    private static void assertFails(String code, ThrowingCallable work) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining("[127.0.0.1:")
                .hasMessageNotContaining("hunter2");
    }

    private static RawServer answering(String answer) throws IOException {
        return new RawServer(out -> out.write(answer.getBytes(ISO_8859_1)));
    }

    @Test
    void nobody_who_listens_is_unreachable() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        HttpHandler client = HttpClients.builder().open();

        assertFails(
                "http.unreachable", () -> client.handle(HttpRequest.get("http://127.0.0.1:" + port + "/?sig=hunter2")));
        assertThatThrownBy(() -> client.handle(HttpRequest.get("http://no-such-host.invalid/")))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.unreachable"))
                .hasMessageContaining("[no-such-host.invalid]");
    }

    @Test
    void a_server_that_never_answers_is_left_at_the_deadline() throws IOException {
        try (RawServer server = new RawServer(out -> new CountDownLatch(1).await())) {
            HttpHandler client =
                    HttpClients.builder().timeout(Duration.ofMillis(200)).open();
            assertFails("http.timeout", () -> client.handle(HttpRequest.get(server.uri())));
        }
    }

    @Test
    void a_body_that_stalls_ends_with_an_error() throws IOException {
        try (RawServer server = new RawServer(out -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc".getBytes(ISO_8859_1));
            out.flush();
            new CountDownLatch(1).await();
        })) {
            HttpHandler stalls =
                    HttpClients.builder().stall(Duration.ofMillis(200)).open();
            HttpHandler ends =
                    HttpClients.builder().timeout(Duration.ofMillis(800)).open();
            for (HttpHandler client : new HttpHandler[] {stalls, ends}) {
                try (HttpResponse response = client.handle(HttpRequest.get(server.uri()));
                        InputStream body = response.body().open()) {
                    assertThat(body.readNBytes(3)).hasSize(3);
                    assertFails("http.timeout", body::read);
                }
            }
        }
    }

    @Test
    void a_body_that_drips_ends_at_the_deadline() throws IOException {
        try (RawServer server = new RawServer(out -> {
            out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(ISO_8859_1));
            while (true) {
                out.write('x');
                out.flush();
                new CountDownLatch(1).await(20, java.util.concurrent.TimeUnit.MILLISECONDS);
            }
        })) {
            HttpHandler client =
                    HttpClients.builder().timeout(Duration.ofSeconds(1)).open();
            HttpResponse response = client.handle(HttpRequest.get(server.uri()));
            assertFails("http.timeout", () -> response.body().bytes(1_000_000));
        }
    }

    private static byte[] gzipped(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(ISO_8859_1));
        }
        return bytes.toByteArray();
    }

    @Test
    void members_of_gzip_that_arrive_one_by_one_are_all_read() throws IOException {
        try (RawServer server = new RawServer(out -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".getBytes(ISO_8859_1));
            out.write(gzipped("first-"));
            out.flush();
            // Meanwhile the client meets the end of the member, before anything else has arrived.
            new CountDownLatch(1).await(200, java.util.concurrent.TimeUnit.MILLISECONDS);
            out.write(gzipped(""));
            out.write(gzipped("second-"));
            out.write(gzipped("end"));
        })) {
            HttpResponse response = HttpClients.builder().open().handle(HttpRequest.get(server.uri()));

            assertThat(response.body().text(100)).isEqualTo("first-second-end");
        }
    }

    @Test
    void the_deadline_covers_a_body_that_is_never_read_to_its_end_and_closes_it() throws IOException {
        CountDownLatch closed = new CountDownLatch(1);
        InputStream waiting = new InputStream() {
            @Override
            public int read() throws IOException {
                try {
                    closed.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return read();
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
        try (RawServer server = new RawServer(out -> new CountDownLatch(1).await())) {
            HttpHandler client =
                    HttpClients.builder().timeout(Duration.ofMillis(300)).open();
            assertFails(
                    "http.timeout",
                    () -> client.handle(HttpRequest.of("PUT", server.uri()).withBody(HttpBody.stream(waiting))));
        }
        assertThat(closed.getCount()).isZero();
    }

    @Test
    void streams_of_a_body_are_closed_when_an_answer_comes_early() throws IOException {
        AtomicInteger open = new AtomicInteger();
        HttpBody endless = new HttpBody() {
            @Override
            public OptionalLong length() {
                return OptionalLong.empty();
            }

            @Override
            public boolean isReplayable() {
                return true;
            }

            @Override
            public InputStream open() {
                open.incrementAndGet();
                return new InputStream() {
                    @Override
                    public int read() {
                        return 'x';
                    }

                    @Override
                    public int read(byte[] target, int offset, int length) {
                        target[offset] = 'x';
                        return 1;
                    }

                    @Override
                    public void close() {
                        open.decrementAndGet();
                    }
                };
            }

            @Override
            public void close() {
                // Each stream is closed by itself.
            }
        };
        try (RawServer server = answering("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")) {
            HttpHandler client = HttpClients.builder().open();
            for (int i = 0; i < 5; i++) {
                try {
                    client.handle(HttpRequest.of("PUT", server.uri()).withBody(endless))
                            .close();
                } catch (KeywharfException brokenWhileSending) {
                    assertThat(brokenWhileSending.code()).isEqualTo("http.broken");
                }
            }
        }
        assertThat(open).hasValue(0);
    }

    @Test
    void a_reader_that_is_slower_than_the_server_is_left_at_the_deadline() throws IOException {
        try (RawServer server = answering("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(200_000))) {
            HttpResponse response =
                    HttpClients.builder().timeout(Duration.ofMillis(500)).open().handle(HttpRequest.get(server.uri()));
            try (InputStream body = response.body().open()) {
                assertThat(body.readNBytes(10)).hasSize(10);
                Awaitility.await()
                        .atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertFails("http.timeout", () -> {
                            byte[] piece = new byte[1_000];
                            Thread.sleep(50);
                            body.read(piece);
                        }));
            }
        }
    }

    @Test
    void a_body_that_breaks_off_is_reported() throws IOException {
        try (RawServer server = answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")) {
            // The end of the connection may be seen before the header is handed over.
            assertFails(
                    "http.broken",
                    () -> HttpClients.builder()
                            .open()
                            .handle(HttpRequest.get(server.uri()))
                            .body()
                            .bytes(100));
        }
        try (RawServer server = answering("")) {
            assertFails("http.broken", () -> HttpClients.builder().open().handle(HttpRequest.get(server.uri())));
        }
        try (RawServer server = answering("SSH-2.0-OpenSSH_9.0\r\n")) {
            assertFails("http.broken", () -> HttpClients.builder().open().handle(HttpRequest.get(server.uri())));
        }
    }

    @Test
    void a_response_larger_than_allowed_is_refused() throws IOException {
        HttpHandler client = HttpClients.builder().maxResponseBytes(1000).open();
        try (RawServer server = answering("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + "x".repeat(1001))) {
            assertFails("http.too_large", () -> client.handle(HttpRequest.get(server.uri())));
        }
        try (RawServer server = answering("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(1001))) {
            HttpResponse response = client.handle(HttpRequest.get(server.uri()));
            assertFails("http.too_large", () -> response.body().bytes(100_000));
        }
    }

    @Test
    void a_response_of_exactly_the_limit_is_accepted_and_one_byte_more_is_refused() throws IOException {
        HttpHandler client = HttpClients.builder().maxResponseBytes(1000).open();
        for (String length : List.of("", "Content-Length: 1000\r\n")) {
            try (RawServer server = answering("HTTP/1.1 200 OK\r\n" + length + "\r\n" + "x".repeat(1000))) {
                HttpResponse response = client.handle(HttpRequest.get(server.uri()));
                assertThat(response.body().bytes(1000)).hasSize(1000);
            }
        }
        try (RawServer server = zipping(zipped(1000))) {
            HttpResponse response = client.handle(HttpRequest.get(server.uri()));
            assertThat(response.body().bytes(1000)).hasSize(1000);
        }
        try (RawServer server = zipping(zipped(1001))) {
            HttpResponse response = client.handle(HttpRequest.get(server.uri()));
            assertFails("http.too_large", () -> response.body().bytes(2000));
        }
    }

    private static byte[] zipped(int zeros) throws IOException {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
            gzip.write(new byte[zeros]);
        }
        return zipped.toByteArray();
    }

    private static RawServer zipping(byte[] content) throws IOException {
        return new RawServer(out -> {
            out.write(("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + content.length + "\r\n\r\n")
                    .getBytes(ISO_8859_1));
            out.write(content);
        });
    }

    @Test
    void gzip_is_decompressed_and_a_bomb_is_not() throws IOException {
        byte[] zipped = zipped(10_000_000);
        try (RawServer server = zipping(zipped)) {
            HttpResponse response = HttpClients.builder().open().handle(HttpRequest.get(server.uri()));
            assertThat(response.body().length()).isEmpty();
            assertThat(response.header("Content-Encoding")).isEmpty();
            assertThat(response.body().bytes(10_000_000)).hasSize(10_000_000);

            HttpHandler limited =
                    HttpClients.builder().maxResponseBytes(zipped.length + 1).open();
            HttpResponse bomb = limited.handle(HttpRequest.get(server.uri()));
            assertFails("http.too_large", () -> bomb.body().bytes(10_000_000));

            HttpResponse asSent = HttpClients.builder().gzip(false).open().handle(HttpRequest.get(server.uri()));
            assertThat(asSent.body().bytes(zipped.length)).isEqualTo(zipped);
        }
    }

    @Test
    void gzip_that_is_damaged_or_cut_is_reported() throws IOException {
        byte[] zipped = zipped(100_000);
        try (RawServer server = zipping(java.util.Arrays.copyOf(zipped, zipped.length / 2))) {
            HttpResponse response = HttpClients.builder().open().handle(HttpRequest.get(server.uri()));
            assertFails("http.bad_response", () -> response.body().bytes(1_000_000));
        }
        try (RawServer server = zipping("not gzip at all".getBytes(ISO_8859_1))) {
            HttpResponse response = HttpClients.builder().open().handle(HttpRequest.get(server.uri()));
            assertFails("http.bad_response", () -> response.body().bytes(1_000_000));
        }
    }

    @Test
    void a_redirect_is_a_response_and_a_client_that_follows_them_is_refused() throws IOException {
        try (RawServer server =
                answering("HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\nContent-Length: 0\r\n\r\n")) {
            HttpResponse response = HttpClients.builder()
                    .open()
                    .handle(HttpRequest.get(server.uri()).withHeader("Authorization", "Bearer hunter2"));
            assertThat(response.status()).isEqualTo(302);
            assertThat(response.header("location")).hasValue("http://evil.example/");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpClients.over(HttpClient.newBuilder()
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build()))
                .withMessageContaining("Redirect.NEVER");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpClients.builder().tls(TlsConfig.ofSystem().withHostnameVerification(false)));
    }

    @Test
    void an_interrupted_thread_ends_its_exchange_and_keeps_its_flag() throws IOException {
        CountDownLatch arrived = new CountDownLatch(1);
        try (RawServer server = new RawServer(out -> {
            arrived.countDown();
            new CountDownLatch(1).await();
        })) {
            HttpHandler client = HttpClients.builder().open();
            Thread caller = Thread.currentThread();
            CompletableFuture<Void> interruption = Background.run(() -> {
                try {
                    arrived.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                caller.interrupt();
            });

            assertFails("thread.interrupted", () -> client.handle(HttpRequest.get(server.uri())));
            assertThat(Thread.interrupted()).isTrue();
            interruption.join();
        }
    }

    @Test
    void a_body_that_cannot_be_read_is_the_callers_fault_and_not_the_networks() throws IOException {
        try (RawServer server = new RawServer(out -> new CountDownLatch(1).await())) {
            HttpBody body = HttpBody.stream(new BrokenStream("disk on fire"));

            assertThatThrownBy(() -> HttpClients.builder().open().handle(HttpRequest.post(server.uri(), body)))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.body_unreadable"))
                    .hasRootCauseMessage("disk on fire");
        }
    }

    @Test
    void framing_headers_of_a_request_that_is_passed_on_are_the_clients_to_set() throws IOException {
        try (RawServer server = answering("HTTP/1.1 204 No Content\r\n\r\n")) {
            HttpRequest passedOn = HttpRequest.get(server.uri())
                    .withHeader("Host", "other.example")
                    .withHeader("Content-Length", "999")
                    .withHeader("Connection", "keep-alive")
                    .withHeader("Transfer-Encoding", "chunked");
            assertThat(HttpClients.builder().open().handle(passedOn).status()).isEqualTo(204);
        }
    }

    @Test
    void settings_out_of_range_are_mistakes() {
        HttpClients.Builder builder = HttpClients.builder();
        assertThatIllegalArgumentException().isThrownBy(() -> builder.timeout(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.stall(Duration.ofSeconds(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.maxResponseBytes(-1));
    }
}
