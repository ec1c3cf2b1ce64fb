package io.github.keywharf.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.contract.SecretSourceContract;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CachedSecretsTest extends SecretSourceContract {
    private static final Duration TTL = Duration.ofMinutes(5);

    private final Map<String, String> place = new ConcurrentHashMap<>();
    private final AtomicInteger reads = new AtomicInteger();
    private Instant now = Instant.parse("2026-11-23T12:00:00Z");
    private KeywharfException failure = new KeywharfException("none", "", "");

    private final CachedSecrets kept = new CachedSecrets(this::read, TTL, () -> now);

    private Optional<Secret> read(String name) {
        reads.incrementAndGet();
        if (!failure.code().equals("none")) {
            throw failure;
        }
        return Optional.ofNullable(place.get(name)).map(Secret::of);
    }

    @Override
    protected SecretSource source(Map<String, String> secrets) {
        return SecretSource.of(secrets).cached(TTL, InstantSource.system());
    }

    @Test
    void closing_what_one_caller_got_leaves_the_others_theirs() {
        place.put("a", "one");
        kept.secret("a").close();
        Secret second = kept.secret("a");
        place.put("a", "two");
        kept.refresh("a").orElseThrow().close();

        assertThat(second.reveal()).isEqualTo("one");
        assertThat(kept.secret("a").reveal()).isEqualTo("two");
        assertThat(reads).hasValue(2);
    }

    @Test
    void an_absent_secret_is_looked_for_again_and_a_deleted_one_is_forgotten() {
        assertThat(kept.find("a")).isEmpty();
        place.put("a", "one");
        assertThat(kept.find("a")).isPresent();
        place.clear();
        assertThat(kept.refresh("a")).isEmpty();
        assertThat(kept.find("a")).isEmpty();
    }

    @Test
    void an_outage_is_bridged_for_as_long_again_and_other_errors_are_not() {
        place.put("a", "one");
        kept.secret("a");
        failure = KeywharfException.retryable("secret.unavailable", "a", "away");
        now = now.plus(TTL).plusSeconds(1);
        assertThat(kept.secret("a").reveal()).isEqualTo("one");
        assertThatThrownBy(() -> kept.refresh("a")).isSameAs(failure);
        now = now.plus(TTL);
        assertThatThrownBy(() -> kept.find("a")).isSameAs(failure);

        now = now.minus(TTL);
        failure = new KeywharfException("secret.denied", "a", "no");
        assertThatThrownBy(() -> kept.find("a")).isSameAs(failure);
    }

    @Test
    void a_clock_that_was_set_back_does_not_keep_a_secret() {
        place.put("a", "one");
        kept.secret("a");
        place.put("a", "two");
        now = now.minus(Duration.ofDays(1));
        assertThat(kept.secret("a").reveal()).isEqualTo("two");
    }

    @Test
    void one_of_many_callers_reads() throws Exception {
        CountDownLatch open = new CountDownLatch(1);
        AtomicInteger slow = new AtomicInteger();
        CachedSecrets shared = new CachedSecrets(
                name -> {
                    slow.incrementAndGet();
                    try {
                        open.await();
                    } catch (InterruptedException e) {
                        throw KeywharfException.interrupted(name, e);
                    }
                    return Optional.of(Secret.of("one"));
                },
                TTL,
                () -> now);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            var answers = IntStream.range(0, 4)
                    .<Future<Secret>>mapToObj(i -> threads.submit(() -> shared.secret("a")))
                    .toList();
            open.countDown();
            for (Future<Secret> answer : answers) {
                assertThat(answer.get().reveal()).isEqualTo("one");
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(slow).hasValue(1);
    }

    @Test
    void more_secrets_than_are_kept_are_read_each_time() {
        for (int i = 0; i < CachedSecrets.MAX_SECRETS; i++) {
            place.put("s" + i, "x");
            kept.secret("s" + i);
        }
        place.put("more", "x");
        reads.set(0);
        kept.secret("more");
        kept.secret("more");
        kept.secret("s0");
        assertThat(reads).hasValue(2);
    }

    @Test
    void secrets_that_cannot_be_read_leave_room_for_those_that_can() {
        failure = new KeywharfException("secret.denied", "", "");
        for (int i = 0; i < CachedSecrets.MAX_SECRETS; i++) {
            String name = "s" + i;
            assertThatThrownBy(() -> kept.find(name)).isSameAs(failure);
        }
        failure = new KeywharfException("none", "", "");
        place.put("more", "x");
        reads.set(0);
        kept.secret("more");
        kept.secret("more");
        assertThat(reads).hasValue(1);
    }

    @Test
    void a_time_to_live_is_positive() {
        assertThatThrownBy(() -> kept.cached(Duration.ZERO, InstantSource.system()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT0S");
    }
}
