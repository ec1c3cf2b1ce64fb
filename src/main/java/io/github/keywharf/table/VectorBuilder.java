package io.github.keywharf.table;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Collects the values of one column and builds a {@link ColumnVector} of them.
 *
 * <p>Not thread-safe. After {@link #build()} the builder is empty and can be used for the next vector. Loops over many
 * rows cast once to the builder of the vector's class and append primitives.
 */
public abstract sealed class VectorBuilder
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

    VectorBuilder(ColumnType type, int capacity) {
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
