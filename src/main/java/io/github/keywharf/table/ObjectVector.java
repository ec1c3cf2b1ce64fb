package io.github.keywharf.table;

import java.math.BigDecimal;
import java.math.RoundingMode;
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
    @SuppressWarnings("NullAway") // asked only at positions that are not null
    Object boxed(int position) {
        return values.get(position);
    }

    @Override
    ColumnVector gathered(int[] positions, int count, long @Nullable [] taken) {
        List<@Nullable Object> chosen = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            chosen.add(values.get(positions[i]));
        }
        return new ObjectVector(type(), chosen, count, taken);
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
                case DECIMAL -> fitted((BigDecimal) value);
                case LIST -> List.class.cast(value);
                default -> Map.class.cast(value);
            };
            values.add(kept);
            size++;
        }

        private BigDecimal fitted(BigDecimal value) {
            BigDecimal scaled = value.setScale(type.scale(), RoundingMode.UNNECESSARY);
            if (scaled.precision() > type.precision()) {
                throw new ArithmeticException(value.toPlainString() + " has too many digits for " + type);
            }
            return scaled;
        }

        @Override
        void skip() {
            values.add(null);
            size++;
        }

        @Override
        ColumnVector vector(long @Nullable [] takenNulls) {
            ObjectVector vector = new ObjectVector(type, values, size, takenNulls);
            values = new ArrayList<>(capacity);
            return vector;
        }
    }
}
