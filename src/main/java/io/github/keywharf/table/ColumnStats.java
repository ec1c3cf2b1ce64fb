package io.github.keywharf.table;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Optional;

/**
 * What is known of a column in a group of rows without reading them.
 *
 * @param rows how many rows the group has
 * @param nulls how many of them have no value; {@link #UNKNOWN} when that is not known
 * @param bounds between which values the others lie, where that is known
 */
public record ColumnStats(long rows, long nulls, Optional<Bounds> bounds) {

    /** Stands for a number of nulls that is not known. */
    public static final long UNKNOWN = -1;

    /**
     * Two values between which all others lie, both of them included; they need not occur themselves. A NaN is
     * between none, and a column that has one may have no bounds.
     *
     * @param min of the form in which vectors hold values: {@code Long} for whole numbers, booleans, days, times and short
     *     decimals (unscaled), {@code Double}, {@code BigDecimal}, or {@code byte[]} for text, bytes and UUIDs
     * @param max of the same form
     */
    public record Bounds(Object min, Object max) {

        private Bounds plus(Bounds other) {
            return new Bounds(
                    compare(min, other.min) <= 0 ? min : other.min, compare(max, other.max) >= 0 ? max : other.max);
        }

        private static int compare(Object left, Object right) {
            if (left instanceof byte[] bytes) {
                return Arrays.compareUnsigned(bytes, (byte[]) right);
            }
            if (left instanceof BigDecimal number) {
                return number.compareTo((BigDecimal) right);
            }
            return left instanceof Double number
                    ? Double.compare(number, (Double) right)
                    : Long.compare((Long) left, (Long) right);
        }
    }

    /** Nothing is known but the number of rows. */
    public static ColumnStats unknown(long rows) {
        return new ColumnStats(rows, UNKNOWN, Optional.empty());
    }

    /** What is known of the column in both groups together. */
    public ColumnStats plus(ColumnStats other) {
        long both = nulls == UNKNOWN || other.nulls == UNKNOWN ? UNKNOWN : nulls + other.nulls;
        Optional<Bounds> wider = hasNoValue()
                ? other.bounds
                : other.hasNoValue() ? bounds : bounds.flatMap(own -> other.bounds.map(own::plus));
        return new ColumnStats(rows + other.rows, both, wider);
    }

    /** Whether it is known that no row has a value. */
    public boolean hasNoValue() {
        return nulls == rows;
    }
}
