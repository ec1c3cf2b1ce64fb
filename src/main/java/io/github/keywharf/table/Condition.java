package io.github.keywharf.table;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A condition on the columns of rows. It filters rows exactly, and rules out whole groups of rows by the statistics of their
 * columns.
 *
 * <p>Logic is SQL's: a comparison with an absent value is neither true nor false, {@link #not} of it is neither as
 * well, and a row fits only if the whole condition is true. {@link #isNull} finds absent values.
 *
 * <p>Values have the Java type that {@link ColumnType.Kind} names. Whole numbers of any width are also accepted for int32,
 * int64, floats and decimals; decimals are compared with doubles, floats and text by the number that their decimal text shows,
 * so that {@code 49.99} is the decimal 49.99. Text and bytes compare by their unsigned bytes (text: in UTF-8),
 * false is before true, and NaN is neither equal to, before or after anything.
 *
 * <p>Immutable. {@link #bind}, which readers call when they open rows, throws an {@link IllegalArgumentException} for an
 * unknown column, for a comparison of a list, map or struct, and for a value that the column's type cannot be compared with.
 */
public abstract sealed class Condition {

    private Condition() {}

    /** A condition that the column has this value. */
    public static Condition eq(String column, Object value) {
        return new Comparison(column, "=", value);
    }

    /** A condition that the column's value is less. */
    public static Condition lt(String column, Object value) {
        return new Comparison(column, "<", value);
    }

    /** A condition that the column's value is less or equal. */
    public static Condition le(String column, Object value) {
        return new Comparison(column, "<=", value);
    }

    /** A condition that the column's value is greater. */
    public static Condition gt(String column, Object value) {
        return new Comparison(column, ">", value);
    }

    /** A condition that the column's value is greater or equal. */
    public static Condition ge(String column, Object value) {
        return new Comparison(column, ">=", value);
    }

    /** A condition that the column has one of these values; without values, no row fits. */
    public static Condition in(String column, Collection<?> values) {
        return values.isEmpty()
                // False for every row, and names the column, so that bind checks it.
                ? not(or(isNull(column), and()))
                : or(values.stream().map(value -> eq(column, value)).toArray(Condition[]::new));
    }

    /** A condition that the column's value is absent. */
    public static Condition isNull(String column) {
        return new IsNull(column);
    }

    /** A condition that the column's value is present. */
    public static Condition notNull(String column) {
        return not(isNull(column));
    }

    /** A condition that all of these are true; without conditions, every row fits. */
    public static Condition and(Condition... conditions) {
        return new And(List.of(conditions));
    }

    /** A condition that at least one of these is true; without conditions, no row fits. */
    public static Condition or(Condition... conditions) {
        return new Or(List.of(conditions));
    }

    /** A condition that this one is false; a row for which it is neither true nor false does not fit. */
    public static Condition not(Condition condition) {
        return new Not(condition);
    }

    /** Names of the columns that the condition reads. */
    public final Set<String> columns() {
        return accept(new ColumnNames());
    }

    /**
     * The condition, ready for rows of these columns.
     *
     * @throws IllegalArgumentException if a column is unknown or cannot be compared with its value
     */
    public final BoundCondition bind(Schema schema) {
        return new BoundCondition(accept(new BoundCondition.Binding(schema)));
    }

    /** Translation of a condition, innermost parts first, for example into another query language. */
    public interface Visitor<T> {

        /**
         * A comparison of a column with a value.
         *
         * @param operator {@code =}, {@code <}, {@code <=}, {@code >} or {@code >=}
         */
        T comparison(String column, String operator, Object value);

        /** A test that a column's value is absent. */
        T isNull(String column);

        /** A conjunction: all parts are true. */
        T and(List<T> parts);

        /** A disjunction: at least one part is true. */
        T or(List<T> parts);

        /** A negation: the part is false. */
        T not(T part);
    }

    /** The condition as the visitor translates it. */
    public abstract <T> T accept(Visitor<T> visitor);

    /** The condition in the manner of SQL, for people. */
    @Override
    public final String toString() {
        return accept(new Text());
    }

    private static final class Comparison extends Condition {
        private final String column;
        private final String operator;
        private final Object value;

        Comparison(String column, String operator, Object value) {
            this.column = Objects.requireNonNull(column, "column");
            this.operator = operator;
            this.value = Objects.requireNonNull(value, "value: use isNull for absent values");
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.comparison(column, operator, value);
        }
    }

    private static final class IsNull extends Condition {
        private final String column;

        IsNull(String column) {
            this.column = Objects.requireNonNull(column, "column");
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.isNull(column);
        }
    }

    private static final class And extends Condition {
        private final List<Condition> parts;

        And(List<Condition> parts) {
            this.parts = parts;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.and(parts.stream().map(part -> part.accept(visitor)).toList());
        }
    }

    private static final class Or extends Condition {
        private final List<Condition> parts;

        Or(List<Condition> parts) {
            this.parts = parts;
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.or(parts.stream().map(part -> part.accept(visitor)).toList());
        }
    }

    private static final class Not extends Condition {
        private final Condition part;

        Not(Condition part) {
            this.part = Objects.requireNonNull(part, "condition");
        }

        @Override
        public <T> T accept(Visitor<T> visitor) {
            return visitor.not(part.accept(visitor));
        }
    }

    private record ColumnNames() implements Visitor<Set<String>> {
        @Override
        public Set<String> comparison(String column, String operator, Object value) {
            return Set.of(column);
        }

        @Override
        public Set<String> isNull(String column) {
            return Set.of(column);
        }

        @Override
        public Set<String> and(List<Set<String>> parts) {
            return parts.stream().flatMap(Set::stream).collect(Collectors.toCollection(LinkedHashSet::new));
        }

        @Override
        public Set<String> or(List<Set<String>> parts) {
            return and(parts);
        }

        @Override
        public Set<String> not(Set<String> part) {
            return part;
        }
    }

    private record Text() implements Visitor<String> {
        @Override
        public String comparison(String column, String operator, Object value) {
            return column + " " + operator + " " + value;
        }

        @Override
        public String isNull(String column) {
            return column + " IS NULL";
        }

        @Override
        public String and(List<String> parts) {
            return parts.isEmpty() ? "TRUE" : "(" + String.join(" AND ", parts) + ")";
        }

        @Override
        public String or(List<String> parts) {
            return parts.isEmpty() ? "FALSE" : "(" + String.join(" OR ", parts) + ")";
        }

        @Override
        public String not(String part) {
            return "NOT " + part;
        }
    }
}
