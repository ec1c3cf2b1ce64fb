package io.github.keywharf.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows to write, and what a write reports. */
final class TestRows {

    private TestRows() {}

    static Rows rows(Schema schema, @Nullable Object[]... rows) {
        return rows(schema, Arrays.asList(rows));
    }

    static Rows rows(Schema schema, List<@Nullable Object[]> rows) {
        List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, 16);
        for (@Nullable Object[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                builders.get(i).appendValue(row[i]);
            }
        }
        return Rows.of(schema, List.of(ColumnBatch.build(schema, builders)));
    }

    static @Nullable Object[] row(@Nullable Object... values) {
        return values;
    }

    static void assertCounts(WriteReport report, long written, long rejected, long suppressed) {
        assertThat(report.written()).as("written of %s", report).isEqualTo(written);
        assertThat(report.rejected()).as("rejected of %s", report).isEqualTo(rejected);
        assertThat(report.leftOut().trigger()).as("suppressed of %s", report).isEqualTo(suppressed);
    }
}
