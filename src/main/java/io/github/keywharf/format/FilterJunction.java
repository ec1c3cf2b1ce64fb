package io.github.keywharf.format;

import io.github.keywharf.table.ColumnBatch;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Conditions of which all, or at least one, are to be true. */
final class FilterJunction extends ParquetFilter {

    private final List<ParquetFilter> parts;
    private final boolean all;

    FilterJunction(List<ParquetFilter> parts, boolean all) {
        this.parts = parts;
        this.all = all;
    }

    @Override
    void columns(Set<String> names) {
        parts.forEach(part -> part.columns(names));
    }

    @Override
    FilterTest bind(FilterContext context) {
        return new Test(parts.stream().map(part -> part.bind(context)).toList(), all);
    }

    @Override
    public String toString() {
        return (all ? "AND" : "OR") + parts;
    }

    record Test(List<FilterTest> parts, boolean all) implements FilterTest {

        @Override
        public byte[] states(ColumnBatch batch) {
            byte decisive = all ? FALSE : TRUE;
            byte[] states = new byte[batch.size()];
            Arrays.fill(states, all ? TRUE : FALSE);
            for (FilterTest part : parts) {
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
        public boolean mayBeTrue(FilterStatistics group) {
            return all
                    ? parts.stream().allMatch(part -> part.mayBeTrue(group))
                    : parts.stream().anyMatch(part -> part.mayBeTrue(group));
        }

        @Override
        public boolean mayBeFalse(FilterStatistics group) {
            return all
                    ? parts.stream().anyMatch(part -> part.mayBeFalse(group))
                    : parts.stream().allMatch(part -> part.mayBeFalse(group));
        }
    }
}
