package io.github.keywharf.table;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The values of one column in one {@link ColumnBatch}, in arrays of primitives wherever the type allows.
 *
 * <p>A vector does not change once built, and may be read by several threads. The typed accessors of the subclasses are
 * for loops over many rows; {@link #value} is for people and for code that is not in a hurry. What a typed accessor
 * returns at a null position is not defined: ask {@link #isNull} first, or {@link #hasNulls} once for all.
 */
public abstract sealed class ColumnVector
        permits BooleanVector, IntVector, LongVector, DoubleVector, BytesVector, ObjectVector {

    private final ColumnType type;
    private final int size;
    private final long @Nullable [] nulls;

    /**
     * @param type the type of every value
     * @param size how many positions there are
     * @param nulls a bit for each null position, 64 to a word, or null when there are none
     */
    ColumnVector(ColumnType type, int size, long @Nullable [] nulls) {
        this.type = Objects.requireNonNull(type, "type");
        this.size = size;
        this.nulls = nulls;
    }

    /** The type of every value. */
    public final ColumnType type() {
        return type;
    }

    /** How many positions there are, nulls included. */
    public final int size() {
        return size;
    }

    /** Whether any position may be null; false is a promise. */
    public final boolean hasNulls() {
        return nulls != null;
    }

    /** Whether the value at a position is absent. */
    public final boolean isNull(int position) {
        return nulls != null && (nulls[position >>> 6] & (1L << position)) != 0;
    }

    /** The value at a position as the Java type that {@link ColumnType.Kind} names, or null. */
    public final @Nullable Object value(int position) {
        Objects.checkIndex(position, size);
        return isNull(position) ? null : boxed(position);
    }

    abstract Object boxed(int position);

    /**
     * A new vector of the values at these positions, in this order.
     *
     * @param positions which positions to take
     * @param count how many entries of {@code positions} count
     */
    public final ColumnVector gather(int[] positions, int count) {
        long[] taken = null;
        if (nulls != null) {
            for (int i = 0; i < count; i++) {
                if (isNull(positions[i])) {
                    if (taken == null) {
                        taken = new long[(count + 63) >>> 6];
                    }
                    taken[i >>> 6] |= 1L << i;
                }
            }
        }
        return gathered(positions, count, taken);
    }

    abstract ColumnVector gathered(int[] positions, int count, long @Nullable [] taken);

    /** A builder of vectors of this type, with room for that many values before it grows. */
    public static Builder builder(ColumnType type, int capacity) {
        return switch (type.kind()) {
            case BOOLEAN -> new BooleanVector.Builder(type, capacity);
            case INT32, DATE -> new IntVector.Builder(type, capacity);
            case INT64, TIME, TIMESTAMP, TIMESTAMP_UTC -> new LongVector.Builder(type, capacity);
            case FLOAT32, FLOAT64 -> new DoubleVector.Builder(type, capacity);
            case DECIMAL ->
                type.isLongDecimal()
                        ? new LongVector.Builder(type, capacity)
                        : new ObjectVector.Builder(type, capacity);
            case STRING, JSON, BYTES, UUID -> new BytesVector.Builder(type, capacity);
            case LIST, MAP, STRUCT -> new ObjectVector.Builder(type, capacity);
        };
    }

    /** A vector of that many nulls. */
    public static ColumnVector ofNulls(ColumnType type, int size) {
        Builder builder = builder(type, size);
        for (int i = 0; i < size; i++) {
            builder.appendNull();
        }
        return builder.build();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(type.toString()).append('[');
        for (int i = 0; i < Math.min(size, 10); i++) {
            text.append(i == 0 ? "" : ", ").append(value(i));
        }
        return text.append(size > 10 ? ", … " + size + " in all]" : "]").toString();
    }

    /**
     * Collects the values of one column and builds a {@link ColumnVector} of them.
     *
     * <p>Not thread-safe. After {@link #build()} the builder is empty and can be used for the next vector. Loops over many
     * rows cast once to the builder of the vector's class and append primitives.
     */
    public abstract static sealed class Builder
            permits BooleanVector.Builder,
                    IntVector.Builder,
                    LongVector.Builder,
                    DoubleVector.Builder,
                    BytesVector.Builder,
                    ObjectVector.Builder {

        final ColumnType type;
        final int capacity;
        int size;
        private long @Nullable [] nulls;

        Builder(ColumnType type, int capacity) {
            this.type = Objects.requireNonNull(type, "type");
            this.capacity = Math.max(capacity, 16);
        }

        /** The type of every value. */
        public final ColumnType type() {
            return type;
        }

        /** How many values have been appended, nulls included. */
        public final int size() {
            return size;
        }

        /** Appends a value of the Java type that {@link ColumnType.Kind} names, or null. */
        public final void appendValue(@Nullable Object value) {
            if (value == null) {
                appendNull();
            } else {
                try {
                    appendBoxed(value);
                } catch (ClassCastException e) {
                    throw new IllegalArgumentException(
                            "A column of type " + type + " does not take a "
                                    + value.getClass().getName(),
                            e);
                }
            }
        }

        /** Appends an absent value. */
        public final void appendNull() {
            int word = size >>> 6;
            if (nulls == null) {
                nulls = new long[Math.max((capacity + 63) >>> 6, word + 1)];
            } else if (word >= nulls.length) {
                nulls = Arrays.copyOf(nulls, Math.max(word + 1, nulls.length * 2));
            }
            nulls[word] |= 1L << size;
            skip();
        }

        abstract void appendBoxed(Object value);

        abstract void skip();

        abstract ColumnVector vector(long @Nullable [] takenNulls);

        /** The vector of what was appended; the builder is empty afterwards. */
        public final ColumnVector build() {
            long[] taken = nulls;
            if (taken != null && taken.length < ((size + 63) >>> 6)) {
                taken = Arrays.copyOf(taken, (size + 63) >>> 6);
            }
            ColumnVector vector = vector(taken);
            nulls = null;
            size = 0;
            return vector;
        }

        static int grown(int length, int needed) {
            return Math.max(needed, length + (length >> 1));
        }
    }
}
