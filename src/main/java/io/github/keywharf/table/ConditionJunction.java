package io.github.keywharf.table;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Conditions of which all, or at least one, are to be true. */
final class ConditionJunction extends Condition {

    private final List<Condition> parts;
    private final boolean all;

    ConditionJunction(List<Condition> parts, boolean all) {
        this.parts = parts;
        this.all = all;
    }

    @Override
    public <T> T accept(Visitor<T> visitor) {
        List<T> made = parts.stream().map(part -> part.accept(visitor)).toList();
        return all ? visitor.and(made) : visitor.or(made);
    }

    @Override
    void columns(Set<String> names) {
        parts.forEach(part -> part.columns(names));
    }

    @Override
    ConditionTest test(Schema schema) {
        return new Test(parts.stream().map(part -> part.test(schema)).toList(), all);
    }

    @Override
    public String toString() {
        return (all ? "AND" : "OR") + parts;
    }

    record Test(List<ConditionTest> parts, boolean all) implements ConditionTest {

        @Override
        public byte[] states(ColumnBatch batch) {
            byte decisive = all ? FALSE : TRUE;
            byte[] states = new byte[batch.size()];
            Arrays.fill(states, all ? TRUE : FALSE);
            for (ConditionTest part : parts) {
                byte[] other = part.states(batch);
                for (int i = 0; i < states.length; i++) {
                    if (other[i] == decisive || states[i] == decisive) {
                        states[i] = decisive;
                    } else if (other[i] == UNKNOWN) {
                        states[i] = UNKNOWN;
                    }
                }
            }
            return states;
        }

        @Override
        public boolean mayBeTrue(Function<Column, ColumnStats> group) {
            return all
                    ? parts.stream().allMatch(part -> part.mayBeTrue(group))
                    : parts.stream().anyMatch(part -> part.mayBeTrue(group));
        }

        @Override
        public boolean mayBeFalse(Function<Column, ColumnStats> group) {
            return all
                    ? parts.stream().anyMatch(part -> part.mayBeFalse(group))
                    : parts.stream().allMatch(part -> part.mayBeFalse(group));
        }
    }
}
