package io.github.keywharf.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What every {@link RowSink} promises. Extend it, give an empty sink for rows of {@link #SCHEMA}, and a way to read back
 * what it wrote.
 */
public abstract class RowSinkContract {

    /** The rows of the contract. */
    protected static final Schema SCHEMA =
            Schema.of(Column.required("id", ColumnType.INT32), Column.nullable("name", ColumnType.STRING));

    /** For implementations. */
    protected RowSinkContract() {}

    /** The sink under test. */
    protected abstract RowSink sink();

    /** What is in the destination now, ordered by id; empty when there is nothing at all. */
    protected abstract List<Row> written();

    private static ColumnBatch batch(int from, int to) {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(SCHEMA, to - from);
        for (int id = from; id < to; id++) {
            builders.get(0).appendValue(id);
            builders.get(1).appendValue(id % 3 == 0 ? null : "name, \"" + id + "\"\n");
        }
        return ColumnBatch.build(SCHEMA, builders);
    }

    /** Rows that remember whether they were closed, and may fail after the last batch. */
    private static final class Watched implements Rows {

        private final List<ColumnBatch> batches;
        private final boolean fails;
        private int next;
        private int closed;

        Watched(boolean fails, ColumnBatch... batches) {
            this.fails = fails;
            this.batches = List.of(batches);
        }

        @Override
        public Schema schema() {
            return SCHEMA;
        }

        @Override
        public @Nullable ColumnBatch next() {
            if (next < batches.size()) {
                return batches.get(next++);
            }
            if (fails) {
                throw new IllegalStateException("the source broke");
            }
            return null;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    @Test
    void every_row_is_there_and_counted_and_the_rows_are_closed() {
        Watched rows = new Watched(false, batch(1, 1_001), batch(1_001, 1_500));
        WriteReport report = sink().write(rows);

        assertThat(rows.closed).isPositive();
        assertThat(report.read()).isEqualTo(1_499);
        assertThat(report.written()).isEqualTo(1_499);
        assertThat(report.rejected()).isZero();
        List<Row> written = written();
        assertThat(written).hasSize(1_499);
        assertThat(written.get(1).string("name")).isEqualTo("name, \"2\"\n");
        assertThat(written.get(2).value("name")).isNull();
    }

    @Test
    void no_rows_are_not_an_error() {
        WriteReport report = sink().write(Rows.empty(SCHEMA));
        assertThat(report.read()).isZero();
        assertThat(report.written()).isZero();
        assertThat(written()).isEmpty();
    }

    @Test
    void a_source_that_breaks_leaves_nothing_behind() {
        Watched rows = new Watched(true, batch(1, 1_001));
        assertThatThrownBy(() -> sink().write(rows)).hasStackTraceContaining("the source broke");

        assertThat(rows.closed).isPositive();
        assertThat(written()).isEmpty();
    }

    @Test
    void what_is_read_is_either_written_or_rejected() {
        Schema nullable = Schema.of(Column.nullable("id", ColumnType.INT32), SCHEMA.column("name"));
        List<ColumnVector.Builder> builders = ColumnBatch.builders(nullable, 4);
        for (@Nullable Integer id : new @Nullable Integer[] {1, null, 3}) {
            builders.get(0).appendValue(id);
            builders.get(1).appendValue("x");
        }
        List<RejectedRow> rejected = new ArrayList<>();
        WriteReport report =
                sink().write(Rows.of(nullable, List.of(ColumnBatch.build(nullable, builders))), rejected::add);

        assertThat(report.read()).isEqualTo(3);
        assertThat(report.written() + report.rejected()).isEqualTo(3);
        assertThat(rejected).hasSize((int) report.rejected());
        assertThat(rejected).allSatisfy(row -> assertThat(row.reason()).isNotBlank());
        assertThat(written()).hasSize((int) report.written());
    }
}
