package io.github.keywharf.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ChecksTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DAY = Duration.ofDays(1);

    @Test
    void limits_themselves_are_allowed() {
        assertThat(Checks.positive("n", 1)).isEqualTo(1);
        assertThat(Checks.positive("n", Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(Checks.positive("n", Duration.ofNanos(1))).isEqualTo(Duration.ofNanos(1));
        assertThat(Checks.notNegative("n", 0)).isZero();
        assertThat(Checks.notNegative("n", 0L)).isZero();
        assertThat(Checks.notNegative("n", Duration.ZERO)).isZero();
        assertThat(Checks.atLeast("n", 5, 5)).isEqualTo(5);
        assertThat(Checks.atLeast("n", SECOND, SECOND)).isEqualTo(SECOND);
        assertThat(Checks.between("n", 3, 3, 3)).isEqualTo(3);
        assertThat(Checks.between("n", 4L, 3L, 4L)).isEqualTo(4);
        assertThat(Checks.between("n", DAY, SECOND, DAY)).isEqualTo(DAY);
    }

    @Test
    void message_names_the_option_and_the_value() {
        assertRefused(() -> Checks.positive("attempts", 0), "attempts must be positive, but is 0");
        assertRefused(() -> Checks.positive("bytes", -1L), "bytes must be positive, but is -1");
        assertRefused(() -> Checks.positive("timeout", Duration.ZERO), "timeout must be positive, but is PT0S");
        assertRefused(() -> Checks.notNegative("rows", -1), "rows must not be negative, but is -1");
        assertRefused(() -> Checks.notNegative("bytes", -1L), "bytes must not be negative, but is -1");
        assertRefused(() -> Checks.notNegative("grace", SECOND.negated()), "grace must not be negative, but is PT-1S");
        assertRefused(() -> Checks.atLeast("bytes", 15, 16), "bytes must be at least 16, but is 15");
        assertRefused(() -> Checks.atLeast("refresh", SECOND, DAY), "refresh must be at least PT24H, but is PT1S");
        assertRefused(() -> Checks.between("files", 0, 1, 9), "files must be from 1 to 9, but is 0");
        assertRefused(() -> Checks.between("files", 10L, 1L, 9L), "files must be from 1 to 9, but is 10");
        assertRefused(
                () -> Checks.between("every", DAY.plusNanos(1), SECOND, DAY),
                "every must be from PT1S to PT24H, but is PT24H0.000000001S");
        assertRefused(
                () -> Checks.between("every", Duration.ZERO, SECOND, DAY),
                "every must be from PT1S to PT24H, but is PT0S");
    }

    private static void assertRefused(ThrowingCallable check, String message) {
        assertThatIllegalArgumentException().isThrownBy(check).withMessage(message);
    }
}
