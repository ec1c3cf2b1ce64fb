package io.github.keywharf.format;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * A condition on rows, by which whole row groups are skipped and the rest is filtered exactly.
 *
 * <p>Logic is SQL's: a comparison with an absent value is neither true nor false, {@link #not} of it is neither as
 * well, and only rows for which the whole condition is true are read. Ask for absent values with {@link #isNull}.
 *
 * <p>Values are given as the Java type that {@link io.github.keywharf.table.ColumnType.Kind} names; whole numbers of any
 * width do for int32, int64, floats and decimals. Text and bytes compare by their unsigned bytes (text: in UTF-8),
 * false is before true, and NaN is neither equal to, before or after anything.
 *
 * <p>Immutable. A column that is not there, a list, map or struct where a value is compared, or a value of another
 * type is an {@link IllegalArgumentException} when the rows are opened.
 */
public abstract sealed class ParquetFilter permits FilterComparison, FilterIn, FilterNull, FilterJunction, FilterNot {

    ParquetFilter() {}

    /** The column has this value. */
    public static ParquetFilter eq(String column, Object value) {
        return new FilterComparison(column, FilterComparison.Operator.EQ, value);
    }

    /** The column's value is less. */
    public static ParquetFilter lt(String column, Object value) {
        return new FilterComparison(column, FilterComparison.Operator.LT, value);
    }

    /** The column's value is less or the same. */
    public static ParquetFilter le(String column, Object value) {
        return new FilterComparison(column, FilterComparison.Operator.LE, value);
    }

    /** The column's value is greater. */
    public static ParquetFilter gt(String column, Object value) {
        return new FilterComparison(column, FilterComparison.Operator.GT, value);
    }

    /** The column's value is greater or the same. */
    public static ParquetFilter ge(String column, Object value) {
        return new FilterComparison(column, FilterComparison.Operator.GE, value);
    }

    /** The column has one of these values; with none given, no row fits. */
    public static ParquetFilter in(String column, Collection<?> values) {
        return new FilterIn(column, values);
    }

    /** The column's value is absent. */
    public static ParquetFilter isNull(String column) {
        return new FilterNull(column, true);
    }

    /** The column's value is there. */
    public static ParquetFilter notNull(String column) {
        return new FilterNull(column, false);
    }

    /** All of these are true; with none given, every row fits. */
    public static ParquetFilter and(ParquetFilter... filters) {
        return new FilterJunction(List.of(filters), true);
    }

    /** At least one of these is true; with none given, no row fits. */
    public static ParquetFilter or(ParquetFilter... filters) {
        return new FilterJunction(List.of(filters), false);
    }

    /** This is false; rows for which it is neither true nor false do not fit. */
    public static ParquetFilter not(ParquetFilter filter) {
        return new FilterNot(filter);
    }

    /** Adds the columns that are asked about. */
    abstract void columns(Set<String> names);

    /** Checks the values against the columns' types and makes them ready to compare. */
    abstract FilterTest bind(FilterContext context);
}
