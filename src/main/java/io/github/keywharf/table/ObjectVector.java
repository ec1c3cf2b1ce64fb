package io.github.keywharf.table;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values that no array of primitives holds: decimals of more than 18 digits, lists, maps and structs. */
public final class ObjectVector extends ColumnVector {

    private final List<@Nullable Object> values;

    ObjectVector(ColumnType type, List<@Nullable Object> values, int size, long @Nullable [] nulls) {
        super(type, size, nulls);
        this.values = values;
    }

    @Override
    @SuppressWarnings("NullAway") // called only for positions that are not null
    Object boxed(int position) {
        return values.get(position);
    }

    @Override
    ColumnVector gather(int[] positions, int count, long @Nullable [] gatheredNulls) {
        List<@Nullable Object> chosen = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            chosen.add(values.get(positions[i]));
        }
        return new ObjectVector(type(), chosen, count, gatheredNulls);
    }

    /** Collects values for an {@link ObjectVector}. */
    public static final class Builder extends ColumnVector.Builder {

        private List<@Nullable Object> values;

        Builder(ColumnType type, int capacity) {
            super(type, capacity);
            values = new ArrayList<>(this.capacity);
        }

        @Override
        void appendBoxed(Object value) {
            Object kept = switch (type.kind()) {
                case DECIMAL -> scaled((BigDecimal) value);
                case LIST -> List.class.cast(value);
                default -> Map.class.cast(value);
            };
            values.add(kept);
            size++;
        }

        @Override
        void skip() {
            values.add(null);
            size++;
        }

        @Override
        ColumnVector vector(long @Nullable [] nullBits) {
            ObjectVector vector = new ObjectVector(type, values, size, nullBits);
            values = new ArrayList<>(capacity);
            return vector;
        }
    }
}
