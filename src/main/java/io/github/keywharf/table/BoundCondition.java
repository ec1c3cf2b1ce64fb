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
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A {@link Condition} ready for rows of certain columns. Immutable and thread-safe. */
public final class BoundCondition {

    private final Term term;

    BoundCondition(Term term) {
        this.term = term;
    }

    /** Rows of a batch for which the condition is true; the same batch if it is true for all. */
    public ColumnBatch rest(ColumnBatch batch) {
        return rest(batch, batch);
    }

    /**
     * Rows of a second batch for which the condition is true in the first.
     *
     * @param batch has the columns that the condition reads
     * @param result has the same rows, perhaps with other columns
     */
    public ColumnBatch rest(ColumnBatch batch, ColumnBatch result) {
        byte[] states = term.states(batch);
        int[] positions = new int[states.length];
        int count = 0;
        for (int i = 0; i < states.length; i++) {
            if (states[i] == Term.TRUE) {
                positions[count++] = i;
            }
        }
        return count == states.length ? result : result.gather(positions, count);
    }

    /**
     * False only if the condition is true for no row of a group.
     *
     * @param group returns the statistics of a column in the group
     */
    public boolean mayBeTrue(Function<Column, ColumnStats> group) {
        return term.mayBeTrue(group);
    }

    /** A condition, or part of one, bound to the columns of some rows. */
    sealed interface Term {

        /** State of a row for which the condition is false. */
        byte FALSE = 0;

        /** State of a row for which the condition is true. */
        byte TRUE = 1;

        /** State of a row for which the condition is neither. */
        byte UNKNOWN = 2;

        /** State of each row of a batch. */
        byte[] states(ColumnBatch batch);

        /** False only if the condition is true for no row of a group. */
        boolean mayBeTrue(Function<Column, ColumnStats> group);

        /** False only if the condition is false for no row of a group. */
        boolean mayBeFalse(Function<Column, ColumnStats> group);
    }

    /** Translation of a {@link Condition} for rows of a schema. */
    record Binding(Schema schema) implements Condition.Visitor<Term> {
        @Override
        public Term comparison(String column, String operator, Object value) {
            Column bound = schema.column(column);
            return new Comparison(bound, Operator.of(operator), Key.of(bound, value));
        }

        @Override
        public Term isNull(String column) {
            return new IsNull(schema.column(column));
        }

        @Override
        public Term and(List<Term> parts) {
            return new Junction(parts, Term.FALSE);
        }

        @Override
        public Term or(List<Term> parts) {
            return new Junction(parts, Term.TRUE);
        }

        @Override
        public Term not(Term part) {
            return new Not(part);
        }
    }

    /** Relation between a column's value and the value that it is compared with. */
    enum Operator {
        EQ,
        LT,
        LE,
        GT,
        GE;

        static Operator of(String sign) {
            return switch (sign) {
                case "=" -> EQ;
                case "<" -> LT;
                case "<=" -> LE;
                case ">" -> GT;
                default -> GE;
            };
        }

        boolean holds(int order) {
            return switch (this) {
                case EQ -> order == 0;
                case LT -> order < 0;
                case LE -> order <= 0;
                case GT -> order > 0;
                case GE -> order >= 0;
            };
        }
    }

    /** Comparison of a column with a value. */
    record Comparison(Column column, Operator operator, Key key) implements Term {

        @Override
        public byte[] states(ColumnBatch batch) {
            ColumnVector vector = batch.column(column.name());
            byte[] states = new byte[batch.size()];
            for (int i = 0; i < states.length; i++) {
                if (vector.isNull(i)) {
                    states[i] = UNKNOWN;
                } else if (!isNaN(vector, i) && operator.holds(key.compare(vector, i))) {
                    states[i] = TRUE;
                }
            }
            return states;
        }

        private boolean isNaN(ColumnVector vector, int position) {
            return key.isNaN() || (vector instanceof DoubleVector doubles && Double.isNaN(doubles.doubleAt(position)));
        }

        @Override
        public boolean mayBeTrue(Function<Column, ColumnStats> group) {
            ColumnStats stats = group.apply(column);
            return !stats.hasNoValue() && stats.bounds().map(this::mayHold).orElse(true);
        }

        private boolean mayHold(ColumnStats.Bounds bounds) {
            int least = key.compareBound(bounds.min());
            int greatest = key.compareBound(bounds.max());
            return !key.isNaN()
                    && switch (operator) {
                        case EQ -> least <= 0 && greatest >= 0;
                        case LT, LE -> operator.holds(least);
                        case GT, GE -> operator.holds(greatest);
                    };
        }

