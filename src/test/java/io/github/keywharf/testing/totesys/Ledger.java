package io.github.keywharf.testing.totesys;

import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a simulated application writes: tables held in memory, or a database. */
interface Ledger {
    /** Draws the next id of a table, as its sequence would. */
    int nextId(String table) throws SQLException;

    /** Adds a row, whose values are in the order of {@link TotesysSchema#COLUMNS}. */
    void insert(String table, @Nullable Object... row) throws SQLException;

    /** Changes one column and leaves {@code last_updated} alone; does nothing if the row is absent or has that value. */
    void edit(String table, int id, String column, Object value) throws SQLException;

    /** Marks the payments that are due on the day of {@code at} as paid, all with the same {@code last_updated}. */
    void payDue(LocalDateTime at) throws SQLException;

    /** The ids of all rows of a table that others refer to, in ascending order. */
    List<Integer> ids(String table) throws SQLException;

    /** The id drawn last from a table's sequence. */
    int lastId(String table) throws SQLException;

    /** Ends one transaction of the application. */
    void commit() throws SQLException;
}
