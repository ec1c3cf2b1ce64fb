package io.github.keywharf.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.RecordedTime;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final URI URL = URI.create("https://api.example/v1?key=hunter2");

    private static void assertFails(String code, String text, ThrowingCallable work) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(text)
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void a_budget_lets_so_many_calls_through_in_any_window() {
        RecordedTime time = new RecordedTime();
        CallBudget budget = CallBudget.of(2, Duration.ofMinutes(1), time);
        AtomicInteger calls = new AtomicInteger();
        HttpHandler client = ((HttpHandler) request -> HttpResponse.of(200 + calls.incrementAndGet())).with(budget);

        client.handle(HttpRequest.get(URL));
        time.advance(Duration.ofSeconds(40));
        client.handle(HttpRequest.get(URL));
        assertThat(budget.left()).isZero();
        assertFails("http.budget_spent", "2026-11-23T12:01:00Z", () -> client.handle(HttpRequest.get(URL)));

        time.advance(Duration.ofSeconds(20));
        client.handle(HttpRequest.get(URL));
        assertFails("http.budget_spent", "2026-11-23T12:01:40Z", () -> client.handle(HttpRequest.get(URL)));
        assertThat(calls).hasValue(3);
        assertThatIllegalArgumentException().isThrownBy(() -> CallBudget.of(0, Duration.ofMinutes(1), time));
    }

    @Test
    void bodies_are_limited_before_they_are_sent_where_their_length_is_known() {
        AtomicInteger calls = new AtomicInteger();
        HttpHandler client = ((HttpHandler) request -> {
                    calls.incrementAndGet();
                    request.body().bytes(100);
                    return HttpResponse.of(200).withBody(HttpBody.of(new byte[6]));
                })
                .with(SizeLimit.of(3, 5));

        assertFails(
                "http.request_too_large", "3 bytes", () -> client.handle(HttpRequest.post(URL, HttpBody.of("four"))));
        assertThat(calls).hasValue(0);
        assertFails(
                "http.request_too_large",
                "3 bytes",
                () -> client.handle(HttpRequest.post(URL, HttpBody.stream(new ByteArrayInputStream(new byte[4])))));
        assertFails("http.too_large", "5 bytes", () -> client.handle(HttpRequest.get(URL)));
    }

    @Test
    void bodies_of_exactly_the_limit_are_accepted_and_one_byte_more_is_refused() {
        for (int more : new int[] {0, 1}) {
            for (HttpBody sent : List.of(body(3 + more), streamed(3 + more))) {
                HttpHandler client = ((HttpHandler) request -> HttpResponse.of(200)
                                .withBody(body(request.body().bytes(10).length)))
                        .with(SizeLimit.of(3, 5));
                if (more == 0) {
                    assertThat(client.handle(HttpRequest.post(URL, sent)).body().bytes(3))
                            .hasSize(3);
                } else {
                    assertFails("http.request_too_large", "3 bytes", () -> client.handle(HttpRequest.post(URL, sent)));
                }
            }
            for (HttpBody received : List.of(body(5 + more), streamed(5 + more))) {
                HttpHandler client =
                        ((HttpHandler) request -> HttpResponse.of(200).withBody(received)).with(SizeLimit.of(3, 5));
                if (more == 0) {
                    assertThat(client.handle(HttpRequest.get(URL)).body().bytes(5))
                            .hasSize(5);
                } else {
                    assertFails(
                            "http.too_large",
                            "5 bytes",
                            () -> client.handle(HttpRequest.get(URL)).body().bytes(10));
                }
            }
        }
    }

    private static HttpBody body(int bytes) {
        return HttpBody.of(new byte[bytes]);
    }

    private static HttpBody streamed(int bytes) {
        return HttpBody.stream(new ByteArrayInputStream(new byte[bytes]));
    }

    @Test
    void a_response_of_unknown_length_is_counted_as_it_is_read() {
        HttpHandler client = ((HttpHandler) request ->
                        HttpResponse.of(200).withBody(HttpBody.stream(new ByteArrayInputStream(new byte[6]))))
                .with(SizeLimit.of(0, 5));

        HttpResponse response = client.handle(HttpRequest.get(URL));
        assertFails("http.too_large", "5 bytes", () -> response.body().bytes(100));
    }
}
