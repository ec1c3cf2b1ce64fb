package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Micros;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** A load waits for its timestamps for a short time only. */
class BulkClockTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private static BulkClock ahead(Duration by, boolean counts) {
        long base = Micros.of(NOW.plus(by));
        return new BulkClock(row -> base + row, InstantSource.fixed(NOW), counts);
    }

    @Test
    void a_checkpoint_of_a_clock_an_hour_ahead_is_refused() {
        assertThatThrownBy(() -> ahead(Duration.ofHours(1), true).requireNear(7_000_000, "shop.orders"))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("cassandra.clock_behind"))
                .hasMessageStartingWith("[shop.orders] ")
                // The hour and the seven seconds of the rows that are done, less what passed since.
                .hasMessageMatching(".* are 360[0-6] seconds ahead of this host's clock.*");
    }

    @Test
    void clocks_that_differ_by_seconds_are_waited_for() {
        BulkClock clock = ahead(Duration.ofSeconds(29), true);
        assertThatCode(() -> clock.requireNear(0, "shop.orders")).doesNotThrowAnyException();
        assertThat(clock.ahead(0)).isPositive();
    }

    @Test
    void timestamps_that_the_caller_or_the_server_gives_may_be_far_ahead() {
        BulkClock clock = ahead(Duration.ofHours(1), false);
        assertThatCode(() -> clock.requireNear(0, "shop.orders")).doesNotThrowAnyException();
        assertThat(clock.ahead(0)).isZero();
    }
}
