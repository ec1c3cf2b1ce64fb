package io.github.keywharf.table;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;

/** A value that a column is compared with, in the form in which the column's vectors hold theirs. */
sealed interface ConditionKey {

    /** Negative, zero or positive as the value at a position, which is not null, is less, the same or greater. */
    int compare(ColumnVector vector, int position);

    /** The same for a bound, of the form that {@link ColumnStats.Bounds} has. */
    int compareBound(Object bound);

    /** Whether nothing can be compared with it. */
    default boolean isNaN() {
        return false;
    }

    /** A number of an int or long vector; {@code between} when the value lies above it and below the next. */
    record Whole(long value, boolean between) implements ConditionKey {
        private int compare(long other) {
            int order = Long.compare(other, value);
            return order == 0 && between ? -1 : order;
        }

        @Override
        public int compare(ColumnVector vector, int position) {
            if (vector instanceof LongVector longs) {
                return compare(longs.longAt(position));
            }
            return vector instanceof IntVector ints
                    ? compare(ints.intAt(position))
                    : compare(((BooleanVector) vector).booleanAt(position) ? 1 : 0);
        }

        @Override
        public int compareBound(Object bound) {
            return compare((Long) bound);
        }
    }

    /** A number of a double vector. */
    record Floating(double value) implements ConditionKey {
        @Override
        public int compare(ColumnVector vector, int position) {
            return compareBound(((DoubleVector) vector).doubleAt(position));
        }

        @Override
        public int compareBound(Object bound) {
            double other = (Double) bound;
            return other < value ? -1 : other > value ? 1 : 0;
        }

        @Override
        public boolean isNaN() {
            return Double.isNaN(value);
        }
    }

    /** A decimal that no long holds. */
    record Big(BigDecimal value) implements ConditionKey {
        @Override
        public int compare(ColumnVector vector, int position) {
            return compareBound(Objects.requireNonNull(vector.value(position)));
        }

        @Override
        public int compareBound(Object bound) {
            return ((BigDecimal) bound).compareTo(value);
        }
    }

    /** Text, bytes or a UUID. */
    @SuppressWarnings("ArrayRecordComponent") // never compared or shown as a record
    record Bytes(byte[] value) implements ConditionKey {
        @Override
        public int compare(ColumnVector vector, int position) {
            BytesVector bytes = (BytesVector) vector;
            int from = bytes.offset(position);
            return Arrays.compareUnsigned(bytes.bytes(), from, from + bytes.length(position), value, 0, value.length);
        }

        @Override
        public int compareBound(Object bound) {
            return Arrays.compareUnsigned((byte[]) bound, value);
        }
    }

    /**
     * The key of a value.
     *
     * @throws IllegalArgumentException when the column does not hold such values
     */
    static ConditionKey of(Column column, Object value) {
        ConditionKey key = switch (column.type().kind()) {
            case BOOLEAN -> value instanceof Boolean truth ? new Whole(truth ? 1 : 0, false) : null;
            case INT32, INT64 -> isWhole(value) ? new Whole(((Number) value).longValue(), false) : null;
            case FLOAT32, FLOAT64 -> value instanceof Number number ? new Floating(number.doubleValue()) : null;
            case DECIMAL -> decimal(column, value);
            case STRING, JSON ->
                value instanceof CharSequence text && BytesVector.isWellFormed(text.toString())
                        ? new Bytes(text.toString().getBytes(StandardCharsets.UTF_8))
                        : null;
            case BYTES -> value instanceof byte[] bytes ? new Bytes(bytes.clone()) : null;
            case UUID -> value instanceof UUID uuid ? new Bytes(bytes(uuid)) : null;
            case DATE -> value instanceof LocalDate day ? new Whole(day.toEpochDay(), false) : null;
            case TIME ->
                value instanceof LocalTime time
                        ? new Whole(
                                time.toNanoOfDay() / 1_000,
                                !time.truncatedTo(ChronoUnit.MICROS).equals(time))
                        : null;
            case TIMESTAMP ->
                value instanceof LocalDateTime time
                        ? new Whole(
                                Micros.of(time),
                                !time.truncatedTo(ChronoUnit.MICROS).equals(time))
                        : null;
            case TIMESTAMP_UTC ->
                value instanceof Instant time
                        ? new Whole(
                                Micros.of(time),
                                !time.truncatedTo(ChronoUnit.MICROS).equals(time))
                        : null;
            case LIST, MAP, STRUCT -> null;
        };
        if (key == null) {
            throw new IllegalArgumentException("Column '" + column + "' cannot be compared with " + value + " ("
                    + value.getClass().getName() + ")"
                    + (column.type().kind() == ColumnType.Kind.STRING && !(value instanceof CharSequence)
                            ? "; give the reader a schema, or retype the column"
                            : javaType(column.type().kind())));
        }
        return key;
    }

    private static String javaType(ColumnType.Kind kind) {
        return switch (kind) {
            case DATE -> "; give a java.time.LocalDate";
            case TIME -> "; give a java.time.LocalTime";
            case TIMESTAMP -> "; give a java.time.LocalDateTime";
            case TIMESTAMP_UTC -> "; give a java.time.Instant";
            case UUID -> "; give a java.util.UUID";
            case BOOLEAN -> "; give a Boolean";
            case INT32, INT64, FLOAT32, FLOAT64, DECIMAL -> "; give a number";
            default -> "";
        };
    }

    private static boolean isWhole(Object value) {
        return value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte;
    }

    private static byte[] bytes(UUID uuid) {
        return ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }

    private static @org.jspecify.annotations.Nullable ConditionKey decimal(Column column, Object value) {
        BigDecimal number;
        if (value instanceof BigDecimal decimal) {
            number = decimal;
        } else if (value instanceof BigInteger whole) {
            number = new BigDecimal(whole);
        } else if (isWhole(value)) {
            number = BigDecimal.valueOf(((Number) value).longValue());
        } else {
            return null;
        }
        if (!column.type().isLongDecimal()) {
            return new Big(number);
        }
        BigDecimal floor = number.setScale(column.type().scale(), RoundingMode.FLOOR);
        BigInteger unscaled = floor.unscaledValue();
        if (unscaled.bitLength() >= Long.SIZE) {
            return new Whole(unscaled.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE, true);
        }
        return new Whole(unscaled.longValue(), floor.compareTo(number) != 0);
    }
}
