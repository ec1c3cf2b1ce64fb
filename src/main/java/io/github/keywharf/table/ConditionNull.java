package io.github.keywharf.table;

import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** A column whose value is absent, or is there. */
final class ConditionNull extends Condition {

    private final String column;
    private final boolean absent;

    ConditionNull(String column, boolean absent) {
        this.column = Objects.requireNonNull(column, "column");
        this.absent = absent;
    }

    @Override
    public <T> T accept(Visitor<T> visitor) {
        T isNull = visitor.isNull(column);
        return absent ? isNull : visitor.not(isNull);
    }

    @Override
    void columns(Set<String> names) {
        names.add(column);
    }

    @Override
    ConditionTest test(Schema schema) {
        return new Test(schema.column(column), absent);
    }

    @Override
    public String toString() {
        return column + (absent ? " IS NULL" : " IS NOT NULL");
    }

    record Test(Column column, boolean absent) implements ConditionTest {

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
        public boolean mayBeTrue(Function<Column, ColumnStats> group) {
            return may(group, absent);
        }

        @Override
        public boolean mayBeFalse(Function<Column, ColumnStats> group) {
            return may(group, !absent);
        }

        private boolean may(Function<Column, ColumnStats> group, boolean null0) {
            ColumnStats stats = group.apply(column);
            return stats.nulls() < 0 || (null0 ? stats.nulls() > 0 : !stats.hasNoValue());
        }
    }
}
