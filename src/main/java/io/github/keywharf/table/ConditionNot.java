package io.github.keywharf.table;

import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** A condition that is to be false. */
final class ConditionNot extends Condition {

    private final Condition part;

    ConditionNot(Condition part) {
        this.part = Objects.requireNonNull(part, "condition");
    }

    @Override
    public <T> T accept(Visitor<T> visitor) {
        return visitor.not(part.accept(visitor));
    }

    @Override
    void columns(Set<String> names) {
        part.columns(names);
    }

    @Override
    ConditionTest test(Schema schema) {
        return new Test(part.test(schema));
    }

    @Override
    public String toString() {
        return "NOT " + part;
    }

    record Test(ConditionTest part) implements ConditionTest {

        @Override
        public byte[] states(ColumnBatch batch) {
            byte[] states = part.states(batch);
            for (int i = 0; i < states.length; i++) {
                states[i] = states[i] == UNKNOWN ? UNKNOWN : (byte) (1 - states[i]);
            }
            return states;
        }

        @Override
        public boolean mayBeTrue(Function<Column, ColumnStats> group) {
            return part.mayBeFalse(group);
        }

        @Override
        public boolean mayBeFalse(Function<Column, ColumnStats> group) {
            return part.mayBeTrue(group);
        }
    }
}
