package io.github.keywharf.format;

import io.github.keywharf.table.ColumnBatch;
import java.util.Objects;
import java.util.Set;

/** A condition that is to be false. */
final class FilterNot extends ParquetFilter {

    private final ParquetFilter part;

    FilterNot(ParquetFilter part) {
        this.part = Objects.requireNonNull(part, "filter");
    }

    @Override
    void columns(Set<String> names) {
        part.columns(names);
    }

    @Override
    FilterTest bind(FilterContext context) {
        return new Test(part.bind(context));
    }

    @Override
    public String toString() {
        return "NOT " + part;
    }

    record Test(FilterTest part) implements FilterTest {

        @Override
        public byte[] states(ColumnBatch batch) {
            byte[] states = part.states(batch);
            for (int i = 0; i < states.length; i++) {
                states[i] = states[i] == UNKNOWN ? UNKNOWN : (byte) (1 - states[i]);
            }
            return states;
        }

        @Override
        public boolean mayBeTrue(FilterStatistics group) {
            return part.mayBeFalse(group);
        }

        @Override
        public boolean mayBeFalse(FilterStatistics group) {
            return part.mayBeTrue(group);
        }
    }
}
