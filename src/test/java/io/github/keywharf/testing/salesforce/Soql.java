package io.github.keywharf.testing.salesforce;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A parsed query ("SOQL and SOSL Reference").
 *
 * @param limit the most rows, or -1
 */
record Soql(
        List<Item> items,
        String object,
        @Nullable Condition where,
        List<String> groupBy,
        List<Order> orderBy,
        int limit,
        int offset,
        boolean allRows) {

    /** One item of the select list. */
    sealed interface Item {}

    /** A field, with the path to it. */
    record Path(String path) implements Item {}

    /** An aggregate function; {@code COUNT()} has no path. */
    record Aggregate(
            String function,
            @Nullable String path,
            @Nullable String alias) implements Item {}

    /** A field of a grouped query, with its alias. */
    record Aliased(String path, String alias) implements Item {}

    record Children(Soql query) implements Item {}

    /** {@code FIELDS(ALL)}, {@code FIELDS(STANDARD)} or {@code FIELDS(CUSTOM)}. */
    record Fields(String kind) implements Item {}

    record TypeOf() implements Item {}

    record Order(Item item, boolean descending, boolean nullsLast) {}

    sealed interface Condition {}

    record All(List<Condition> parts) implements Condition {}

    record Any(List<Condition> parts) implements Condition {}

    record Not(Condition part) implements Condition {}

    record Compare(String path, String operator, Literal literal) implements Condition {}

    record In(String path, boolean negated, List<Literal> literals) implements Condition {}

    /**
     * A value in the text.
     *
     * @param kind string, number, boolean, null, date, datetime or named
     */
    record Literal(String kind, String text) {}

    boolean isCount() {
        return items.size() == 1 && items.get(0) instanceof Aggregate only && only.path() == null;
    }

    boolean isAggregate() {
        return !groupBy.isEmpty() || aggregates().findAny().isPresent();
    }

    Stream<Aggregate> aggregates() {
        return items.stream().filter(Aggregate.class::isInstance).map(Aggregate.class::cast);
    }
}
