package io.github.keywharf.table;

import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** A column compared with a value. */
final class ConditionComparison extends Condition {

    /** How they are compared. */
    enum Operator {
        EQ("="),
        LT("<"),
        LE("<="),
        GT(">"),
        GE(">=");

        private final String sign;

        Operator(String sign) {
            this.sign = sign;
        }

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

    ConditionComparison(String column, Operator operator, Object value) {
        this.column = Objects.requireNonNull(column, "column");
        this.operator = operator;
        this.value = Objects.requireNonNull(value, "value: ask for absent values with isNull");
    }

    @Override
    public <T> T accept(Visitor<T> visitor) {
        return visitor.comparison(column, operator.sign, value);
    }

    @Override
    void columns(Set<String> names) {
        names.add(column);
    }

    @Override
    ConditionTest test(Schema schema) {
        Column bound = schema.column(column);
        return new Test(bound, operator, ConditionKey.of(bound, value));
    }

    @Override
    public String toString() {
        return column + " " + operator + " " + value;
    }

    record Test(Column column, Operator operator, ConditionKey key) implements ConditionTest {

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
        public boolean mayBeTrue(Function<Column, ColumnStats> group) {
            ColumnStats stats = group.apply(column);
            if (stats.hasNoValue()) {
                return false;
            }
            return stats.bounds().map(this::mayHold).orElse(true);
        }

        private boolean mayHold(ColumnStats.Bounds bounds) {
            int least = key.compareBound(bounds.min());
            int greatest = key.compareBound(bounds.max());
            return !key.isNaN()
                    && switch (operator) {
                        case EQ -> least <= 0 && greatest >= 0;
                        case LT, LE -> operator.holds(least);
                        case GT, GE -> operator.holds(greatest);
                    };
        }

        @Override
        public boolean mayBeFalse(Function<Column, ColumnStats> group) {
            ColumnStats stats = group.apply(column);
            if (stats.hasNoValue()) {
                return false;
            }
            ColumnType.Kind kind = column.type().kind();
            // A NaN is within no bounds, and nothing holds for it.
            boolean mayBeNaN = kind == ColumnType.Kind.FLOAT32 || kind == ColumnType.Kind.FLOAT64;
            return mayBeNaN
                    || stats.bounds().map(bounds -> !holdsBetween(bounds)).orElse(true);
        }

        private boolean holdsBetween(ColumnStats.Bounds bounds) {
            return operator.holds(key.compareBound(bounds.min())) && operator.holds(key.compareBound(bounds.max()));
        }
    }
}
