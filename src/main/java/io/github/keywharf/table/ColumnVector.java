package io.github.keywharf.table;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The values of one column in one {@link ColumnBatch}, in arrays of primitives wherever the type allows.
 *
 * <p>Immutable and thread-safe. The typed accessors of the subclasses are for loops over many rows; {@link #value} is for
 * display and for code that is not time-critical. The result of a typed accessor at a null position is undefined: check
 * {@link #isNull} first, or {@link #hasNulls} once for all positions.
 */
public abstract sealed class ColumnVector
        permits BooleanVector, IntVector, LongVector, DoubleVector, BytesVector, ObjectVector {

    private final ColumnType type;
    private final int size;
    private final long @Nullable [] nulls;

    /**
     * @param type the type of every value
     * @param size number of positions
     * @param nulls a bit for each null position, 64 to a word, or null if there are none
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

    /** Number of positions, nulls included. */
    public final int size() {
        return size;
    }

    /** False only if no position is null. */
    public final boolean hasNulls() {
        return nulls != null;
    }

    /** True if the value at a position is absent. */
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
     * @param positions positions to copy
     * @param count number of entries of {@code positions} to use
     */
    public final ColumnVector gather(int[] positions, int count) {
        long[] gatheredNulls = null;
        for (int i = 0; nulls != null && i < count; i++) {
            if (isNull(positions[i])) {
                if (gatheredNulls == null) {
                    gatheredNulls = new long[(count + 63) >>> 6];
                }
                gatheredNulls[i >>> 6] |= 1L << i;
            }
        }
        return gather(positions, count, gatheredNulls);
    }

    abstract ColumnVector gather(int[] positions, int count, long @Nullable [] gatheredNulls);

    /** A builder of vectors of this type, with initial room for {@code capacity} values. */
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

    /** A vector of nulls only. */
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
     * <p>Not thread-safe. After {@link #build()} the builder can be used for the next vector. Loops over many rows cast once
     * to the builder of the vector's class and append primitives.
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

        /** Number of values appended, nulls included. */
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

        abstract ColumnVector vector(long @Nullable [] nullBits);

        /** The vector of the appended values; the builder is empty afterwards. */
        public final ColumnVector build() {
            int words = (size + 63) >>> 6;
            boolean grow = nulls != null && nulls.length < words;
            ColumnVector vector = vector(grow ? Arrays.copyOf(nulls, words) : nulls);
            nulls = null;
            size = 0;
            return vector;
        }

        /** The number with the digits of the type, which must hold it exactly. */
        final BigDecimal scaled(BigDecimal value) {
            BigDecimal scaled = value.setScale(type.scale(), RoundingMode.UNNECESSARY);
            if (scaled.precision() > type.precision()) {
                throw new ArithmeticException(value.toPlainString() + " has too many digits for " + type);
            }
            return scaled;
        }

        static int grown(int length, int needed) {
            return Math.max(needed, length + (length >> 1));
        }
    }
}
