package io.github.keywharf.format;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import java.util.Objects;
import java.util.Set;

/** A column whose value is absent, or is there. */
final class FilterNull extends ParquetFilter {

    private final String column;
    private final boolean absent;

    FilterNull(String column, boolean absent) {
        this.column = Objects.requireNonNull(column, "column");
        this.absent = absent;
    }

    @Override
    void columns(Set<String> names) {
        names.add(column);
    }

    @Override
    FilterTest bind(FilterContext context) {
        return new Test(context.column(column), absent);
    }

    @Override
    public String toString() {
        return column + (absent ? " IS NULL" : " IS NOT NULL");
    }

    record Test(Column column, boolean absent) implements FilterTest {

        @Override
        public byte[] states(ColumnBatch batch) {
            ColumnVector vector = batch.column(column.name());
            byte[] states = new byte[batch.size()];
            for (int i = 0; i < states.length; i++) {
                states[i] = vector.isNull(i) == absent ? TRUE : FALSE;
            }
            return states;
        }

        @Override
        public boolean mayBeTrue(FilterStatistics group) {
            return may(group, absent);
        }

        @Override
        public boolean mayBeFalse(FilterStatistics group) {
            return may(group, !absent);
        }

        private boolean may(FilterStatistics group, boolean null0) {
            long nulls = group.nulls(column);
            return nulls < 0 || (null0 ? nulls > 0 : nulls < group.rows());
        }
    }
}
