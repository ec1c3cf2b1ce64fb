package io.github.keywharf.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.LongVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilesAheadTest {
    private static final Schema SCHEMA = Schema.of(Column.required("n", ColumnType.INT64));

    private final List<String> calls = new ArrayList<>();

    /** A file of one row. */
    private Rows file(long number) {
        calls.add("open " + number);
        LongVector.Builder builder = (LongVector.Builder) ColumnVector.builder(ColumnType.INT64, 1);
        builder.append(number);
        Rows rows = Rows.of(SCHEMA, List.of(ColumnBatch.of(SCHEMA, List.of(builder.build()))));
        return new Rows() {
            @Override
            public Schema schema() {
                return SCHEMA;
            }

            @Override
            public ColumnBatch next() {
                return rows.next();
            }

            @Override
            public void close() {
                calls.add("close " + number);
                rows.close();
            }
        };
    }

    private FilesAhead.Source source(long number, boolean early) {
        return new FilesAhead.Source(() -> file(number), early);
    }

    @Test
    void one_file_is_open_beside_the_one_that_is_read() {
        try (Rows rows = FilesAhead.rows(SCHEMA, List.of(source(1, true), source(2, true), source(3, true)))) {
            assertThat(rows.toTable().size()).isEqualTo(3);
        }
        assertThat(calls).containsExactly("open 1", "open 2", "close 1", "open 3", "close 2", "close 3");
    }

    @Test
    void a_file_that_cannot_wait_is_opened_when_it_is_read() {
        try (Rows rows = FilesAhead.rows(SCHEMA, List.of(source(1, true), source(2, false)))) {
            assertThat(rows.toTable().size()).isEqualTo(2);
        }
        assertThat(calls).containsExactly("open 1", "close 1", "open 2", "close 2");
    }

    @Test
    void closing_early_closes_both() {
        Rows rows = FilesAhead.rows(SCHEMA, List.of(source(1, true), source(2, true), source(3, true)));
        assertThat(rows.next()).isNotNull();
        rows.close();
        rows.close();
        assertThat(calls).containsExactlyInAnyOrder("open 1", "open 2", "close 1", "close 2");
    }

    @Test
    void a_file_that_cannot_be_opened_fails_after_the_rows_before_it() {
        FilesAhead.Source replaced = new FilesAhead.Source(
                () -> {
                    throw KeywharfException.retryable("store.replaced", "file", "another version");
                },
                true);
        try (Rows rows = FilesAhead.rows(SCHEMA, List.of(source(1, true), replaced))) {
            assertThat(rows.next()).isNotNull();
            assertThatThrownBy(rows::next)
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.replaced"));
        }
        assertThat(calls).containsExactly("open 1", "close 1");
    }
}
