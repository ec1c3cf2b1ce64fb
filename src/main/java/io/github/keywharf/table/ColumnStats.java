package io.github.keywharf.table;

import java.util.Arrays;
import java.util.Optional;

/**
 * Statistics of a column in a group of rows, available without reading them.
 *
 * @param rows number of rows in the group
 * @param nulls number of rows without a value, or {@link #UNKNOWN}
 * @param bounds limits of the other values, if available
 */
public record ColumnStats(long rows, long nulls, Optional<Bounds> bounds) {

    /** An unknown number of nulls. */
    public static final long UNKNOWN = -1;

    /**
     * Inclusive limits of values; neither limit needs to occur. A NaN lies outside of all bounds, and a column that has one
     * may have no bounds.
     *
     * @param min least value in the form in which vectors hold values: {@code Long} for whole numbers, booleans, days, times
     *     and short decimals (unscaled), {@code Double}, {@code BigDecimal}, or {@code byte[]} for text, bytes and UUIDs
     * @param max greatest value in the same form
     */
    public record Bounds(Object min, Object max) {

        private Bounds plus(Bounds other) {
            return new Bounds(
                    compare(min, other.min) <= 0 ? min : other.min, compare(max, other.max) >= 0 ? max : other.max);
        }

        @SuppressWarnings("unchecked")
        private static int compare(Object left, Object right) {
            return left instanceof byte[] bytes
                    ? Arrays.compareUnsigned(bytes, (byte[]) right)
                    : ((Comparable<Object>) left).compareTo(right);
        }
    }

    /** Statistics that hold the number of rows only. */
    public static ColumnStats unknown(long rows) {
        return new ColumnStats(rows, UNKNOWN, Optional.empty());
    }

    /** Statistics of both groups together. */
    public ColumnStats plus(ColumnStats other) {
        long both = nulls == UNKNOWN || other.nulls == UNKNOWN ? UNKNOWN : nulls + other.nulls;
        return new ColumnStats(rows + other.rows, both, boundsWith(other));
    }

    private Optional<Bounds> boundsWith(ColumnStats other) {
        if (hasNoValue()) {
            return other.bounds;
        }
        return other.hasNoValue() ? bounds : bounds.flatMap(one -> other.bounds.map(one::plus));
    }

    /** True if every row is known to be null. */
    public boolean hasNoValue() {
        return nulls == rows;
    }
}
