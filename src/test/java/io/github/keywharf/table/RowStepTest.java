package io.github.keywharf.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RowStepTest {

    record Person(long id, @Nullable String name, @Nullable Integer age) {}

    private static Rows people() {
        return Rows.ofRecords(
                Person.class,
                List.of(
                        new Person(1, " Ada ", 36),
                        new Person(2, "   ", null),
                        new Person(3, "Grace", 85),
                        new Person(1, "Ada again", 37)));
    }

    private final List<String> rejected = new ArrayList<>();

    private List<Map<String, @Nullable Object>> after(RowStep step) {
        return people().through(step, row -> rejected.add(row.toString())).stream()
                .map(Row::toMap)
                .toList();
    }

    private static List<@Nullable Object> column(Rows rows, String name) {
        return rows.stream().<@Nullable Object>map(row -> row.value(name)).toList();
    }

    @Test
    void columns_are_selected_and_renamed() {
        Rows rows = people().select("age", "id").rename("age", "years");

        assertThat(rows.schema().names()).containsExactly("years", "id");
        assertThat(rows.stream().findFirst().orElseThrow().toMap()).isEqualTo(Map.of("years", 36, "id", 1L));
    }

    @Test
    void a_filter_keeps_rows_for_which_the_condition_is_true() {
        assertThat(column(people().filter(Condition.gt("age", 36)), "id")).containsExactly(3L, 1L);
        assertThat(column(people().filter(Condition.not(Condition.gt("age", 36))), "id"))
                .containsExactly(1L);
    }

    @Test
    void text_that_is_compared_with_a_number_is_refused_with_the_way_out() {
        assertThatThrownBy(() -> people().filter(Condition.gt("name", 30)))
                .hasMessage("Column 'name string' cannot be compared with 30 (java.lang.Integer);"
                        + " give the reader a schema, or retype the column");
    }

    @Test
    void a_limit_reads_no_further_than_it_must() {
        AtomicInteger read = new AtomicInteger();
        Rows endless = new Rows() {
            @Override
            public Schema schema() {
                return Schema.of(Column.required("n", ColumnType.INT32));
            }

            @Override
            public ColumnBatch next() {
                read.incrementAndGet();
                List<ColumnVector.Builder> builders = ColumnBatch.builders(schema(), 2);
                builders.get(0).appendValue(1);
                builders.get(0).appendValue(2);
                return ColumnBatch.build(schema(), builders);
            }

            @Override
            public void close() {}
        };

        assertThat(column(endless.limit(3), "n")).containsExactly(1, 2, 1);
        assertThat(read).hasValue(2);
        assertThat(column(people().limit(0), "id")).isEmpty();
    }

    @Test
    void text_is_trimmed_and_what_is_then_empty_is_absent() {
        assertThat(after(RowStep.trim(List.of("name"))))
                .extracting(row -> row.get("name"))
                .containsExactly("Ada", null, "Grace", "Ada again");
    }

    @Test
    void absent_values_take_the_default_and_the_column_then_has_a_value_in_every_row() {
        RowStep step = RowStep.defaultTo("age", 0);

        assertThat(after(step)).extracting(row -> row.get("age")).containsExactly(36, 0, 85, 37);
        assertThat(people().through(step).schema().column(2).nullable()).isFalse();
    }

    @Test
    void a_default_of_another_type_is_refused_before_any_row_is_read() {
        assertThatThrownBy(() -> people().through(RowStep.defaultTo("age", "none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("int32");
    }

    @Test
    void a_derived_column_is_made_from_the_row_and_what_cannot_be_made_is_rejected() {
        RowStep step = RowStep.derive(Column.required("half", ColumnType.INT32), row -> {
            Integer age = row.value("age", Integer.class);
            if (age != null && age % 2 != 0) {
                throw new IllegalArgumentException(age + " is odd");
            }
            return age == null ? null : age / 2;
        });

        assertThat(after(step)).extracting(row -> row.get("half")).containsExactly(18);
        assertThat(rejected)
                .containsExactly(
                        "[row:2] half: has no value, but one is required",
                        "[row:3] half: cannot be computed: 85 is odd",
                        "[row:4] half: cannot be computed: 37 is odd");
    }

    @Test
    void rows_that_are_rejected_after_a_filter_keep_their_numbers() {
        after(RowStep.filter(Condition.ge("id", 2)).then(RowStep.require(List.of("age"))));

        assertThat(rejected).containsExactly("[row:2] age: has no value, but one is required");
    }

    @Test
    void the_first_row_of_a_key_stays() {
        assertThat(after(RowStep.distinct(List.of("id"))))
                .extracting(row -> row.get("name"))
                .containsExactly(" Ada ", "   ", "Grace");
    }

    @Test
    void a_step_can_be_used_for_several_reads() {
        RowStep step = RowStep.limit(1).then(RowStep.distinct(List.of("id")));

        assertThat(after(step)).hasSize(1);
        assertThat(after(step)).hasSize(1);
    }

    @Test
    void without_a_listener_a_rejected_row_ends_the_reading() {
        Rows rows = people().through(RowStep.require(List.of("age")));

        assertThatThrownBy(rows::toTable)
                .isInstanceOf(KeywharfException.class)
                .hasMessageStartingWith("[row:2] age: has no value, but one is required");
    }

    @Test
    void a_column_that_is_not_there_is_named_before_any_row_is_read() {
        assertThatThrownBy(() -> people().select("agee")).hasMessageContaining("agee");
        assertThatThrownBy(() -> people().rename("agee", "x")).hasMessageContaining("agee");
        assertThatThrownBy(() -> people().filter(Condition.eq("agee", 1))).hasMessageContaining("agee");
    }

    private static Rows counting(AtomicInteger closed) {
        Rows source = people();
        return new Rows() {
            @Override
            public Schema schema() {
                return source.schema();
            }

            @Override
            public @Nullable ColumnBatch next() {
                return source.next();
            }

            @Override
            public void close() {
                closed.incrementAndGet();
            }
        };
    }

    @Test
    void the_end_of_the_rows_and_closing_close_the_source() {
        AtomicInteger closed = new AtomicInteger();

        Rows limited = counting(closed).select("id").limit(1);
        limited.next();
        assertThat(limited.next()).isNull();
        assertThat(closed).hasPositiveValue();

        closed.set(0);
        counting(closed).select("id").close();
        assertThat(closed).hasPositiveValue();
    }

    @Test
    void a_step_that_does_not_fit_closes_the_source() {
        AtomicInteger closed = new AtomicInteger();

        assertThatThrownBy(() -> counting(closed).select("agee")).isInstanceOf(IllegalArgumentException.class);

        assertThat(closed).hasValue(1);
    }

    @Test
    void no_columns_no_default_and_text_that_cannot_be_are_refused() {
        assertThatThrownBy(() -> RowStep.select(List.of())).hasMessageContaining("at least one column");
        assertThatThrownBy(() -> RowStep.defaultTo("age", nothing())).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> people().filter(Condition.eq("name", "\ud800")))
                .isInstanceOf(IllegalArgumentException.class);
        after(RowStep.derive(Column.nullable("half", ColumnType.STRING), row -> "\ud83d"));
        assertThat(rejected).hasSize(4).allMatch(text -> text.contains("half: cannot be computed"));
    }

    @SuppressWarnings("NullAway") // what a caller without its checks may do
    private static Object nothing() {
        return null;
    }

    @Test
    void sources_come_one_after_the_other_whatever_the_order_of_their_columns() {
        Schema schema = people().select("name", "id").schema();
        List<Supplier<Rows>> sources =
                List.of(RowStepTest::people, () -> people().select("id", "name"), () -> Rows.empty(schema));

        assertThat(Rows.concat(schema, sources).toTable().size()).isEqualTo(8);
    }

    @Test
    void a_source_that_lacks_a_column_is_named() {
        Rows rows = Rows.concat(people().schema(), List.<Supplier<Rows>>of(() -> people().select("id")));

        assertThatThrownBy(rows::next)
                .isInstanceOf(KeywharfException.class)
                .hasMessageStartingWith("[source 1] Its columns are")
                .hasMessageContaining("name");
        assertThatThrownBy(rows::next).isInstanceOf(IllegalStateException.class);
    }
}
