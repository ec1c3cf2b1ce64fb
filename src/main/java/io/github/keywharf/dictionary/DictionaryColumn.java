package io.github.keywharf.dictionary;

import java.util.Comparator;
import java.util.Optional;

/**
 * Column of a table or view.
 *
 * @param name name, without quotes
 * @param type type, in CQL, such as {@code map<text, frozen<address>>}
 * @param kind role in the primary key
 * @param position position in the partition key or among the clustering columns, from 0; absent for other columns, which have
 *     no order
 * @param order sort order of the rows of a partition, for clustering columns
 * @param mask function that hides the values from users without the right to see them, such as {@code system.mask_default()}
 */
public record DictionaryColumn(
        String name, String type, Kind kind, Optional<Integer> position, Optional<Order> order, Optional<String> mask) {

    static final Comparator<DictionaryColumn> IN_TABLE = Comparator.comparing(DictionaryColumn::kind)
            .thenComparing(column -> column.position().orElse(-1))
            .thenComparing(DictionaryColumn::name);

    /** Role of a column, in the order of listing. */
    public enum Kind {
        /** Part of the partition key, which locates the partition of a row. */
        PARTITION_KEY,
        /** Clustering column, which identifies and sorts the rows of a partition. */
        CLUSTERING,
        /** One value for the whole partition. */
        STATIC,
        /** One value for each row. */
        REGULAR;

        /** Returns the name for people: {@code partition key}. */
        public String label() {
            return switch (this) {
                case PARTITION_KEY -> "partition key";
                case CLUSTERING -> "clustering";
                case STATIC -> "static";
                case REGULAR -> "regular";
            };
        }
    }

    /** Sort order by a clustering column. */
    public enum Order {
        /** Ascending. */
        ASC,
        /** Descending. */
        DESC
    }

    /** Returns true for a part of the primary key. */
    public boolean inKey() {
        return kind == Kind.PARTITION_KEY || kind == Kind.CLUSTERING;
    }

    /** Returns the kind, with the order if that is not the default: {@code clustering, descending}. */
    String role() {
        return kind.label() + (order.isPresent() && order.get() == Order.DESC ? ", descending" : "");
    }

    @Override
    public String toString() {
        return Texts.line(name + " " + type + (kind == Kind.REGULAR ? "" : " " + role())
                + mask.map(function -> " masked with " + function).orElse(""));
    }
}
