package io.github.keywharf.table;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Values of a {@link ColumnType.Kind#FLOAT32} or {@link ColumnType.Kind#FLOAT64} column. */
public final class DoubleVector extends ColumnVector {

    private final double[] values;

    DoubleVector(ColumnType type, double[] values, int size, long @Nullable [] nulls) {
        super(type, size, nulls);
        this.values = values;
    }

    /** The number at a position. */
    public double doubleAt(int position) {
        return values[position];
    }

    /**
     * A vector over these arrays, which then belong to the vector.
     *
     * @param values at least {@code size} values
     * @param nulls a bit for each null position, 64 to a word, the lowest first; or null if there are none
     * @throws IllegalArgumentException if values of the type are not held as doubles
     */
    public static DoubleVector of(ColumnType type, double[] values, int size, long @Nullable [] nulls) {
        if (!(builder(type, 0) instanceof Builder)) {
            throw new IllegalArgumentException("A DoubleVector does not hold " + type);
        }
        return new DoubleVector(type, values, size, nulls);
    }

    @Override
    Object boxed(int position) {
        return type().kind() == ColumnType.Kind.FLOAT32 ? (Object) (float) values[position] : (Object) values[position];
    }

    @Override
    ColumnVector gather(int[] positions, int count, long @Nullable [] gatheredNulls) {
        double[] chosen = new double[count];
        for (int i = 0; i < count; i++) {
            chosen[i] = values[positions[i]];
        }
        return new DoubleVector(type(), chosen, count, gatheredNulls);
    }

    /** Collects values for a {@link DoubleVector}. */
    public static final class Builder extends ColumnVector.Builder {

        private double[] values;

        Builder(ColumnType type, int capacity) {
            super(type, capacity);
            values = new double[this.capacity];
        }

        /** Appends a value. */
        public void append(double value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, grown(values.length, size + 1));
            }
            values[size++] = value;
        }

        @Override
        void appendBoxed(Object value) {
            append(type.kind() == ColumnType.Kind.FLOAT32 ? (double) (Float) value : (double) (Double) value);
        }

        @Override
        void skip() {
            append(0);
        }

        @Override
        ColumnVector vector(long @Nullable [] nullBits) {
            DoubleVector vector = new DoubleVector(type, values, size, nullBits);
            values = new double[capacity];
            return vector;
        }
    }
}
