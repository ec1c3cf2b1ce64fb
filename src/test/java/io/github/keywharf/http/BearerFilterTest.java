package io.github.keywharf.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.RecordedTime;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BearerFilterTest {
    private static final URI ORIGIN = URI.create("https://api.example");
    private static final URI URL = ORIGIN.resolve("/v1");

    private final RecordedTime time = new RecordedTime();
    private final AtomicInteger fetched = new AtomicInteger();
    private final List<String> seen = new ArrayList<>();

    private BearerToken token() {
        return new BearerToken(
                Secret.of("token-" + fetched.incrementAndGet()), time.instant().plus(Duration.ofMinutes(10)));
    }

    private HttpHandler service(Set<String> accepted) {
        return request -> {
            String token = request.header("Authorization").orElse("none");
            synchronized (seen) {
                seen.add(token);
            }
            return HttpResponse.of(accepted.contains(token) ? 200 : 401);
        };
    }

    private HttpHandler signed(HttpHandler service) {
        return service.with(BearerFilter.of(ORIGIN, this::token, time));
    }

    @Test
    void a_token_is_kept_until_shortly_before_it_expires() {
        HttpHandler client = signed(service(Set.of("Bearer token-1", "Bearer token-2")));

        client.handle(HttpRequest.get(URL).withHeader("authorization", "Basic other"));
        time.advance(Duration.ofMinutes(8));
        client.handle(HttpRequest.get(URL));
        time.advance(Duration.ofMinutes(1));
        client.handle(HttpRequest.get(URL));

        assertThat(seen).containsExactly("Bearer token-1", "Bearer token-1", "Bearer token-2");
    }

    @Test
    void a_source_that_waits_for_itself_or_throws_what_it_may_not_is_reported_and_the_next_request_tries_again() {
        AtomicInteger calls = new AtomicInteger();
        HttpHandler[] client = new HttpHandler[1];
        client[0] = service(Set.of("Bearer token-1"))
                .with(BearerFilter.of(
                        ORIGIN,
                        () -> {
                            switch (calls.incrementAndGet()) {
                                case 1 -> client[0].handle(HttpRequest.get(URL));
                                case 2 -> throw sneaky(new java.io.IOException("checked"));
                                default -> {}
                            }
                            return token();
                        },
                        time));

        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> client[0].handle(HttpRequest.get(URL)))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.no_token"));
        }
        assertThat(client[0].handle(HttpRequest.get(URL)).status()).isEqualTo(200);
    }

    /** Throws a checked exception as languages without them do. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> RuntimeException sneaky(Throwable checked) throws T {
        throw (T) checked;
    }

    @Test
    void twenty_threads_that_are_refused_together_fetch_one_token() {
        int threads = 20;
        Set<String> accepted = ConcurrentHashMap.newKeySet();
        accepted.add("Bearer token-2");
        CountDownLatch allRefused = new CountDownLatch(threads);
        HttpHandler client = signed(request -> {
            String token = request.header("Authorization").orElse("none");
            if (accepted.contains(token)) {
                return HttpResponse.of(200);
            }
            allRefused.countDown();
            try {
                allRefused.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return HttpResponse.of(401);
        });

        List<CompletableFuture<Integer>> statuses = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            statuses.add(
                    Background.supply(() -> client.handle(HttpRequest.get(URL)).status()));
        }

        assertThat(statuses).allSatisfy(status -> assertThat(status.join()).isEqualTo(200));
        assertThat(fetched).hasValue(2);
    }

    @Test
    void a_second_refusal_is_returned_and_does_not_loop() {
        HttpHandler client = signed(service(Set.of()));

        assertThat(client.handle(HttpRequest.get(URL)).status()).isEqualTo(401);
        assertThat(seen).containsExactly("Bearer token-1", "Bearer token-2");
    }

    @Test
    void a_refused_request_whose_body_can_be_read_once_is_not_sent_again() {
        HttpHandler client = signed(service(Set.of()));
        HttpBody once = HttpBody.stream(new ByteArrayInputStream(new byte[1]));

        assertThat(client.handle(HttpRequest.post(URL, once)).status()).isEqualTo(401);
        assertThat(seen).hasSize(1);
    }

    @Test
    void other_origins_never_see_the_token() {
        HttpHandler client = signed(service(Set.of()));

        for (String other : List.of(
                "http://api.example/v1",
                "https://api.example:8443/v1",
                "https://evil.example/",
                "https://api.example.evil.example/")) {
            client.handle(HttpRequest.get(other));
        }
        client.handle(HttpRequest.get("HTTPS://API.example:443/v1"));

        assertThat(seen).startsWith("none", "none", "none", "none").contains("Bearer token-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> BearerFilter.of(URI.create("http://api.example"), this::token, time));
        assertThat(BearerFilter.of(URI.create("http://127.0.0.1:8080"), this::token, time))
                .isNotNull();
    }

    @Test
    void a_service_may_say_by_other_responses_that_a_token_is_refused_and_by_401_that_it_is_not() {
        HttpHandler service = request -> {
            seen.add(request.path());
            return HttpResponse.of(request.path().equals("/moved") && seen.size() < 2 ? 307 : 401);
        };
        HttpHandler client =
                service.with(BearerFilter.of(ORIGIN, this::token, time, response -> response.status() == 307));

        assertThat(client.handle(HttpRequest.get(ORIGIN.resolve("/moved"))).status())
                .isEqualTo(401);
        assertThat(client.handle(HttpRequest.get(ORIGIN.resolve("/other"))).status())
                .isEqualTo(401);
        assertThat(seen).containsExactly("/moved", "/moved", "/other");
        assertThat(fetched).hasValue(2);
    }

    @Test
    void requests_go_where_their_token_says() {
        List<URI> sent = new ArrayList<>();
        HttpHandler service = request -> {
            sent.add(request.uri());
            return HttpResponse.of(sent.size() == 1 ? 401 : 200);
        };
        HttpHandler client = service.with(BearerFilter.of(
                ORIGIN,
                () -> new BearerToken(
                        Secret.of("t"),
                        time.instant().plus(Duration.ofHours(1)),
                        Optional.of(URI.create("https://node" + fetched.incrementAndGet() + ".example:8443"))),
                time));

        client.handle(HttpRequest.get(ORIGIN.resolve("/v1/a%20b?q=%2F&r")));
        client.handle(HttpRequest.get("https://other.example/"));

        assertThat(sent)
                .map(URI::toString)
                .containsExactly(
                        "https://node1.example:8443/v1/a%20b?q=%2F&r",
                        "https://node2.example:8443/v1/a%20b?q=%2F&r", "https://other.example/");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new BearerToken(Secret.of("t"), Instant.MAX, Optional.of(URI.create("http://node.example"))));
    }

    @Test
    void a_token_that_was_refused_is_not_used_again_also_when_that_request_cannot_be_repeated() {
        HttpHandler client = signed(service(Set.of("Bearer token-2")));
        HttpBody once = HttpBody.stream(new ByteArrayInputStream(new byte[1]));

        assertThat(client.handle(HttpRequest.post(URL, once)).status()).isEqualTo(401);
        assertThat(client.handle(HttpRequest.get(URL)).status()).isEqualTo(200);
        assertThat(seen).containsExactly("Bearer token-1", "Bearer token-2");
    }

    @Test
    void the_present_token_can_be_asked_for() {
        BearerFilter filter = BearerFilter.of(ORIGIN, this::token, time);

        BearerToken first = filter.token();
        assertThat(filter.token()).isSameAs(first);
        service(Set.of()).with(filter).handle(HttpRequest.get(URL));
        assertThat(seen.get(0)).isEqualTo("Bearer token-1");
    }

    @Test
    void a_failure_to_get_a_token_reaches_all_who_wait_and_the_next_request_tries_again() {
        AtomicInteger calls = new AtomicInteger();
        HttpHandler client = service(Set.of("Bearer good"))
                .with(BearerFilter.of(
                        ORIGIN,
                        () -> {
                            if (calls.incrementAndGet() == 1) {
                                throw KeywharfException.retryable("http.unreachable", "login.example", "It is away");
                            }
                            return new BearerToken(
                                    Secret.of("good"), time.instant().plus(Duration.ofHours(1)));
                        },
                        time));

        assertThatThrownBy(() -> client.handle(HttpRequest.get(URL)))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("http.unreachable"))
                .hasMessage("[login.example] It is away");
        assertThat(client.handle(HttpRequest.get(URL)).status()).isEqualTo(200);
    }

    @Test
    void nothing_that_prints_shows_the_token() {
        BearerToken token = token();

        assertThat(token.toString() + BearerFilter.of(ORIGIN, this::token, time))
                .doesNotContain("token-1")
                .contains("https://api.example:443");
    }
}
