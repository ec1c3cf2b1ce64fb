package io.github.keywharf.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.HttpRouter;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a service looks like to its callers, whether it is called in the process or through a server and a client. */
public abstract class HttpHandlerContract {
    private static final int LARGE = 3_000_000;

    /** Where {@link #reach} has a service answer. */
    protected abstract URI base();

    /** A way to that service, which ends with the test. */
    protected abstract HttpHandler reach(HttpHandler service);

    @Test
    void method_path_query_and_headers_arrive() {
        AtomicReference<String> seen = new AtomicReference<>();
        HttpHandler service = reach(request -> {
            seen.set(request.method() + " " + request.path() + " "
                    + request.query("q").orElse("-") + " "
                    + request.header("X-TWICE").orElse("-") + " "
                    + request.headers().all("x-twice"));
            return HttpResponse.of(204);
        });

        try (HttpResponse response = service.handle(HttpRequest.get(base().resolve("/a%20b/c?q=1%2B1&z=2"))
                .withHeaders(HttpHeaders.none().with("X-Twice", "one").withAdded("X-Twice", "two")))) {
            assertThat(response.status()).isEqualTo(204);
            assertThat(response.body().bytes(10)).isEmpty();
        }
        assertThat(seen).hasValue("GET /a%20b/c 1+1 one [one, two]");
    }

    @Test
    void status_headers_and_body_come_back() {
        HttpHandler service = reach(request -> HttpResponse.json(418, "{\"tea\": \"grün\"}")
                .withHeaders(HttpHeaders.none()
                        .with("Content-Type", "application/json")
                        .withAdded("X-Many", "1")
                        .withAdded("X-Many", "2")));

        try (HttpResponse response = service.handle(HttpRequest.get(base()))) {
            assertThat(response.status()).isEqualTo(418);
            assertThat(response.isSuccess()).isFalse();
            assertThat(response.header("content-type")).hasValue("application/json");
            assertThat(response.headers().all("x-many")).containsExactly("1", "2");
            assertThat(response.body().length()).hasValue(16);
            assertThat(response.body().text(100)).isEqualTo("{\"tea\": \"grün\"}");
        }
    }

    @Test
    void bodies_of_known_and_unknown_length_go_both_ways() throws IOException {
        HttpHandler echo = reach(request ->
                HttpResponse.of(200).withBody(HttpBody.of(request.body().bytes(2 * LARGE))));
        byte[] content = new byte[LARGE];
        new Random(7).nextBytes(content);

        for (HttpBody body : new HttpBody[] {
            HttpBody.of(content),
            HttpBody.stream(HttpBody.of(content).open()),
            HttpBody.stream(HttpBody.of(content).open(), LARGE),
            HttpBody.pieces(Arrays.asList(Arrays.copyOf(content, 1), Arrays.copyOfRange(content, 1, LARGE))
                    .iterator())
        }) {
            try (HttpResponse response = echo.handle(HttpRequest.post(base(), body));
                    InputStream stream = response.body().open()) {
                assertThat(stream.readAllBytes()).isEqualTo(content);
            }
        }
    }

    @Test
    void a_response_may_stream_what_is_made_as_it_is_read() {
        HttpHandler service = reach(request -> HttpResponse.of(200)
                .withBody(HttpBody.pieces(java.util.stream.IntStream.range(0, 1000)
                        .mapToObj(i -> (i + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .iterator())));

        try (HttpResponse response = service.handle(HttpRequest.get(base()))) {
            assertThat(response.body().length()).isEmpty();
            assertThat(response.body().text(10_000)).startsWith("0\n1\n").endsWith("\n999\n");
        }
    }

    @Test
    void a_head_has_the_length_and_no_body() {
        HttpHandler service = reach(HttpRouter.builder()
                .get("/file", request -> HttpResponse.text(200, "hello"))
                .build());

        try (HttpResponse response = service.handle(HttpRequest.of("HEAD", base().resolve("/file")))) {
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("Content-Length")).hasValue("5");
            assertThat(response.body().bytes(10)).isEmpty();
        }
    }

    @Test
    void a_response_that_is_closed_unread_hinders_no_further_request() {
        HttpHandler service = reach(request -> HttpResponse.of(200)
                .withBody(HttpBody.of(new byte[request.path().length() * LARGE])));

        service.handle(HttpRequest.get(base().resolve("/one"))).close();
        try (HttpResponse response = service.handle(HttpRequest.get(base().resolve("/")))) {
            assertThat(response.body().bytes(LARGE)).hasSize(LARGE);
        }
    }
}
