package io.github.keywharf.postgres.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.sql.SnapshotPosition;
import java.time.LocalDateTime;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PgPositionTest {

    private static final long WRAP = 1L << 32;

    @Test
    void positions_too_far_apart_or_in_the_wrong_order_are_not_compared() {
        PgPosition now = new PgPosition(100 + WRAP, 100 + WRAP, Set.of());
        assertThat(now.comparableTo(new PgPosition(100, 100, Set.of()))).isFalse();
        assertThat(now.comparableTo(new PgPosition(101 + WRAP, 101 + WRAP, Set.of())))
                .isFalse();
        assertThat(now.comparableTo(now)).isTrue();
        assertThat(now.condition(now)).isEqualTo("age(xmin) <= (SELECT age('100'::xid)) AND age(xmin) >= 0");
    }

    @Test
    void snapshot_is_read_with_and_without_running_transactions() {
        assertThat(of("10:20:10,14")).isEqualTo(new PgPosition(10, 20, Set.of(10L, 14L)));
        assertThat(of("8589934592:8589934592:")).isEqualTo(new PgPosition(2 * WRAP, 2 * WRAP, Set.of()));
    }

    /** The log has the lower 32 bits of a transaction's number. */
    @Test
    void a_transaction_is_seen_unless_it_was_running_or_came_later() {
        PgPosition now = of((WRAP + 5) + ":" + (WRAP + 9) + ":" + (WRAP + 5) + "," + (WRAP + 7));
        for (long number : new long[] {4, 6, 8, WRAP - 1, WRAP - 1_000}) {
            assertThat(now.sees(number)).as("%d", number).isTrue();
        }
        for (long number : new long[] {5, 7, 9, 1_000}) {
            assertThat(now.sees(number)).as("%d", number).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10", "10:20", "x:20:", "10:20:); DROP TABLE x"})
    void other_text_is_not_a_snapshot(String text) {
        assertThatThrownBy(() -> of(text))
                .isInstanceOf(KeywharfException.class)
                .extracting(e -> ((KeywharfException) e).code())
                .isEqualTo("postgres.bad_position");
    }

    private static PgPosition of(String snapshot) {
        return PgPosition.of(new SnapshotPosition("s", snapshot, LocalDateTime.MIN));
    }
}
