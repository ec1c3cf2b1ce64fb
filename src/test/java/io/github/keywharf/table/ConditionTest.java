package io.github.keywharf.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.CharBuffer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {

    /** Amounts 49.98, 49.99, 50.00 and an absent one, in decimals of that many digits. */
    private static Rows amounts(int precision) {
        Schema schema = Schema.of(Column.nullable("amount", ColumnType.decimal(precision, 2)));
        List<List<@Nullable Object>> rows = Stream.of("49.98", "49.99", "50.00")
                .map(text -> List.<@Nullable Object>of(new BigDecimal(text)))
                .toList();
        ColumnVector.Builder builder = ColumnVector.builder(schema.column(0).type(), 4);
        rows.forEach(row -> builder.appendValue(row.get(0)));
        builder.appendNull();
        return Rows.of(schema, List.of(ColumnBatch.of(schema, List.of(builder.build()))));
    }

    private static List<String> fitting(int precision, Condition condition) {
        return amounts(precision).filter(condition).stream()
                .map(row -> row.string("amount"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 38})
    void doubles_floats_and_text_compare_with_decimals_by_their_decimal_text(int precision) {
        for (Object price : List.of(49.99, 49.99f, "49.99", CharBuffer.wrap("49.990"), "4999e-2")) {
            assertThat(fitting(precision, Condition.eq("amount", price))).containsExactly("49.99");
            assertThat(fitting(precision, Condition.gt("amount", price))).containsExactly("50.00");
            assertThat(fitting(precision, Condition.ge("amount", price))).containsExactly("49.99", "50.00");
            assertThat(fitting(precision, Condition.lt("amount", price))).containsExactly("49.98");
            assertThat(fitting(precision, Condition.le("amount", price))).containsExactly("49.98", "49.99");
        }
        assertThat(fitting(precision, Condition.in("amount", List.of(49.98, "50", 7))))
                .containsExactly("49.98", "50.00");
        assertThat(fitting(precision, Condition.and(Condition.ge("amount", 49.985), Condition.lt("amount", "50"))))
                .containsExactly("49.99");
        assertThat(fitting(precision, Condition.not(Condition.eq("amount", 49.99))))
                .containsExactly("49.98", "50.00");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 38})
    void numbers_far_outside_of_a_decimals_range_compare_without_their_digits(int precision) {
        assertThat(fitting(precision, Condition.lt("amount", "1e2000000000"))).hasSize(3);
        assertThat(fitting(precision, Condition.gt("amount", "-1e2000000000"))).hasSize(3);
        assertThat(fitting(precision, Condition.gt("amount", "1e-2000000000"))).hasSize(3);
        assertThat(fitting(precision, Condition.gt("amount", "-1e-2000000000"))).hasSize(3);
        assertThat(fitting(precision, Condition.gt("amount", "0e2000000000"))).hasSize(3);
        assertThat(fitting(precision, Condition.gt("amount", "0e-2000000000"))).hasSize(3);
        assertThat(fitting(precision, Condition.eq("amount", Double.MAX_VALUE))).isEmpty();
        assertThat(fitting(precision, Condition.eq("amount", Double.MIN_VALUE))).isEmpty();
    }

    @Test
    void a_number_smaller_than_the_last_digit_lies_beside_zero() {
        Schema schema = Schema.of(Column.required("amount", ColumnType.decimal(10, 2)));
        ColumnBatch zero =
                ColumnBatch.of(schema, List.of(LongVector.of(schema.column(0).type(), new long[] {0}, 1, null)));

        assertThat(Condition.gt("amount", "-0.00001").bind(schema).rest(zero).size())
                .isEqualTo(1);
        assertThat(Condition.ge("amount", "0.00001").bind(schema).rest(zero).size())
                .isZero();
        assertThat(Condition.eq("amount", -0.0).bind(schema).rest(zero).size()).isEqualTo(1);
    }

    @Test
    void groups_are_ruled_out_by_the_decimal_text_of_a_double() {
        Schema schema = Schema.of(Column.required("amount", ColumnType.decimal(10, 2)));
        ColumnStats upTo4999 = new ColumnStats(9, 0, Optional.of(new ColumnStats.Bounds(1L, 4999L)));

        assertThat(Condition.ge("amount", 49.99).bind(schema).mayBeTrue(column -> upTo4999))
                .isTrue();
        assertThat(Condition.gt("amount", 49.99).bind(schema).mayBeTrue(column -> upTo4999))
                .isFalse();
        assertThat(Condition.eq("amount", "49.991").bind(schema).mayBeTrue(column -> upTo4999))
                .isFalse();
        assertThat(Condition.not(Condition.le("amount", "49.99")).bind(schema).mayBeTrue(column -> upTo4999))
                .isFalse();
    }

    @Test
    void a_value_that_shows_no_number_is_refused_with_the_way_out() {
        for (Object value : List.of("49,99", "", Double.NaN, Double.NEGATIVE_INFINITY, true)) {
            assertThatThrownBy(() -> amounts(10).filter(Condition.gt("amount", value)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Column 'amount decimal(10,2)' cannot be compared with " + value + " ("
                            + value.getClass().getName()
                            + "); give a number, or text that is one, such as 49.99");
        }
    }

    @Test
    void a_list_without_values_fits_no_row_but_needs_its_column() {
        assertThat(fitting(10, Condition.in("amount", List.of()))).isEmpty();
        assertThat(Condition.in("amount", List.of()).columns()).containsExactly("amount");
        assertThatThrownBy(() -> amounts(10).filter(Condition.in("price", List.of())))
                .hasMessageContaining("no column 'price'");
    }

    @Test
    void a_condition_shows_itself_in_the_manner_of_sql() {
        Condition condition = Condition.or(
                Condition.and(Condition.ge("a", 1), Condition.notNull("b")), Condition.in("c", List.of("x", "y")));

        assertThat(condition).hasToString("((a >= 1 AND NOT b IS NULL) OR (c = x OR c = y))");
        assertThat(condition.columns()).containsExactly("a", "b", "c");
    }
}
