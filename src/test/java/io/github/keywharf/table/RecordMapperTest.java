package io.github.keywharf.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.testing.Batches;
import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Columns and records find each other by name, exactly or without doubt. */
class RecordMapperTest {

    record User(int userId) {}

    record Amount(BigDecimal amount) {}

    record Named(String name) {}

    private static List<User> users(String... columns) {
        Schema schema = Schema.of(List.of(columns).stream()
                .map(name -> Column.required(name, ColumnType.INT32))
                .toList());
        List<Object> values = List.of((Object[]) new Integer[] {1, 2}).subList(0, columns.length);
        return Rows.of(schema, List.of(Batches.build(schema, List.of(values))))
                .records(User.class)
                .toList();
    }

    @Test
    void a_component_takes_the_column_of_its_name_in_snake_case_before_one_that_is_alike() {
        assertThat(users("userid", "user_id")).containsExactly(new User(2));
    }

    @Test
    void a_component_takes_the_column_of_exactly_its_name_before_all_others() {
        assertThat(users("user_id", "userId")).containsExactly(new User(2));
    }

    @Test
    void a_component_takes_the_only_column_that_is_alike() {
        assertThat(users("USERID")).containsExactly(new User(1));
    }

    @Test
    void a_component_that_could_be_either_column_is_refused() {
        assertThatThrownBy(() -> users("userid", "USER_ID"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("[userid, USER_ID]");
    }

    @Test
    void a_number_with_more_digits_than_its_column_is_an_error_with_a_code() {
        try (Rows rows = Rows.ofRecords(Amount.class, List.of(new Amount(new BigDecimal("1.00000000001"))))) {
            assertThatThrownBy(rows::next)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("table.bad_value"))
                    .hasMessageContaining("Amount.amount")
                    .hasMessageContaining("1.00000000001");
        }
    }

    @Test
    void half_of_a_surrogate_pair_in_a_record_is_an_error_with_a_code() {
        try (Rows rows = Rows.ofRecords(Named.class, List.of(new Named("a\ud800b")))) {
            assertThatThrownBy(rows::next)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("table.bad_value"))
                    .hasMessageContaining("Named.name");
        }
    }
}
