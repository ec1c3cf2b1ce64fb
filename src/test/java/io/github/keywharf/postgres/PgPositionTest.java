package io.github.keywharf.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.sql.SnapshotPosition;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PgPositionTest {

    private static final long WRAP = 1L << 32;

    @Test
    void positions_too_far_apart_or_in_the_wrong_order_are_not_compared() {
        PgPosition now = new PgPosition(100 + WRAP, 100 + WRAP);
        assertThat(now.comparableTo(new PgPosition(100, 100))).isFalse();
        assertThat(now.comparableTo(new PgPosition(101 + WRAP, 101 + WRAP))).isFalse();
        assertThat(now.comparableTo(now)).isTrue();
        assertThat(now.condition(now)).isEqualTo("age(xmin) <= (SELECT age('100'::xid)) AND age(xmin) >= 0");
    }

    @Test
    void snapshot_is_read_with_and_without_running_transactions() {
        assertThat(of("10:20:10,14")).isEqualTo(new PgPosition(10, 20));
        assertThat(of("8589934592:8589934592:")).isEqualTo(new PgPosition(2 * WRAP, 2 * WRAP));
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
