package io.github.keywharf.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeletionLimitTest {

    @ParameterizedTest
    @CsvSource({
        "0.5, 10, 5",
        "0.5, 11, 5",
        "0, 100, 4",
        "0, 4, 4",
        "0.1, 50, 5",
        "0.29, 100, 29",
        "0.57, 100, 57",
        "1, 7, 7",
        "0.07, 100, 7",
        "0.07, 300, 21",
        "0.29, 10000000000, 2900000000"
    })
    void the_limit_itself_is_allowed_and_one_more_is_not(double share, long known, long most) {
        DeletionLimit limit = new DeletionLimit(share);
        assertThat(limit.allows(most - 1, known)).isTrue();
        assertThat(limit.allows(most, known)).isTrue();
        if (most < known) {
            assertThat(limit.allows(most + 1, known)).isFalse();
        }
    }
}
