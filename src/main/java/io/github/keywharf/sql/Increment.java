package io.github.keywharf.sql;

import io.github.keywharf.table.Table;
import java.time.LocalDateTime;

/** Rows of a table to read. */
public sealed interface Increment {

    /** All rows. */
    record Everything() implements Increment {}

    /**
     * Rows of all transactions that an earlier snapshot did not see, including late commits and updates that no column
     * shows. Rows that were being written while the earlier snapshot was taken may be read again.
     *
     * <p>Where positions cannot be compared (another system, a view), all rows are read.
     *
     * @param earlier the position up to which everything has been read
     */
    record Since(SnapshotPosition earlier) implements Increment {}

    /**
     * Rows whose time column lies in a window.
     *
     * @param column a column of type timestamp
     * @param from inclusive
     * @param to exclusive
     */
    record Window(String column, LocalDateTime from, LocalDateTime to) implements Increment {

        /** Checks the order of the two ends. */
        public Window {
            if (from.isAfter(to)) {
                throw new IllegalArgumentException(
                        "The window of '" + column + "' begins at " + from + ", after its end " + to);
            }
        }
    }

    /**
     * Rows with given keys; a key that is not there gives no row.
     *
     * @param keys rows of one or more columns that identify a row of the table
     */
    record Keys(Table keys) implements Increment {}

    /** All rows. */
    static Increment everything() {
        return new Everything();
    }
}
