package io.github.keywharf.http.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.Measured;
import io.github.keywharf.http.RawClient;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.RecordingListener;
import io.github.keywharf.testing.TestCertificates;
import io.github.keywharf.tls.TlsConfig;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class JettyServerTest {
    /** More than all buffers between two ends hold, and a small part of what is sent. */
    private static final long BUFFERS = 24L * 1024 * 1024;

    private static final long LARGE = 100L * 1024 * 1024;

    private final RecordingListener events = new RecordingListener();
    private final HttpHandler client = HttpClients.builder().open();

    private static void pass(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void an_upload_of_100_mb_streams_to_the_handler() {
        Measured upload = new Measured(LARGE);
        try (JettyServer server = JettyServer.serve(request -> {
                    try (InputStream body = request.body().open()) {
                        return HttpResponse.text(200, Long.toString(upload.use(body)));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .start()) {
            for (HttpBody body : new HttpBody[] {HttpBody.stream(upload, LARGE)}) {
                try (HttpResponse response = client.handle(HttpRequest.post(server.uri(), body))) {
                    assertThat(response.body().text(100)).isEqualTo(Long.toString(LARGE));
                }
            }
        }
        assertThat(upload.mostAhead()).isLessThan(BUFFERS);
    }

    @Test
    void a_download_of_100_mb_streams_to_the_client() throws IOException {
        for (boolean known : new boolean[] {true, false}) {
            Measured download = new Measured(LARGE);
            try (JettyServer server = JettyServer.serve(request -> HttpResponse.of(200)
                                    .withBody(known ? HttpBody.stream(download, LARGE) : HttpBody.stream(download)))
                            .start();
                    HttpResponse response = client.handle(HttpRequest.get(server.uri()));
                    InputStream body = response.body().open()) {
                assertThat(download.use(body)).isEqualTo(LARGE);
            }
            assertThat(download.mostAhead()).isLessThan(BUFFERS);
        }
    }

    @Test
    void http2_is_spoken_with_clients_that_ask_for_it_over_tls() throws Exception {
        JettyServer.Builder plain =
                JettyServer.serve(request -> HttpResponse.of(204)).http2(true);
        assertThatThrownBy(plain::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("tls(…)");

        try (JettyServer server = plain.tls(
                        TlsConfig.ofServer(TestCertificates.server(), TestCertificates.serverKey(), null))
                .start()) {
            HttpClient bare = HttpClient.newBuilder()
                    .sslContext(TlsConfig.ofSystem()
                            .withTrust(TestCertificates.authority())
                            .open())
                    .build();
            assertThat(bare.send(
                                    java.net.http.HttpRequest.newBuilder(server.uri())
                                            .build(),
                                    java.net.http.HttpResponse.BodyHandlers.discarding())
                            .version())
                    .isEqualTo(HttpClient.Version.HTTP_2);
        }
    }

    /** Reads a body on one request, and closes it on another. */
    private static final class Overtaken implements HttpHandler {
        private final CompletableFuture<InputStream> reading = new CompletableFuture<>();
        private final CompletableFuture<Throwable> ended = new CompletableFuture<>();
        private volatile Thread reader;

        /** Waits until the second read waits: a body that is closed between two reads is refused to the next, and not cut. */
        void awaitRead() {
            reading.join();
            await().until(() -> reader.getState() == Thread.State.WAITING);
        }

        @Override
        public HttpResponse handle(HttpRequest request) {
            try {
                if (request.method().equals("POST")) {
                    InputStream body = request.body().open();
                    body.read();
                    reader = Thread.currentThread();
                    reading.complete(body);
                    try {
                        ended.complete(new IllegalStateException("read " + body.read()));
                    } catch (IOException e) {
                        ended.complete(e);
                    }
                } else if (reading.isDone()) {
                    reading.join().close();
                }
                return HttpResponse.of(204);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void closing_a_body_ends_the_read_that_waits_for_more_of_it() throws Exception {
        Overtaken overtaken = new Overtaken();
        try (JettyServer server = JettyServer.serve(overtaken).start();
                RawClient silent = new RawClient(server.uri())) {
            silent.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n1");
            overtaken.awaitRead();
            client.handle(HttpRequest.get(server.uri())).close();
            assertThat(overtaken.ended.join()).isInstanceOf(IOException.class);
            assertThat(silent.rest()).doesNotContain("HTTP/1.1 2");
        }

        Overtaken multiplexed = new Overtaken();
        try (JettyServer server = JettyServer.serve(multiplexed)
                        .tls(TlsConfig.ofServer(TestCertificates.server(), TestCertificates.serverKey(), null))
                        .http2(true)
                        .start();
                RawHttp2Client silent = new RawHttp2Client(server.uri(), 1_000)) {
            silent.request(1, "POST", "/");
            silent.sendByte(1);
            multiplexed.awaitRead();
            silent.request(3, "GET", "/");
            assertThat(multiplexed.ended.join()).isInstanceOf(IOException.class);
            // The connection and its other requests go on.
            await().until(() -> silent.hasEnded(3));
            silent.request(5, "GET", "/");
            await().until(() -> silent.hasEnded(5));
        }
    }

    @Test
    void responses_have_security_headers_and_name_no_server() throws Exception {
        try (JettyServer server = JettyServer.serve(request -> HttpResponse.text(200, "x")
                        .withHeader("Server", "secret/1.0")
                        .withHeader("Content-Length", "999"))
                .start()) {
            HttpResponse response = client.handle(HttpRequest.get(server.uri()));
            assertThat(response.header("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(response.header("Cache-Control")).hasValue("no-store");
            assertThat(response.header("Server")).isEmpty();
            assertThat(response.header("X-Powered-By")).isEmpty();
            assertThat(response.header("Strict-Transport-Security")).isEmpty();
            assertThat(response.body().text(10)).isEqualTo("x");
        }
        try (JettyServer server = JettyServer.serve(
                        request -> HttpResponse.text(200, "x").withHeader("Cache-Control", "max-age=60"))
                .tls(TlsConfig.ofServer(TestCertificates.server(), TestCertificates.serverKey(), null))
                .start()) {
            HttpResponse response = HttpClients.builder()
                    .tls(TlsConfig.ofSystem().withTrust(TestCertificates.authority()))
                    .open()
                    .handle(HttpRequest.get(server.uri()));
            assertThat(response.header("Cache-Control")).hasValue("max-age=60");
            assertThat(response.header("Strict-Transport-Security")).hasValue("max-age=31536000");
            response.close();
        }
    }

    @Test
    void clients_trust_the_server_and_the_server_trusts_clients_only_by_their_authorities() {
        TlsConfig own = TlsConfig.ofServer(TestCertificates.server(), TestCertificates.serverKey(), null);
        TlsConfig trusting = TlsConfig.ofSystem().withTrust(TestCertificates.authority());
        try (JettyServer server = JettyServer.serve(request -> HttpResponse.of(204))
                .tls(own.withTrust(TestCertificates.authority()))
                .start()) {
            HttpRequest request = HttpRequest.get(server.uri());
            HttpHandler known = HttpClients.builder()
                    .tls(trusting.withClient(TestCertificates.client(), TestCertificates.clientKey(), null))
                    .open();
            assertThat(known.handle(request).status()).isEqualTo(204);

            HttpHandler unknown = HttpClients.builder().tls(trusting).open();
            assertThatThrownBy(() -> unknown.handle(request)).isInstanceOf(KeywharfException.class);

            HttpHandler distrusting = HttpClients.builder()
                    .tls(TlsConfig.ofSystem().withTrust(TestCertificates.otherAuthority()))
                    .open();
            assertThatThrownBy(() -> distrusting.handle(request))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.tls_failed"));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> JettyServer.serve(request -> HttpResponse.of(204)).tls(trusting));
    }

    @Test
    void what_a_handler_throws_is_a_500_without_detail_and_an_event() {
        try (JettyServer server = JettyServer.serve(request -> {
                    throw new IllegalStateException("the password is hunter2");
                })
                .events(events)
                .start()) {
            HttpResponse response = client.handle(HttpRequest.get(server.uri().resolve("/a?token=hunter2")));
            assertThat(response.status()).isEqualTo(500);
            assertThat(response.body().text(1000)).isEqualTo("The server failed\n");
        }
        assertThat(events.named("http.server.handler_failed")).singleElement().satisfies(event -> {
            assertThat(event.message()).contains("IllegalStateException").doesNotContain("hunter2");
            assertThat(event.subject()).isEqualTo("GET /a");
        });
    }

    @Test
    void a_response_body_that_fails_breaks_the_response_off() {
        try (JettyServer server = JettyServer.serve(request -> HttpResponse.of(200)
                        .withBody(HttpBody.pieces(new java.util.Iterator<>() {
                            private int count;

                            @Override
                            public boolean hasNext() {
                                return true;
                            }

                            @Override
                            public byte[] next() {
                                if (count++ == 3) {
                                    throw new IllegalStateException("no more");
                                }
                                return new byte[100_000];
                            }
                        })))
                .events(events)
                .start()) {
            assertThatThrownBy(() ->
                            client.handle(HttpRequest.get(server.uri())).body().bytes(1_000_000))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.broken"));
        }
        assertThat(events.named("http.server.handler_failed")).hasSize(1);
    }

    @Test
    void a_body_whose_stream_cannot_be_closed_is_answered_whole_and_counted_once() {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        try (JettyServer server = JettyServer.serve(request -> {
                    if (request.path().equals("/wait")) {
                        arrived.countDown();
                        pass(free);
                        return HttpResponse.of(204);
                    }
                    return HttpResponse.of(200)
                            .withBody(HttpBody.stream(
                                    new FilterInputStream(
                                            new ByteArrayInputStream("whole".getBytes(StandardCharsets.UTF_8))) {
                                        @Override
                                        public void close() throws IOException {
                                            throw new IOException("not closed");
                                        }
                                    },
                                    5));
                })
                .maxRequests(1)
                .events(events)
                .start()) {
            for (int i = 1; i <= 3; i++) {
                int count = i;
                // The one before may have left its place a moment after its last byte.
                await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
                    HttpResponse response = client.handle(HttpRequest.get(server.uri()));
                    assertThat(response.body().text(100)).isEqualTo("whole");
                });
                await().atMost(Duration.ofMinutes(1))
                        .until(() -> events.named("http.server.served").size() == count);
            }
            CompletableFuture<Void> waiting = Background.run(() -> await().atMost(Duration.ofMinutes(1))
                    .until(() -> client.handle(HttpRequest.get(server.uri().resolve("/wait")))
                                    .status()
                            == 204));
            pass(arrived);

            assertThat(client.handle(HttpRequest.get(server.uri())).status()).isEqualTo(503);
            free.countDown();
            waiting.join();
        }
        assertThat(events.named("http.server.handler_failed"))
                .hasSize(3)
                .allSatisfy(event -> assertThat(event.message()).endsWith("IOException"));
    }

    private static InputStream failingAfter(int bytes) {
        return new InputStream() {
            private int left = bytes;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0];
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (left == 0) {
                    throw new IOException("password=hunter2");
                }
                int n = Math.min(left, length);
                left -= n;
                return n;
            }
        };
    }

    @Test
    void a_body_that_fails_before_its_first_byte_is_a_500_without_detail_and_no_log_shows_it() {
        HttpHandler broken = request -> switch (request.path()) {
            case "/missing" ->
                HttpResponse.of(200)
                        .withHeader("ETag", "\"hunter2\"")
                        .withBody(HttpBody.file(Path.of("hunter2", "missing")));
            case "/late" -> HttpResponse.of(200).withBody(HttpBody.stream(failingAfter(200_000)));
            case "/head" -> HttpResponse.of(200).withHeader("Content-Length", "hunter2");
            default -> HttpResponse.of(200).withBody(HttpBody.stream(failingAfter(0), 5));
        };
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try (JettyServer server = JettyServer.serve(broken).events(events).start()) {
            for (String path : new String[] {"/missing", "/stream"}) {
                HttpResponse response =
                        client.handle(HttpRequest.get(server.uri().resolve(path + "?token=hunter2")));
                assertThat(response.status()).isEqualTo(500);
                assertThat(response.header("ETag")).isEmpty();
                assertThat(response.body().text(1000)).isEqualTo("The server failed\n");
            }
            HttpResponse head =
                    client.handle(HttpRequest.of("HEAD", server.uri().resolve("/head?token=hunter2")));
            assertThat(head.status()).isEqualTo(500);
            head.close();
            // The client may see that the connection ends before it hands over the answer's head.
            assertThatThrownBy(() -> client.handle(HttpRequest.get(server.uri().resolve("/late?token=hunter2")))
                            .body()
                            .bytes(1_000_000))
                    .isInstanceOf(KeywharfException.class);
        } finally {
            System.setErr(before);
        }
        assertThat(log.toString(StandardCharsets.UTF_8)).doesNotContain("hunter2");
        assertThat(events.named("http.server.handler_failed"))
                .extracting(Event::subject)
                .containsExactly("GET /missing", "GET /stream", "HEAD /head", "GET /late");
        assertThat(events.named("http.server.served"))
                .hasSize(3)
                .allSatisfy(event -> assertThat(event.message()).startsWith("500 to "));
    }

    @Test
    void a_body_that_is_too_large_is_refused_whether_its_length_is_known_or_not() {
        try (JettyServer server = JettyServer.serve(request -> HttpResponse.text(
                        200, "" + request.body().bytes(request.path().equals("/10") ? 10 : 10_000).length))
                .maxBodyBytes(1000)
                .events(events)
                .start()) {
            HttpBody unknown = HttpBody.stream(new Measured(1001));
            assertThat(client.handle(HttpRequest.post(server.uri(), HttpBody.of(new byte[1001])))
                            .status())
                    .isEqualTo(413);
            assertThat(client.handle(HttpRequest.post(server.uri(), unknown)).status())
                    .isEqualTo(413);
            assertThat(client.handle(HttpRequest.post(server.uri().resolve("/10"), HttpBody.of(new byte[11])))
                            .status())
                    .isEqualTo(413);
            assertThat(client.handle(HttpRequest.post(server.uri(), HttpBody.of(new byte[1000])))
                            .body()
                            .text(10))
                    .isEqualTo("1000");
        }
        assertThat(events.named("http.server.refused")).hasSize(3);
        assertThat(events.named("http.server.handler_failed")).isEmpty();
    }

    @Test
    void more_requests_than_allowed_are_answered_with_503() {
        CountDownLatch arrived = new CountDownLatch(2);
        CountDownLatch free = new CountDownLatch(1);
        try (JettyServer server = JettyServer.serve(request -> {
                    arrived.countDown();
                    pass(free);
                    return HttpResponse.of(204);
                })
                .maxRequests(2)
                .start()) {
            HttpRequest request = HttpRequest.get(server.uri());
            List<CompletableFuture<Integer>> first = List.of(
                    Background.supply(() -> client.handle(request).status()),
                    Background.supply(() -> client.handle(request).status()));
            pass(arrived);

            try (HttpResponse third = client.handle(request)) {
                assertThat(third.status()).isEqualTo(503);
                assertThat(third.header("Retry-After")).hasValue("1");
            }
            free.countDown();
            assertThat(first).allSatisfy(status -> assertThat(status.join()).isEqualTo(204));
            await().untilAsserted(
                            () -> assertThat(client.handle(request).status()).isEqualTo(204));
        }
    }

    @Test
    void closing_lets_requests_finish_and_takes_no_new_ones() {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch free = new CountDownLatch(1);
        JettyServer server = JettyServer.serve(request -> {
                    arrived.countDown();
                    pass(free);
                    return HttpResponse.text(200, "finished");
                })
                .start();
        HttpRequest request = HttpRequest.get(server.uri());
        CompletableFuture<String> first =
                Background.supply(() -> client.handle(request).body().text(100));
        pass(arrived);

        CompletableFuture<Void> closing = Background.run(server::close);
        HttpHandler other = HttpClients.builder().open();
        await().untilAsserted(() -> assertThatThrownBy(() -> other.handle(request))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.unreachable")));
        assertThat(closing).isNotDone();

        free.countDown();
        assertThat(first.join()).isEqualTo("finished");
        closing.join();
        server.close();
    }

    @Test
    void a_request_that_outlasts_the_stop_time_is_cut() {
        CountDownLatch arrived = new CountDownLatch(1);
        JettyServer server = JettyServer.serve(request -> {
                    arrived.countDown();
                    pass(new CountDownLatch(1));
                    return HttpResponse.of(204);
                })
                .stopTime(Duration.ofMillis(100))
                .start();
        HttpRequest request = HttpRequest.get(server.uri());
        CompletableFuture<HttpResponse> first = Background.supply(() -> client.handle(request));
        pass(arrived);

        server.close();

        assertThatThrownBy(first::join).hasCauseInstanceOf(KeywharfException.class);
    }

    @Test
    void each_request_is_an_event_without_its_query() {
        try (JettyServer server = JettyServer.serve(request -> HttpResponse.text(
                        200, request.peer().orElse("") + request.body().text(10)))
                .events(events)
                .start()) {
            URI uri = server.uri().resolve("/a/b?token=hunter2");
            client.handle(HttpRequest.post(uri, HttpBody.of("four")).withHeader("Authorization", "Bearer hunter2"))
                    .close();
            await().until(() -> !events.named("http.server.served").isEmpty());
        }
        assertThat(events.named("http.server.served")).singleElement().satisfies(event -> {
            assertThat(event.subject()).isEqualTo("POST /a/b");
            assertThat(event.message()).startsWith("200 to 127.0.0.1 in ");
            assertThat(event.facts()).contains(Fact.bytes("received", 4), Fact.bytes("sent", "127.0.0.1four".length()));
        });
        assertThat(events.events()).extracting(Event::toString).noneMatch(text -> text.contains("hunter2"));
    }

    @Test
    void a_handler_that_calls_another_service_passes_its_response_on() {
        AtomicReference<URI> target = new AtomicReference<>();
        try (JettyServer service = JettyServer.serve(request -> HttpResponse.text(
                                202,
                                request.path() + " " + request.header("X-Name").orElse("")))
                        .start();
                JettyServer proxy = JettyServer.serve(request -> client.handle(
                                HttpRequest.of(request.method(), target.get().resolve(request.path()))
                                        .withHeaders(request.headers())
                                        .withBody(request.body())))
                        .start()) {
            target.set(service.uri());
            HttpResponse response =
                    client.handle(HttpRequest.get(proxy.uri().resolve("/x")).withHeader("X-Name", "n"));
            assertThat(response.status()).isEqualTo(202);
            assertThat(response.body().text(100)).isEqualTo("/x n");
        }
    }

    @Test
    void a_port_that_is_taken_is_reported() {
        try (JettyServer server =
                JettyServer.serve(request -> HttpResponse.of(204)).start()) {
            JettyServer.Builder second =
                    JettyServer.serve(request -> HttpResponse.of(204)).port(server.port());
            assertThatThrownBy(second::start)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.not_started"))
                    .hasMessageContaining("[127.0.0.1:" + server.port() + "]");
        }
    }

    @Test
    void without_jetty_the_first_use_says_what_to_add() throws Exception {
        List<URL> others = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.contains("jetty")) {
                others.add(Path.of(entry).toUri().toURL());
            }
        }
        try (URLClassLoader loader =
                new URLClassLoader(others.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> type = loader.loadClass("io.github.keywharf.http.jetty.JettyServer");
            Class<?> handler = loader.loadClass("io.github.keywharf.http.HttpHandler");
            Object builder = type.getMethod("serve", handler).invoke(null, (Object) null);
            Method start = builder.getClass().getMethod("start");

            assertThatThrownBy(() -> start.invoke(builder))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .hasToString(
                            "io.github.keywharf.KeywharfException: [127.0.0.1:0] Jetty is not on the class path; add"
                                    + " org.eclipse.jetty:jetty-server:12.1.13 (http.no_jetty)");
        }
    }
}
