package io.github.keywharf.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** Rows that are made of others, or of a function. */
class RowsTest {

    private static final Schema SCHEMA = Schema.of(Column.required("n", ColumnType.INT64));

    private final List<String> seen = new ArrayList<>();

    private static ColumnBatch batch(long... values) {
        ColumnVector.Builder builder = ColumnVector.builder(ColumnType.INT64, values.length);
        for (long value : values) {
            builder.appendValue(value);
        }
        return ColumnBatch.of(SCHEMA, List.of(builder.build()));
    }

    /** Two batches, from a source that says when it is closed. */
    private Rows source() {
        return Rows.of(SCHEMA, List.of(batch(1, 2), batch(3))).onClose(() -> seen.add("source closed"));
    }

    private static List<Object> values(Rows rows) {
        return rows.stream().map(row -> row.value(0)).toList();
    }

    @Test
    void peek_sees_each_batch_once_before_it_is_returned() {
        try (Rows rows = source().peek(batch -> seen.add("saw " + batch.size()))) {
            assertThat(seen).isEmpty();
            assertThat(rows.next()).isNotNull();
            assertThat(seen).containsExactly("saw 2");
            assertThat(rows.next()).isNotNull();
            assertThat(rows.next()).isNull();
            assertThat(rows.next()).isNull();
        }

        assertThat(seen).containsExactly("saw 2", "saw 1", "source closed");
    }

    @Test
    void an_action_that_fails_ends_the_reading_and_leaves_the_rows_to_be_closed() {
        Rows rows = source().peek(batch -> {
            throw new IllegalStateException("full");
        });

        assertThatThrownBy(rows::next).hasMessage("full");
        assertThat(seen).isEmpty();
        rows.close();
        assertThat(seen).containsExactly("source closed");
    }

    @Test
    void map_gives_other_batches_and_leaves_out_those_without_rows() {
        Schema other = Schema.of(Column.required("m", ColumnType.INT64));
        Rows rows = source().map(
                        other,
                        batch -> batch.size() == 1
                                ? batch.withColumns(other, List.of(batch.column(0)))
                                : ColumnBatch.build(other, ColumnBatch.builders(other, 1)));

        assertThat(rows.schema()).isEqualTo(other);
        assertThat(values(rows)).containsExactly(3L);
        assertThat(seen).containsExactly("source closed");
    }

    @Test
    void actions_run_after_what_they_follow_is_closed_and_once() {
        Rows rows = source().onClose(() -> seen.add("first")).onClose(() -> seen.add("second"));

        rows.close();
        rows.close();

        assertThat(seen).containsExactly("source closed", "first", "second");
    }

    @Test
    void actions_run_although_closing_fails_and_the_first_failure_is_thrown() {
        Rows rows = source().onClose(() -> {
                    throw new IllegalStateException("disk");
                })
                .onClose(() -> {
                    seen.add("after");
                    throw new IllegalArgumentException("folder");
                });

        assertThatThrownBy(rows::close)
                .hasMessage("disk")
                .satisfies(e -> assertThat(e.getSuppressed())
                        .singleElement()
                        .satisfies(suppressed -> assertThat(suppressed).hasMessage("folder")));
        assertThat(seen).containsExactly("source closed", "after");
        rows.close();
    }

    @Test
    void rows_that_were_closed_are_not_read_again() {
        for (Rows rows : List.of(
                source(),
                source().peek(batch -> {}),
                source().map(SCHEMA, batch -> batch),
                source().onClose(() -> {}),
                Rows.generate(SCHEMA, () -> batch(1)))) {
            rows.close();
            assertThatThrownBy(rows::next).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void rows_read_to_their_end_by_a_stream_are_closed() {
        assertThat(values(source().peek(batch -> {}))).containsExactly(1L, 2L, 3L);
        assertThat(seen).containsExactly("source closed");
    }

    @Test
    void a_function_gives_batches_until_it_returns_null() {
        Queue<ColumnBatch> batches = new ArrayDeque<>(List.of(batch(), batch(1), batch(), batch(2)));

        assertThat(values(Rows.generate(SCHEMA, batches::poll))).containsExactly(1L, 2L);
        assertThat(Rows.generate(SCHEMA, batches::poll)).hasToString("Rows[" + SCHEMA + "]");
    }
}
