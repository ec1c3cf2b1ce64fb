package io.github.keywharf.http.jetty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.keywharf.event.Event;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.testing.RecordingListener;
import io.github.keywharf.testing.TestCertificates;
import io.github.keywharf.tls.TlsConfig;
import java.io.IOException;
import java.time.Duration;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The server against clients that keep a connection of HTTP/2 busy without a use for it. */
class HostileHttp2ClientsTest {
    private final RecordingListener events = new RecordingListener();

    private JettyServer.Builder serve(HttpHandler handler) {
        return JettyServer.serve(handler)
                .tls(TlsConfig.ofServer(TestCertificates.server(), TestCertificates.serverKey(), null))
                .http2(true)
                .events(events);
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofMillis(50));
    }

    private interface Sending {
        void send() throws IOException;
    }

    private static boolean isCutAfter(RawHttp2Client client, Sending sending) {
        try {
            sending.send();
        } catch (IOException cut) {
            // What the reader sees decides.
        }
        return client.isCut();
    }

    @ParameterizedTest
    @CsvSource({"GET, 12", "GET, 200000", "POST, 0"})
    void requests_whose_bodies_drip_are_cut_whatever_else_the_connection_carries(String method, int bytes)
            throws IOException {
        try (JettyServer server = serve(request -> {
                            if (request.path().equals("/free")) {
                                return HttpResponse.of(204);
                            }
                            request.body().bytes(1000);
                            return HttpResponse.of(200).withBody(HttpBody.of(new byte[bytes]));
                        })
                        .maxRequests(2)
                        .minBytesPerSecond(100_000)
                        .start();
                RawHttp2Client hostile = new RawHttp2Client(server.uri(), 0)) {
            hostile.request(1, method, "/");
            hostile.request(3, method, "/");

            patiently()
                    .until(() -> isCutAfter(hostile, () -> {
                        for (int stream = 1; stream <= 3; stream += 2) {
                            if (method.equals("POST")) {
                                hostile.sendByte(stream);
                            } else if (bytes > 1000) {
                                hostile.takeByte(stream);
                            }
                        }
                        hostile.ping();
                        hostile.sendNonsense();
                    }));

            patiently()
                    .untilAsserted(() -> assertThat(events.named("http.server.client_gone"))
                            .hasSize(2)
                            .allSatisfy(event -> assertThat(event.message()).contains("127.0.0.1")));
            assertThat(events.named("http.server.slow_client"))
                    .singleElement()
                    .satisfies(event -> assertThat(event.subject()).isEqualTo("127.0.0.1"));
            assertThat(events.named("http.server.handler_failed")).isEmpty();
            HttpHandler other = HttpClients.builder()
                    .tls(TlsConfig.ofSystem().withTrust(TestCertificates.authority()))
                    .open();
            patiently()
                    .untilAsserted(() -> assertThat(
                                    other.handle(HttpRequest.get(server.uri().resolve("/free")))
                                            .status())
                            .isEqualTo(204));
        }
    }

    @Test
    void a_client_that_goes_away_before_it_takes_the_last_bytes_is_not_a_failure_of_the_handler() throws IOException {
        try (JettyServer server =
                serve(request -> HttpResponse.text(200, "not taken")).start()) {
            RawHttp2Client client = new RawHttp2Client(server.uri(), 0);
            client.request(1, "GET", "/");
            patiently().until(() -> client.hasBegun(1));
            client.close();

            patiently()
                    .untilAsserted(() -> assertThat(events.events())
                            .singleElement()
                            .extracting(Event::name)
                            .isEqualTo("http.server.client_gone"));
        }
    }

    @Test
    void a_connection_without_requests_is_closed_although_its_client_sends_pings() throws IOException {
        try (JettyServer server = serve(request -> HttpResponse.text(200, "x"))
                        .idle(Duration.ofMillis(500))
                        .start();
                RawHttp2Client client = new RawHttp2Client(server.uri(), 1000)) {
            client.request(1, "GET", "/");
            patiently().until(() -> client.hasEnded(1));

            patiently().until(() -> isCutAfter(client, client::ping));
        }
        assertThat(events.named("http.server.slow_client")).isEmpty();
    }
}
