package io.github.keywharf.table;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Values of an {@link ColumnType.Kind#INT64} column, the unscaled numbers of a decimal of up to 18 digits, or microseconds of a
 * time or timestamp (since midnight, or since 1970-01-01T00:00).
 */
public final class LongVector extends ColumnVector {

    private final long[] values;

    LongVector(ColumnType type, long[] values, int size, long @Nullable [] nulls) {
        super(type, size, nulls);
        this.values = values;
    }

    /** The number, the unscaled decimal or the microseconds at a position. */
    public long longAt(int position) {
        return values[position];
    }

    /**
     * A vector over these arrays, which then belong to the vector.
     *
     * @param values at least {@code size} values
     * @param nulls a bit for each null position, 64 to a word, the lowest first; or null if there are none
     * @throws IllegalArgumentException if values of the type are not held as longs
     */
    public static LongVector of(ColumnType type, long[] values, int size, long @Nullable [] nulls) {
        if (!(builder(type, 0) instanceof Builder)) {
            throw new IllegalArgumentException("A LongVector does not hold " + type);
        }
        return new LongVector(type, values, size, nulls);
    }

    @Override
    Object boxed(int position) {
        long value = values[position];
        return switch (type().kind()) {
            case DECIMAL -> BigDecimal.valueOf(value, type().scale());
            case TIME -> LocalTime.ofNanoOfDay(value * 1_000);
            case TIMESTAMP -> Micros.toLocalDateTime(value);
            case TIMESTAMP_UTC -> Micros.toInstant(value);
            default -> value;
        };
    }

    @Override
    ColumnVector gather(int[] positions, int count, long @Nullable [] gatheredNulls) {
        long[] chosen = new long[count];
        for (int i = 0; i < count; i++) {
            chosen[i] = values[positions[i]];
        }
        return new LongVector(type(), chosen, count, gatheredNulls);
    }

    /** Collects values for a {@link LongVector}. */
    public static final class Builder extends ColumnVector.Builder {

        private long[] values;

        Builder(ColumnType type, int capacity) {
            super(type, capacity);
            values = new long[this.capacity];
        }

        /** Appends a value. */
        public void append(long value) {
            if (size == values.length) {
                values = Arrays.copyOf(values, grown(values.length, size + 1));
            }
            values[size++] = value;
        }

        @Override
        void appendBoxed(Object value) {
            append(
                    switch (type.kind()) {
                        case DECIMAL ->
                            scaled((BigDecimal) value).unscaledValue().longValueExact();
                        case TIME -> ((LocalTime) value).toNanoOfDay() / 1_000;
                        case TIMESTAMP -> Micros.of((LocalDateTime) value);
                        case TIMESTAMP_UTC -> Micros.of((Instant) value);
                        default -> (Long) value;
                    });
        }

        @Override
        void skip() {
            append(0);
        }

        @Override
        ColumnVector vector(long @Nullable [] nullBits) {
            LongVector vector = new LongVector(type, values, size, nullBits);
            values = new long[capacity];
            return vector;
        }
    }
}
