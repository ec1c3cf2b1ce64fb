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
     * A vector over these arrays, which then belong to the vector.
     *
     * @param values at least {@code size} values
     * @param nulls a bit for each null position, 64 to a word, the lowest first; or null if there are none
     * @throws IllegalArgumentException if values of the type are not held as ints
     */
    public static IntVector of(ColumnType type, int[] values, int size, long @Nullable [] nulls) {
        if (!(builder(type, 0) instanceof Builder)) {
            throw new IllegalArgumentException("An IntVector does not hold " + type);
        }
        return new IntVector(type, values, size, nulls);
    }

    @Override
    Object boxed(int position) {
        return type().kind() == ColumnType.Kind.DATE
                ? (Object) LocalDate.ofEpochDay(values[position])
                : (Object) values[position];
    }

    @Override
    ColumnVector gather(int[] positions, int count, long @Nullable [] gatheredNulls) {
        int[] chosen = new int[count];
        for (int i = 0; i < count; i++) {
            chosen[i] = values[positions[i]];
        }
        return new IntVector(type(), chosen, count, gatheredNulls);
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
        ColumnVector vector(long @Nullable [] nullBits) {
            IntVector vector = new IntVector(type, values, size, nullBits);
            values = new int[capacity];
            return vector;
        }
    }
}
