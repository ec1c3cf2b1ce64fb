package io.github.keywharf.dictionary;

import java.util.Comparator;
import java.util.Optional;

/**
 * A column of a table or view.
 *
 * @param name as it is, without quotes
 * @param type in CQL, such as {@code map<text, frozen<address>>}
 * @param kind its part in the key
 * @param position its place in its part of the key, from 0; absent outside the key, where columns have no order
 * @param order how rows of a partition are sorted by it, for clustering columns
 * @param mask the function that hides its values from those without the right to see them, such as
 *     {@code system.mask_default()}
 */
public record DictionaryColumn(
        String name, String type, Kind kind, Optional<Integer> position, Optional<Order> order, Optional<String> mask) {

    static final Comparator<DictionaryColumn> IN_TABLE = Comparator.comparing(DictionaryColumn::kind)
            .thenComparing(column -> column.position().orElse(-1))
            .thenComparing(DictionaryColumn::name);

    /** What a column is for; in the order in which they are shown. */
    public enum Kind {
        /** Which partition a row is in; all of these must be given to find it. */
        PARTITION_KEY,
        /** Which row of the partition, and in what order. */
        CLUSTERING,
        /** One value for the whole partition. */
        STATIC,
        /** One value for each row. */
        REGULAR;

        /** For people: {@code partition key}. */
        public String label() {
            return switch (this) {
                case PARTITION_KEY -> "partition key";
                case CLUSTERING -> "clustering";
                case STATIC -> "static";
                case REGULAR -> "regular";
            };
        }
    }

    /** How rows are sorted by a clustering column. */
    public enum Order {
        /** Smallest first. */
        ASC,
        /** Largest first. */
        DESC
    }

    /** Whether it is a part of the primary key. */
    public boolean inKey() {
        return kind == Kind.PARTITION_KEY || kind == Kind.CLUSTERING;
    }

    /** What it is for, with its order if that is not the usual one: {@code clustering, descending}. */
    String role() {
        return kind.label() + (order.isPresent() && order.get() == Order.DESC ? ", descending" : "");
    }

    @Override
    public String toString() {
        return Texts.line(name + " " + type + (kind == Kind.REGULAR ? "" : " " + role())
                + mask.map(function -> " masked with " + function).orElse(""));
    }
}
