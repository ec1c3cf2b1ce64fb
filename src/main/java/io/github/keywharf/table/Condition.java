package io.github.keywharf.table;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A condition on rows: it filters them exactly, and skips groups of rows by what is known of their columns.
 *
 * <p>Logic is SQL's: a comparison with an absent value is neither true nor false, {@link #not} of it is neither as
 * well, and only rows for which the whole condition is true fit. Ask for absent values with {@link #isNull}.
 *
 * <p>Values are given as the Java type that {@link ColumnType.Kind} names; whole numbers of any
 * width do for int32, int64, floats and decimals. Text and bytes compare by their unsigned bytes (text: in UTF-8),
 * false is before true, and NaN is neither equal to, before or after anything.
 *
 * <p>Immutable. A column that is not there, a list, map or struct where a value is compared, or a value of another
 * type is an {@link IllegalArgumentException} on {@link #bind}, which those who read rows call when they open them.
 */
public abstract sealed class Condition
        permits ConditionComparison, ConditionIn, ConditionNull, ConditionJunction, ConditionNot {

    Condition() {}

    /** The column has this value. */
    public static Condition eq(String column, Object value) {
        return new ConditionComparison(column, ConditionComparison.Operator.EQ, value);
    }

    /** The column's value is less. */
    public static Condition lt(String column, Object value) {
        return new ConditionComparison(column, ConditionComparison.Operator.LT, value);
    }

    /** The column's value is less or the same. */
    public static Condition le(String column, Object value) {
        return new ConditionComparison(column, ConditionComparison.Operator.LE, value);
    }

    /** The column's value is greater. */
    public static Condition gt(String column, Object value) {
        return new ConditionComparison(column, ConditionComparison.Operator.GT, value);
    }

    /** The column's value is greater or the same. */
    public static Condition ge(String column, Object value) {
        return new ConditionComparison(column, ConditionComparison.Operator.GE, value);
    }

    /** The column has one of these values; with none given, no row fits. */
    public static Condition in(String column, Collection<?> values) {
        return new ConditionIn(column, values);
    }

    /** The column's value is absent. */
    public static Condition isNull(String column) {
        return new ConditionNull(column, true);
    }

    /** The column's value is there. */
    public static Condition notNull(String column) {
        return new ConditionNull(column, false);
    }

    /** All of these are true; with none given, every row fits. */
    public static Condition and(Condition... conditions) {
        return new ConditionJunction(List.of(conditions), true);
    }

    /** At least one of these is true; with none given, no row fits. */
    public static Condition or(Condition... conditions) {
        return new ConditionJunction(List.of(conditions), false);
    }

    /** This is false; rows for which it is neither true nor false do not fit. */
    public static Condition not(Condition condition) {
        return new ConditionNot(condition);
    }

    /** The columns that are asked about. */
    public final Set<String> columns() {
        Set<String> names = new LinkedHashSet<>();
        columns(names);
        return names;
    }

    /**
     * The condition ready for rows of these columns.
     *
     * @throws IllegalArgumentException when a column is not there or does not hold such values
     */
    public final BoundCondition bind(Schema schema) {
        return new BoundCondition(test(schema));
    }

    /** Makes something else of a condition, from its innermost parts on, such as a text in another language. */
    public interface Visitor<T> {

        /**
         * A column compared with a value.
         *
         * @param operator {@code =}, {@code <}, {@code <=}, {@code >} or {@code >=}
         */
        T comparison(String column, String operator, Object value);

        /** A column whose value is absent. */
        T isNull(String column);

        /** All parts are true. */
        T and(List<T> parts);

        /** At least one part is true. */
        T or(List<T> parts);

        /** The part is false. */
        T not(T part);
    }

    /** What the visitor makes of it. */
    public abstract <T> T accept(Visitor<T> visitor);

    /** Adds the columns that are asked about. */
    abstract void columns(Set<String> names);

    /** Checks the values against the columns' types and makes them ready to compare. */
    abstract ConditionTest test(Schema schema);
}
