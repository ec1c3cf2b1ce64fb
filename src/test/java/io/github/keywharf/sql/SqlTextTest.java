package io.github.keywharf.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTextTest {

    @Test
    void quoted_name_stays_one_name_whatever_it_holds() {
        assertThat(Identifiers.quote("sales_order")).isEqualTo("\"sales_order\"");
        assertThat(Identifiers.quote("a\"; DROP TABLE x; --")).isEqualTo("\"a\"\"; DROP TABLE x; --\"");
        assertThatThrownBy(() -> Identifiers.quote("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Identifiers.quote("a\0b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void plain_name_passes_the_check() {
        assertThat(Identifiers.check("Sales_order2")).isEqualTo("Sales_order2");
        assertThat(Identifiers.check("a".repeat(63))).hasSize(63);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2nd", "a b", "a;b", "é", "a\"b", "sales_order; DROP TABLE x"})
    void other_names_fail_the_check(String name) {
        assertThatThrownBy(() -> Identifiers.check(name))
                .isInstanceOf(KeywharfException.class)
                .hasMessageStartingWith("[" + name + "]");
    }

    @Test
    void time_is_written_with_three_digits_even_on_the_second() {
        assertThat(SqlTime.format(LocalDateTime.of(2024, 5, 20, 12, 10, 3))).isEqualTo("2024-05-20 12:10:03.000");
        assertThat(SqlTime.format(LocalDateTime.of(2024, 5, 20, 12, 10, 3, 998_999_999)))
                .isEqualTo("2024-05-20 12:10:03.998");
    }

    @ParameterizedTest
    @CsvSource({
        "2024-05-20, 2024-05-20T00:00",
        "2024-05-20 12:10:03, 2024-05-20T12:10:03",
        "2024-05-20 12:10:03.998, 2024-05-20T12:10:03.998",
        "2024-05-20 12:10:03.998128, 2024-05-20T12:10:03.998128"
    })
    void each_accepted_form_of_a_time_is_read(String text, LocalDateTime expected) {
        assertThat(SqlTime.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "20-05-2024",
                "2024-02-30",
                "2023-02-29 00:00:00",
                "2024-05-20T12:10:03",
                "2024-05-20 12:10",
                "2024-05-20 12:10:03.9",
                "2024-05-20 12:10:03.99812",
                "2024-05-20 25:00:00",
                "2024-05-20' OR '1'='1"
            })
    void any_other_time_is_refused_with_the_forms_that_are_accepted(String text) {
        assertThatThrownBy(() -> NewEntryQuery.of("staff", text, "2024-05-21"))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("yyyy-MM-dd HH:mm:ss.SSSSSS")
                .extracting(e -> ((KeywharfException) e).code())
                .isEqualTo("sql.bad_time");
    }

    @Test
    void query_for_new_entries_includes_its_start_and_excludes_its_end() {
        NewEntryQuery query = NewEntryQuery.of("sales\"order", "2024-05-20", "2024-05-21 00:00:00.000001");
        assertThat(query.sql())
                .isEqualTo("SELECT * FROM \"sales\"\"order\" WHERE last_updated >= '2024-05-20 00:00:00.000000'"
                        + " AND last_updated < '2024-05-21 00:00:00.000001'");
        assertThat(query).hasToString(query.sql());
        assertThatThrownBy(() -> NewEntryQuery.of("staff", "2024-05-21", "2024-05-20"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
