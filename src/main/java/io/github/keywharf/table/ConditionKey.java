package io.github.keywharf.table;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.temporal.ChronoField;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A value that a column is compared with, in the form in which the column's vectors hold theirs. */
sealed interface ConditionKey {

    /** Order of the value at a position, which is not null, relative to this key, as a comparator returns it. */
    int compare(ColumnVector vector, int position);

    /** Order of a bound, of the form that {@link ColumnStats.Bounds} has, relative to this key. */
    int compareBound(Object bound);

    /** True if every comparison with this key is false. */
    default boolean isNaN() {
        return false;
    }

    /**
     * A number of an int or long vector.
     *
     * @param between whether the key lies above the value and below the next one
     */
    record Whole(long value, boolean between) implements ConditionKey {
        static Whole exact(long value) {
            return new Whole(value, false);
        }

        static Whole micros(long micros, Temporal time) {
            return new Whole(micros, time.get(ChronoField.NANO_OF_SECOND) % 1_000 != 0);
        }

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
            if (other < value) {
                return -1;
            }
            return other > value ? 1 : 0;
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
     * @throws IllegalArgumentException if a column of this type cannot be compared with the value
     */
    static ConditionKey of(Column column, Object value) {
        ConditionKey key = switch (column.type().kind()) {
            case BOOLEAN -> value instanceof Boolean truth ? Whole.exact(truth ? 1 : 0) : null;
            case INT32, INT64 -> isWhole(value) ? Whole.exact(((Number) value).longValue()) : null;
            case FLOAT32, FLOAT64 -> value instanceof Number number ? new Floating(number.doubleValue()) : null;
            case DECIMAL -> decimal(column.type(), value);
            case STRING, JSON ->
                value instanceof CharSequence text && BytesVector.isWellFormed(text)
                        ? new Bytes(text.toString().getBytes(StandardCharsets.UTF_8))
                        : null;
            case BYTES -> value instanceof byte[] bytes ? new Bytes(bytes.clone()) : null;
            case UUID -> value instanceof UUID uuid ? new Bytes(BytesVector.bytes(uuid)) : null;
            case DATE -> value instanceof LocalDate day ? Whole.exact(day.toEpochDay()) : null;
            case TIME -> value instanceof LocalTime time ? Whole.micros(time.toNanoOfDay() / 1_000, time) : null;
            case TIMESTAMP -> value instanceof LocalDateTime time ? Whole.micros(Micros.of(time), time) : null;
            case TIMESTAMP_UTC -> value instanceof Instant time ? Whole.micros(Micros.of(time), time) : null;
            case LIST, MAP, STRUCT -> null;
        };
        if (key == null) {
            throw new IllegalArgumentException("Column '" + column + "' cannot be compared with " + value + " ("
                    + value.getClass().getName() + ")" + remedy(column.type().kind(), value));
        }
        return key;
    }

    private static String remedy(ColumnType.Kind kind, Object value) {
        return switch (kind) {
            case DATE -> "; give a java.time.LocalDate";
            case TIME -> "; give a java.time.LocalTime";
            case TIMESTAMP -> "; give a java.time.LocalDateTime";
            case TIMESTAMP_UTC -> "; give a java.time.Instant";
            case UUID -> "; give a java.util.UUID";
            case BOOLEAN -> "; give a Boolean";
            case INT32, INT64 -> "; give a whole number";
            case FLOAT32, FLOAT64 -> "; give a number";
            case DECIMAL -> "; give a number, or text that is one, such as 49.99";
            case STRING -> value instanceof CharSequence ? "" : "; give the reader a schema, or retype the column";
            default -> "";
        };
    }

    private static boolean isWhole(Object value) {
        return value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte;
    }

    private static @Nullable ConditionKey decimal(ColumnType type, Object value) {
        BigDecimal number = number(value);
        if (number == null || !type.isLongDecimal()) {
            return number == null ? null : new Big(number);
        }
        // Compared by magnitude before it is scaled: as digits, 1E1000000000 and its inverse take a gigabyte.
        long magnitude = number.precision() - (long) number.scale();
        if (number.signum() != 0 && magnitude > type.precision() - type.scale()) {
            return new Whole(number.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE, true);
        }
        if (number.signum() != 0 && magnitude <= -type.scale()) {
            return new Whole(number.signum() < 0 ? -1 : 0, true);
        }
        BigDecimal floor = number.setScale(type.scale(), RoundingMode.FLOOR);
        return new Whole(floor.unscaledValue().longValueExact(), floor.compareTo(number) != 0);
    }

    /** The number that a value's decimal text shows, or null if it shows none. */
    private static @Nullable BigDecimal number(Object value) {
        if (!(value instanceof Number || value instanceof CharSequence)) {
            return null;
        }
        try {
            return value instanceof BigDecimal decimal ? decimal : new BigDecimal(value.toString());
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
