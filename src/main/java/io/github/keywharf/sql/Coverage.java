package io.github.keywharf.sql;

import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Share of the source's rows that a load has. If it has all of them, keys that are in the warehouse but not in the load
 * were deleted in the source.
 */
public sealed interface Coverage {

    /** Some of the source's rows; a missing row shows nothing. */
    record Partial() implements Coverage {}

    /**
     * All of the source's rows except rejected ones.
     *
     * @param rejected keys of rejected rows, which are in the source too, called after the rows were read; empty if they
     *     are unknown, so that no row counts as deleted
     * @param limit called before any key is recorded as deleted
     */
    record Complete(Supplier<Optional<Table>> rejected, Limit limit) implements Coverage {}

    /** Limit to the keys that one load may record as deleted. */
    @FunctionalInterface
    interface Limit {

        /**
         * Returns true if keys may be recorded as deleted; otherwise none of the table is.
         *
         * @param deleted number of keys that are missing from the load and were not deleted before
         * @param known number of keys in the warehouse that were not deleted before
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
