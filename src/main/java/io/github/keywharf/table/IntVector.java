package io.github.keywharf.table;

import java.time.LocalDate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Values of an {@link ColumnType.Kind#INT32} column, or the days since 1970-01-01 of a {@link ColumnType.Kind#DATE}. */
public final class IntVector extends ColumnVector {

    private final int[] values;

    IntVector(ColumnType type, int[] values, int size, long @Nullable [] nulls) {
        super(type, size, nulls);
        this.values = values;
    }

    /** The number, or the day since 1970-01-01, at a position. */
    public int intAt(int position) {
        return values[position];
    }

    /**
     * A vector over this array, which belongs to the vector from now on; no position is null.
     *
     * @throws IllegalArgumentException when the type is neither int32 nor date
     */
    public static IntVector of(ColumnType type, int[] values) {
        if (type.kind() != ColumnType.Kind.INT32 && type.kind() != ColumnType.Kind.DATE) {
            throw new IllegalArgumentException("An IntVector does not hold " + type);
        }
        return new IntVector(type, values, values.length, null);
    }

    /**
     * A vector over these arrays, which belong to the vector from now on.
     *
     * @param values as many as {@code size} at least
     * @param nulls a bit for each null position, 64 to a word, the lowest first; or null when there are none
     * @throws IllegalArgumentException when values of the type are not held as ints
     */
    public static IntVector of(ColumnType type, int[] values, int size, long @Nullable [] nulls) {
        of(type, values);
        return new IntVector(type, values, size, nulls);
    }

    @Override
    Object boxed(int position) {
        return type().kind() == ColumnType.Kind.DATE
                ? (Object) LocalDate.ofEpochDay(values[position])
                : (Object) values[position];
    }

    @Override
    ColumnVector gathered(int[] positions, int count, long @Nullable [] taken) {
        int[] chosen = new int[count];
        for (int i = 0; i < count; i++) {
            chosen[i] = values[positions[i]];
        }
        return new IntVector(type(), chosen, count, taken);
    }

    /** Collects values for an {@link IntVector}. */
    public static final class Builder extends ColumnVector.Builder {

        private int[] values;

        Builder(ColumnType type, int capacity) {
            super(type, capacity);
            values = new int[this.capacity];
        }

        /** Appends a value. */
        public void append(int value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, grown(values.length, size + 1));
            }
            values[size++] = value;
        }

        @Override
        void appendBoxed(Object value) {
            append(
                    type.kind() == ColumnType.Kind.DATE
                            ? Math.toIntExact(((LocalDate) value).toEpochDay())
                            : (int) (Integer) value);
        }

        @Override
        void skip() {
            append(0);
        }

        @Override
        ColumnVector vector(long @Nullable [] takenNulls) {
            IntVector vector = new IntVector(type, values, size, takenNulls);
            values = new int[capacity];
            return vector;
        }
    }
}
