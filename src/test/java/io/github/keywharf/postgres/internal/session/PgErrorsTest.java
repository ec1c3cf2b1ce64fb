package io.github.keywharf.postgres.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.docs.ErrorsPage;
import java.io.IOException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PgErrorsTest {

    @Test
    void a_full_table_of_locks_names_its_setting() {
        assertThat(PgErrors.of("it", "It cannot be read", new SQLException("out of shared memory", "53200")))
                .hasMessageContaining("max_locks_per_transaction");
    }

    @ParameterizedTest
    @ValueSource(strings = {"26000", "42P05"})
    void a_statement_prepared_by_another_session_points_at_the_drivers_setting(String state) {
        assertThat(PgErrors.of("it", "It cannot be read", new SQLException("no", state)))
                .hasMessageContaining("prepareThreshold");
    }

    @ParameterizedTest
    @CsvSource({
        "42501, not_permitted",
        "40001, conflict",
        "40P01, conflict",
        "55P03, locked",
        "57014, cancelled",
        "25006, read_only",
        "42P01, no_table",
        "57P01, connection_lost",
        "08006, connection_lost",
        "22001, bad_value",
        "23505, constraint",
        "42601, bad_statement",
        "53100, out_of_resources",
        "XX000, failed"
    })
    void a_state_has_its_code_and_may_be_tried_again_if_the_page_of_errors_says_so(String state, String code)
            throws IOException {
        KeywharfException e = PgErrors.of("it", "It cannot be read", new SQLException("no", state));

        assertThat(e.code()).isEqualTo("postgres." + code);
        assertThat(e.retryable()).isEqualTo(ErrorsPage.retryable().get(e.code()));
    }
}
