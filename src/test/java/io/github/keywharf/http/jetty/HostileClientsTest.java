package io.github.keywharf.http.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.HttpRouter;
import io.github.keywharf.http.Measured;
import io.github.keywharf.http.RawClient;
import io.github.keywharf.testing.RecordingListener;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server against raw sockets that keep no rule. */
class HostileClientsTest {
    private final RecordingListener events = new RecordingListener();
    private final AtomicInteger handled = new AtomicInteger();
    private final HttpHandler counting = request -> {
        handled.incrementAndGet();
        return HttpResponse.text(200, request.path() + " " + request.body().bytes(1000).length);
    };

    private static String firstAnswer(JettyServer server, String request) throws IOException {
        try (RawClient client = new RawClient(server.uri())) {
            return client.send(request).line();
        }
    }

    @Test
    void headers_that_drip_are_cut_although_each_byte_is_in_time() throws Exception {
        try (JettyServer server = JettyServer.serve(counting)
                        .headerTime(Duration.ofMillis(500))
                        .events(events)
                        .start();
                RawClient client = new RawClient(server.uri())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Drip: ");
            CountDownLatch never = new CountDownLatch(1);
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                try {
                    client.send("x");
                    never.await(20, java.util.concurrent.TimeUnit.MILLISECONDS);
                    return false;
                } catch (IOException cut) {
                    return true;
                }
            });
        }
        assertThat(handled).hasValue(0);
        assertThat(events.named("http.server.slow_client"))
                .singleElement()
                .satisfies(event -> assertThat(event.message()).contains("headers took longer than 0.5 s"));
    }

    @Test
    void a_connection_that_was_served_before_gets_no_more_time_for_its_next_headers() throws Exception {
        try (JettyServer server = JettyServer.serve(counting)
                        .headerTime(Duration.ofMillis(500))
                        .events(events)
                        .start();
                RawClient client = new RawClient(server.uri())) {
            client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.line()).isEqualTo("HTTP/1.1 200 OK");
            client.send("GET /2 HTTP/1.1\r\n");
            assertThat(client.rest()).contains("/1 0").doesNotContain("/2");
        }
        assertThat(handled).hasValue(1);
    }

    @Test
    void a_body_that_drips_is_cut_and_the_handlers_stream_ends_with_an_io_exception() throws Exception {
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        try (JettyServer server = JettyServer.serve(reading(ended))
                        .minBytesPerSecond(100_000)
                        .events(events)
                        .start();
                RawClient client = new RawClient(server.uri())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
            CountDownLatch never = new CountDownLatch(1);
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                try {
                    client.send("x");
                } catch (IOException cut) {
                    return true;
                }
                never.await(20, java.util.concurrent.TimeUnit.MILLISECONDS);
                return ended.isDone();
            });
            assertThat(ended.get()).isInstanceOf(IOException.class);
        }
        assertThat(events.named("http.server.slow_client")).isNotEmpty();
        assertThat(events.named("http.server.handler_failed")).isEmpty();
    }

    @Test
    void a_reader_that_takes_nothing_is_cut() throws Exception {
        try (JettyServer server = JettyServer.serve(
                                request -> HttpResponse.of(200).withBody(HttpBody.stream(new Measured(1L << 40))))
                        .requestTime(Duration.ofSeconds(2))
                        .events(events)
                        .start();
                RawClient client = new RawClient(server.uri())) {
            client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> !events.named("http.server.client_gone").isEmpty());
        }
        assertThat(events.named("http.server.slow_client")).hasSize(1);
    }

    private static HttpHandler reading(CompletableFuture<Throwable> ended) {
        return request -> {
            try (InputStream body = request.body().open()) {
                body.transferTo(java.io.OutputStream.nullOutputStream());
                ended.complete(new AssertionError("the body ended as if it were whole"));
            } catch (IOException e) {
                ended.complete(e);
            }
            return HttpResponse.of(204);
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 100\r\n\r\nonly this",
                "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                "Transfer-Encoding: chunked\r\n\r\nfffffff\r\nhello"
            })
    void a_client_that_goes_away_ends_the_handlers_stream_with_an_io_exception(String sent) throws Exception {
        CompletableFuture<Throwable> ended = new CompletableFuture<>();
        try (JettyServer server =
                JettyServer.serve(reading(ended)).events(events).start()) {
            RawClient client = new RawClient(server.uri());
            client.send("POST / HTTP/1.1\r\nHost: a\r\n" + sent);
            client.close();

            assertThat(ended.get()).isInstanceOf(IOException.class);
        }
    }

    @Test
    void headers_that_are_too_large_are_refused() throws IOException {
        try (JettyServer server =
                JettyServer.serve(counting).maxHeaderBytes(4096).start()) {
            assertThat(firstAnswer(server, "GET / HTTP/1.1\r\nHost: a\r\nX-Large: " + "x".repeat(5000) + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 431");
            assertThat(firstAnswer(server, "GET /" + "x".repeat(5000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                    .startsWith("HTTP/1.1 414");
            assertThat(firstAnswer(server, "GET / HTTP/1.1\r\nHost: a\r\n" + "X-N: 1\r\n".repeat(250) + "\r\n"))
                    .startsWith("HTTP/1.1 400");
        }
        assertThat(handled).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n folded\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX-A: a\0b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nX-A: a\rb\r\n\r\n",
                "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n",
                "NONSENSE\r\n\r\n"
            })
    void a_request_that_could_be_read_in_two_ways_is_refused_and_nothing_after_it_is_read(String request)
            throws IOException {
        try (JettyServer server = JettyServer.serve(counting).start();
                RawClient client = new RawClient(server.uri())) {
            String answer = client.send(request).rest();
            assertThat(answer)
                    .startsWith("HTTP/1.1 400")
                    .doesNotContain("smuggled")
                    .doesNotContain("Jetty");
            assertThat(answer.lines().filter(line -> line.startsWith("HTTP/1.1")))
                    .hasSize(1);
        }
        assertThat(handled).hasValue(0);
    }

    @Test
    void a_content_length_beyond_the_limit_is_refused_before_the_body_comes() throws IOException {
        try (JettyServer server = JettyServer.serve(counting).maxBodyBytes(1000).start()) {
            for (String length : new String[] {"1001", "9223372036854775807"}) {
                assertThat(firstAnswer(server, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n"))
                        .startsWith("HTTP/1.1 413");
            }
            assertThat(firstAnswer(
                            server, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 92233720368547758080\r\n\r\n"))
                    .startsWith("HTTP/1.1 4");
        }
        assertThat(handled).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/files/../secret",
                "/files/%2e%2e",
                "/files/..%2fsecret",
                "/files/a%2fb",
                "/files/..;/x",
                "/files/%252e%252e/x",
                "//files/a"
            })
    void no_path_leads_out_of_its_route(String path) throws IOException {
        try (JettyServer server = JettyServer.serve(HttpRouter.builder()
                                .get("/files/{name}", request -> {
                                    handled.incrementAndGet();
                                    return HttpResponse.text(200, request.part("name"));
                                })
                                .build())
                        .start();
                RawClient client = new RawClient(server.uri())) {
            assertThat(client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n")
                            .line())
                    .containsPattern("HTTP/1.1 40[04]");
        }
        assertThat(handled).hasValue(0);
    }

    @Test
    void a_silent_connection_is_closed() throws IOException {
        try (JettyServer server =
                        JettyServer.serve(counting).idle(Duration.ofMillis(300)).start();
                RawClient client = new RawClient(server.uri())) {
            assertThat(client.rest()).isEmpty();
        }
    }
}
