package io.github.keywharf.format;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import java.util.Objects;
import java.util.Set;

/** A column compared with a value. */
final class FilterComparison extends ParquetFilter {

    /** How they are compared. */
    enum Operator {
        EQ,
        LT,
        LE,
        GT,
        GE;

        boolean holds(int order) {
            return switch (this) {
                case EQ -> order == 0;
                case LT -> order < 0;
                case LE -> order <= 0;
                case GT -> order > 0;
                case GE -> order >= 0;
            };
        }
    }

    private final String column;
    private final Operator operator;
    private final Object value;

    FilterComparison(String column, Operator operator, Object value) {
        this.column = Objects.requireNonNull(column, "column");
        this.operator = operator;
        this.value = Objects.requireNonNull(value, "value: ask for absent values with isNull");
    }

    @Override
    void columns(Set<String> names) {
        names.add(column);
    }

    @Override
    FilterTest bind(FilterContext context) {
        Column bound = context.column(column);
        return new Test(bound, operator, FilterKey.of(bound, value));
    }

    @Override
    public String toString() {
        return column + " " + operator + " " + value;
    }

    record Test(Column column, Operator operator, FilterKey key) implements FilterTest {

        @Override
        public byte[] states(ColumnBatch batch) {
            ColumnVector vector = batch.column(column.name());
            byte[] states = new byte[batch.size()];
            for (int i = 0; i < states.length; i++) {
                if (vector.isNull(i)) {
                    states[i] = UNKNOWN;
                } else if (!isNaN(vector, i) && operator.holds(key.compare(vector, i))) {
                    states[i] = TRUE;
                }
            }
            return states;
        }

        private boolean isNaN(ColumnVector vector, int position) {
            return key.isNaN() || (vector instanceof DoubleVector doubles && Double.isNaN(doubles.doubleAt(position)));
        }

        @Override
        public boolean mayBeTrue(FilterStatistics group) {
            FilterStatistics.Range range = group.range(column);
            if (range == null) {
                return true;
            }
            int least = range.empty() ? 0 : key.compareBound(range.min());
            int greatest = range.empty() ? 0 : key.compareBound(range.max());
            return !range.empty()
                    && !key.isNaN()
                    && switch (operator) {
                        case EQ -> least <= 0 && greatest >= 0;
                        case LT, LE -> operator.holds(least);
                        case GT, GE -> operator.holds(greatest);
                    };
        }

        @Override
        public boolean mayBeFalse(FilterStatistics group) {
            FilterStatistics.Range range = group.range(column);
            if (range == null) {
                return true;
            }
            if (range.empty()) {
                return false;
            }
            ColumnType.Kind kind = column.type().kind();
            if (kind == ColumnType.Kind.FLOAT32 || kind == ColumnType.Kind.FLOAT64) {
                return true;
            }
            return !(operator.holds(key.compareBound(range.min())) && operator.holds(key.compareBound(range.max())));
        }
    }
}
