package io.github.keywharf.postgres.warehouse;

import java.sql.SQLException;

/**
 * A table that is referred to and grows by what the rows bring: its references are good once {@code grow} was called.
 *
 * @param table its name; empty when there is none
 * @param grow adds what is missing
 */
record LateReference(String table, Growth grow) {

    static final LateReference NONE = new LateReference("", () -> {});

    /** Adds rows to the table. */
    interface Growth {
        void run() throws SQLException;
    }

    boolean isNone() {
        return table.isEmpty();
    }
}
