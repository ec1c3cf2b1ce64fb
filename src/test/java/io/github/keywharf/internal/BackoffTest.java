package io.github.keywharf.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackoffTest {

    @Test
    void pauses_double_up_to_the_longest() {
        Backoff backoff = Backoff.doubling(Duration.ofMillis(100), Duration.ofSeconds(1));

        assertThat(IntStream.rangeClosed(1, 6).mapToObj(backoff::pause))
                .extracting(Duration::toMillis)
                .containsExactly(100L, 200L, 400L, 800L, 1000L, 1000L);
    }

    @Test
    void pause_after_very_many_attempts_is_the_longest() {
        Backoff backoff = Backoff.doubling(Duration.ofNanos(1), Duration.ofDays(1));

        assertThat(backoff.pause(Integer.MAX_VALUE)).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void pauses_grow_by_the_factor() {
        Backoff backoff = new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(30), 1.5, 0);

        assertThat(List.of(backoff.pause(1), backoff.pause(2), backoff.pause(3)))
                .containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(3), Duration.ofMillis(4500));
    }

    @Test
    void random_part_shortens_a_pause_by_its_share_at_most() {
        Backoff backoff = Backoff.doubling(Duration.ofSeconds(1), Duration.ofSeconds(4), 0.25);
        RandomGenerator random = new Random(7);

        List<Duration> third =
                IntStream.range(0, 1000).mapToObj(i -> backoff.pause(3, random)).toList();
        assertThat(third).allMatch(pause -> pause.toMillis() >= 3000 && pause.toMillis() <= 4000);
        assertThat(third).anyMatch(pause -> pause.toMillis() < 3050).anyMatch(pause -> pause.toMillis() > 3950);
    }

    @Test
    void what_makes_no_sense_is_refused() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backoff.doubling(Duration.ZERO, second))
                .withMessage("first must be positive, but is PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backoff.doubling(second, Duration.ofMillis(1)))
                .withMessage("longest must be at least PT1S, but is PT0.001S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Backoff(second, second, 0.5, 0))
                .withMessage("factor must be at least 1, but is 0.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Backoff(second, second, 2, 1.5))
                .withMessage("jitter must be from 0 to 1, but is 1.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Backoff.doubling(second, second).pause(0))
                .withMessage("attempt must be positive, but is 0");
    }
}