        @Override
        public boolean mayBeFalse(Function<Column, ColumnStats> group) {
            ColumnStats stats = group.apply(column);
            if (stats.hasNoValue()) {
                return false;
            }
            ColumnType.Kind kind = column.type().kind();
            // A NaN lies within no bounds, and no comparison with it is true.
            boolean mayBeNaN = kind == ColumnType.Kind.FLOAT32 || kind == ColumnType.Kind.FLOAT64;
            return mayBeNaN
                    || stats.bounds().map(bounds -> !holdsBetween(bounds)).orElse(true);
        }

        private boolean holdsBetween(ColumnStats.Bounds bounds) {
            return operator.holds(key.compareBound(bounds.min())) && operator.holds(key.compareBound(bounds.max()));
        }
    }

    /** Test that a column's value is absent. */
    record IsNull(Column column) implements Term {

        @Override
        public byte[] states(ColumnBatch batch) {
            ColumnVector vector = batch.column(column.name());
            byte[] states = new byte[batch.size()];
            for (int i = 0; i < states.length; i++) {
                states[i] = vector.isNull(i) ? TRUE : FALSE;
            }
            return states;
        }

        @Override
        public boolean mayBeTrue(Function<Column, ColumnStats> group) {
            // Also true of an unknown number of nulls.
            return group.apply(column).nulls() != 0;
        }

        @Override
        public boolean mayBeFalse(Function<Column, ColumnStats> group) {
            return !group.apply(column).hasNoValue();
        }
    }

    /**
     * Conjunction or disjunction of parts.
     *
     * @param decisive the state of one part that decides the whole: {@link #FALSE} for AND, {@link #TRUE} for OR
     */
    record Junction(List<Term> parts, byte decisive) implements Term {

        @Override
        public byte[] states(ColumnBatch batch) {
            byte[] states = new byte[batch.size()];
            Arrays.fill(states, decisive == FALSE ? TRUE : FALSE);
            for (Term part : parts) {
                byte[] other = part.states(batch);
                for (int i = 0; i < states.length; i++) {
                    if (other[i] == decisive || states[i] == decisive) {
                        states[i] = decisive;
                    } else if (other[i] == UNKNOWN) {
                        states[i] = UNKNOWN;
                    }
                }
            }
            return states;
        }

        @Override
        public boolean mayBeTrue(Function<Column, ColumnStats> group) {
            return decisive == FALSE
                    ? parts.stream().allMatch(part -> part.mayBeTrue(group))
                    : parts.stream().anyMatch(part -> part.mayBeTrue(group));
        }

        @Override
        public boolean mayBeFalse(Function<Column, ColumnStats> group) {
            return decisive == FALSE
                    ? parts.stream().anyMatch(part -> part.mayBeFalse(group))
                    : parts.stream().allMatch(part -> part.mayBeFalse(group));
        }
    }

    /** Negation of a part. */
    record Not(Term part) implements Term {

        @Override
        public byte[] states(ColumnBatch batch) {
            byte[] states = part.states(batch);
            for (int i = 0; i < states.length; i++) {
                states[i] = states[i] == UNKNOWN ? UNKNOWN : (byte) (1 - states[i]);
            }
            return states;
        }

        @Override
        public boolean mayBeTrue(Function<Column, ColumnStats> group) {
            return part.mayBeFalse(group);
        }

        @Override
        public boolean mayBeFalse(Function<Column, ColumnStats> group) {
            return part.mayBeTrue(group);
        }
    }

    /** A value that a column is compared with, in the form in which the column's vectors hold theirs. */
    sealed interface Key {

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
        record Whole(long value, boolean between) implements Key {
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
        record Floating(double value) implements Key {
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
        record Big(BigDecimal value) implements Key {
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
        record Bytes(byte[] value) implements Key {
            @Override
            public int compare(ColumnVector vector, int position) {
                BytesVector bytes = (BytesVector) vector;
                int from = bytes.offset(position);
                return Arrays.compareUnsigned(
                        bytes.bytes(), from, from + bytes.length(position), value, 0, value.length);
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
        static Key of(Column column, Object value) {
            Key key = switch (column.type().kind()) {
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
                        + value.getClass().getName() + ")"
                        + remedy(column.type().kind(), value));
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

        private static @Nullable Key decimal(ColumnType type, Object value) {
            BigDecimal number = number(value);
            if (number == null || !type.isLongDecimal()) {
                return number == null ? null : new Big(number);
            }
            // Compared by magnitude before it is scaled: as digits, 1E1000000000 and its inverse take a gigabyte.
            long magnitude = number.precision() - (long) number.scale();
            if (number.signum() == 0) {
                return new Whole(0, false);
            }
            if (magnitude > type.precision() - type.scale()) {
                return new Whole(number.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE, true);
            }
            if (magnitude <= -type.scale()) {
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
}
