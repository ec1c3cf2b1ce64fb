package io.github.keywharf.table;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Values of a {@link ColumnType.Kind#BOOLEAN} column. */
public final class BooleanVector extends ColumnVector {

    private final boolean[] values;

    BooleanVector(ColumnType type, boolean[] values, int size, long @Nullable [] nulls) {
        super(type, size, nulls);
        this.values = values;
    }

    /** The value at a position. */
    public boolean booleanAt(int position) {
        return values[position];
    }

    /**
     * A vector over these arrays, which then belong to the vector.
     *
     * @param values at least {@code size} values
     * @param nulls a bit for each null position, 64 to a word, the lowest first; or null if there are none
     */
    public static BooleanVector of(boolean[] values, int size, long @Nullable [] nulls) {
        return new BooleanVector(ColumnType.BOOLEAN, values, size, nulls);
    }

    @Override
    Object boxed(int position) {
        return values[position];
    }

    @Override
    ColumnVector gather(int[] positions, int count, long @Nullable [] gatheredNulls) {
        boolean[] chosen = new boolean[count];
        for (int i = 0; i < count; i++) {
            chosen[i] = values[positions[i]];
        }
        return new BooleanVector(type(), chosen, count, gatheredNulls);
    }

    /** Collects values for a {@link BooleanVector}. */
    public static final class Builder extends ColumnVector.Builder {

        private boolean[] values;

        Builder(ColumnType type, int capacity) {
            super(type, capacity);
            values = new boolean[this.capacity];
        }

        /** Appends a value. */
        public void append(boolean value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, grown(values.length, size + 1));
            }
            values[size++] = value;
        }

        @Override
        void appendBoxed(Object value) {
            append(((Boolean) value).booleanValue());
        }

        @Override
        void skip() {
            append(false);
        }

        @Override
        ColumnVector vector(long @Nullable [] nullBits) {
            BooleanVector vector = new BooleanVector(type, values, size, nullBits);
            values = new boolean[capacity];
            return vector;
        }
    }
}
