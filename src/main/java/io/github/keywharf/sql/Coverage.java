package io.github.keywharf.sql;

import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether the rows of a load are all that the source has, so that keys which are in the warehouse but not among them have
 * been deleted there.
 */
public sealed interface Coverage {

    /** Some of the source's rows; nothing follows from what is not among them. */
    record Partial() implements Coverage {}

    /**
     * All of the source's rows but those that were rejected on the way.
     *
     * @param rejected asked once the rows have been read: the keys of the rejected ones, which are in the source too;
     *     empty when they are not known, so that nothing follows from what is missing
     * @param limit asked before any key is entered as deleted
     */
    record Complete(Supplier<Optional<Table>> rejected, Limit limit) implements Coverage {}

    /** How many keys one load may enter as deleted. */
    @FunctionalInterface
    interface Limit {

        /**
         * Whether keys may be entered as deleted; when not, none of the table is.
         *
         * @param deleted how many are missing from the rows of the load, and were not deleted before
         * @param known how many keys the warehouse had that were not deleted before
         */
        boolean allows(long deleted, long known);
    }

    /** Some of the source's rows. */
    static Coverage partial() {
        return new Partial();
    }

    /** All of the source's rows. */
    static Coverage complete() {
        Table none = Rows.empty(Schema.of()).toTable();
        return new Complete(() -> Optional.of(none), (deleted, known) -> true);
    }
}
