package io.github.keywharf.table;

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
     * Two values between which all others lie, both of them included; they need not occur themselves.
     *
     * @param min of the form in which vectors hold values: {@code Long} for whole numbers, booleans, days, times and short
     *     decimals (unscaled), {@code Double}, {@code BigDecimal}, or {@code byte[]} for text, bytes and UUIDs
     * @param max of the same form
     */
    public record Bounds(Object min, Object max) {}

    /** Nothing is known but the number of rows. */
    public static ColumnStats unknown(long rows) {
        return new ColumnStats(rows, UNKNOWN, Optional.empty());
    }

    /** Whether it is known that no row has a value. */
    public boolean hasNoValue() {
        return nulls == rows;
    }
}
