package io.github.keywharf.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * What every step of a load needs: its connection, inside its transaction, and whose batch it is.
 *
 * @param connection with a transaction open
 * @param schema the tables are in
 * @param flow whose batch it is; empty where no control tables are kept
 * @param batch its number
 * @param origin the flow that loaded the batch first, where it is loaded again; else empty
 * @param version the server's major version
 * @param pauseForeignKeys whether foreign keys of an empty table may be taken off while it is filled
 * @param stages counts staging tables
 */
record LoadContext(
        Connection connection,
        String schema,
        String flow,
        long batch,
        String origin,
        int version,
        boolean pauseForeignKeys,
        AtomicInteger stages) {

    /** Runs a statement with values; gives how many rows it touched. */
    long update(String sql, Object... values) throws SQLException {
        if (values.length > 0) {
            return Jdbc.update(connection, sql, values);
        }
        // It may be several statements.
        try (Statement statement = connection.createStatement()) {
            return statement.executeLargeUpdate(sql);
        }
    }

    /** Asks a question whose answer is yes or no. */
    boolean ask(String sql) throws SQLException {
        return Jdbc.first(connection, sql, row -> row.getBoolean(1)).orElse(false);
    }

    /** Asks for a number. */
    long count(String sql) throws SQLException {
        return Jdbc.first(connection, sql, row -> row.getLong(1)).orElse(0L);
    }

    /**
     * Makes other loads of the same thing wait until this transaction ends.
     *
     * @param what names the thing
     */
    void lock(Supplier<String> what) throws SQLException {
        Jdbc.execute(connection, "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", lockName(what.get()));
    }

    /** Makes other loads of a table wait for as long as this one takes: only locks of others have a time limit. */
    void lockTable(String table) throws SQLException {
        update("SET LOCAL lock_timeout = 0");
        lock(() -> "table " + table);
        update(Transactions.LOCK_TIMEOUT);
    }

    /** The text whose hash is the advisory lock of a thing. */
    String lockName(String what) {
        return "keywharf " + schema + " " + what;
    }
}
