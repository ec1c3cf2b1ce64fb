package io.github.keywharf.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.RecordedTime;
import io.github.keywharf.testing.RecordingListener;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryFilterTest {
    private static final URI URL = URI.create("https://api.example/v1?token=hunter2");

    private final RecordedTime time = new RecordedTime();
    private final RecordingListener events = new RecordingListener();
    private final Service service = new Service();

    /** Answers with what it was given, in order, and remembers what it was sent. */
    private static final class Service implements HttpHandler {
        private final Deque<Object> answers = new ArrayDeque<>();
        private final List<String> bodies = new ArrayList<>();

        Service then(Object answer) {
            answers.add(answer);
            return this;
        }

        @Override
        public HttpResponse handle(HttpRequest request) {
            bodies.add(request.body().text(100));
            Object answer = answers.remove();
            if (answer instanceof KeywharfException failure) {
                throw failure;
            }
            return answer instanceof HttpResponse response ? response : HttpResponse.of((Integer) answer);
        }
    }

    private HttpHandler retried() {
        return service.with(RetryFilter.builder()
                .attempts(4)
                .jitter(0)
                .waits(Duration.ofMillis(100), Duration.ofSeconds(1))
                .retryAfterCap(Duration.ofSeconds(60))
                .clock(time, time)
                .events(events)
                .build());
    }

    private static KeywharfException failure(String code) {
        return new KeywharfException(code, "api.example", "It failed");
    }

    @Test
    void a_wait_of_many_digits_is_longer_than_the_cap_and_an_error_that_is_thrown_twice_is_itself() {
        service.then(HttpResponse.of(503).withHeader("Retry-After", "9999999999"));
        assertThat(retried().handle(HttpRequest.get(URL)).status()).isEqualTo(503);
        assertThat(time.waits()).isEmpty();

        KeywharfException same = failure("http.unreachable");
        service.then(same).then(same).then(same).then(same);
        assertThatThrownBy(() -> retried().handle(HttpRequest.get(URL))).isSameAs(same);
    }

    @Test
    void a_service_may_say_which_responses_pass() {
        HttpHandler client = service.with(RetryFilter.builder()
                .passing(response -> response.status() == 409)
                .clock(time, time)
                .build());

        service.then(409).then(200).then(503);
        assertThat(client.handle(HttpRequest.get(URL)).status()).isEqualTo(200);
        assertThat(client.handle(HttpRequest.get(URL)).status()).isEqualTo(503);
        assertThat(service.answers).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504})
    void a_status_that_passes_is_retried_with_waits_that_double(int status) {
        service.then(status).then(status).then(status).then(200);

        assertThat(retried().handle(HttpRequest.get(URL)).status()).isEqualTo(200);

        assertThat(time.waits())
                .containsExactly(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofMillis(400));
        assertThat(events.named("http.request.repeated"))
                .hasSize(3)
                .allSatisfy(
                        event -> assertThat(event.toString() + event.message()).doesNotContain("hunter2"));
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 304, 400, 401, 404, 500, 501})
    void any_other_status_is_returned(int status) {
        service.then(status);

        assertThat(retried().handle(HttpRequest.get(URL)).status()).isEqualTo(status);
        assertThat(time.waits()).isEmpty();
    }

    @Test
    void the_last_response_is_returned_and_attempts_are_bounded() {
        service.then(503).then(503).then(503).then(503).then(200);

        assertThat(retried().handle(HttpRequest.get(URL)).status()).isEqualTo(503);
        assertThat(service.bodies).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http.unreachable", "http.broken", "http.timeout"})
    void a_failure_that_passes_is_retried(String code) {
        service.then(failure(code)).then(200);

        assertThat(retried().handle(HttpRequest.get(URL)).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http.tls_failed", "http.too_large", "thread.interrupted", "http.budget_spent"})
    void a_failure_that_stays_is_thrown(String code) {
        KeywharfException failure = failure(code);
        service.then(failure);

        assertThatThrownBy(() -> retried().handle(HttpRequest.get(URL))).isSameAs(failure);
        assertThat(time.waits()).isEmpty();
    }

    @Test
    void the_last_failure_is_thrown_with_those_before_it() {
        KeywharfException first = failure("http.broken");
        service.then(first)
                .then(failure("http.broken"))
                .then(failure("http.broken"))
                .then(failure("http.timeout"));

        assertThatThrownBy(() -> retried().handle(HttpRequest.get(URL)))
                .isInstanceOfSatisfying(KeywharfException.class, e -> {
                    assertThat(e.code()).isEqualTo("http.timeout");
                    assertThat(e.getSuppressed()[0].getSuppressed()[0].getSuppressed()[0])
                            .isSameAs(first);
                });
    }

    @Test
    void a_post_is_sent_again_only_if_nothing_of_it_was_sent_or_the_caller_says_so() {
        service.then(failure("http.unreachable")).then(503);
        assertThat(retried().handle(HttpRequest.post(URL, HttpBody.of("a"))).status())
                .isEqualTo(503);

        KeywharfException broken = failure("http.broken");
        service.then(broken);
        assertThatThrownBy(() -> retried().handle(HttpRequest.post(URL, HttpBody.of("b"))))
                .isSameAs(broken);

        service.then(503).then(201);
        HttpRequest marked = HttpRequest.post(URL, HttpBody.of("c")).withRepeatable(true);
        assertThat(retried().handle(marked).status()).isEqualTo(201);
        assertThat(service.bodies).containsExactly("a", "a", "b", "c", "c");
    }

    @Test
    void a_body_that_can_be_read_once_is_sent_once() {
        service.then(503);
        HttpBody once = HttpBody.stream(new ByteArrayInputStream(new byte[3]));

        assertThat(retried().handle(HttpRequest.put(URL, once)).status()).isEqualTo(503);
        assertThat(service.bodies).hasSize(1);
    }

    @Test
    void retry_after_is_obeyed_in_seconds_and_as_a_date() {
        service.then(HttpResponse.of(429).withHeader("Retry-After", "7"))
                .then(HttpResponse.of(503).withHeader("Retry-After", "Mon, 23 Nov 2026 12:00:30 GMT"))
                .then(HttpResponse.of(503).withHeader("Retry-After", "Mon, 23 Nov 2026 11:00:00 GMT"))
                .then(200);

        assertThat(retried().handle(HttpRequest.get(URL)).status()).isEqualTo(200);
        // The clock has moved by seven seconds when the date is read; a date that is past leaves the usual wait.
        assertThat(time.waits()).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(23), Duration.ofMillis(400));
    }

    @Test
    void a_retry_after_beyond_the_cap_is_the_callers_to_decide() {
        service.then(HttpResponse.of(429).withHeader("Retry-After", "61"));

        assertThat(retried().handle(HttpRequest.get(URL)).status()).isEqualTo(429);
        assertThat(time.waits()).isEmpty();
    }

    @Test
    void a_retry_after_that_is_not_valid_is_ignored() {
        for (String value : List.of("soon", "-5", "5 s", "")) {
            service.then(HttpResponse.of(503).withHeader("Retry-After", value)).then(200);
            assertThat(retried().handle(HttpRequest.get(URL)).status()).isEqualTo(200);
        }
        assertThat(time.waits()).containsOnly(Duration.ofMillis(100));
    }

    @Test
    void waits_have_a_random_part_within_its_share() {
        HttpHandler jittered = service.with(RetryFilter.builder()
                .attempts(2)
                .jitter(0.5)
                .waits(Duration.ofSeconds(1), Duration.ofSeconds(9))
                .clock(time, time)
                .build());
        for (int i = 0; i < 30; i++) {
            service.then(503).then(200);
            jittered.handle(HttpRequest.get(URL));
        }

        assertThat(time.waits())
                .allSatisfy(wait -> assertThat(wait).isBetween(Duration.ofMillis(500), Duration.ofMillis(1500)))
                .anySatisfy(wait -> assertThat(wait).isNotEqualTo(Duration.ofSeconds(1)));
    }

    @Test
    void an_interrupted_wait_ends_with_the_threads_flag_set() {
        HttpHandler handler = service.with(RetryFilter.builder()
                .clock(time, wait -> {
                    throw new InterruptedException();
                })
                .build());
        service.then(failure("http.broken"));

        assertThatThrownBy(() -> handler.handle(HttpRequest.get(URL)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("thread.interrupted"));
        assertThat(Thread.interrupted()).isTrue();
    }
}
