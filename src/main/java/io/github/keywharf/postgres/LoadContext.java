package io.github.keywharf.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
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

    /** Runs a statement; gives how many rows it touched. */
    long update(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeLargeUpdate(sql);
        }
    }

    /** Runs a statement with values; gives how many rows it touched. */
    long update(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeLargeUpdate();
        }
    }

    /** Asks a question whose answer is yes or no. */
    boolean ask(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(sql)) {
            return answer.next() && answer.getBoolean(1);
        }
    }

    /** Asks for a number. */
    long count(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet answer = statement.executeQuery(sql)) {
            return answer.next() ? answer.getLong(1) : 0;
        }
    }

    /**
     * Makes other loads of the same thing wait until this transaction ends.
     *
     * @param what names the thing
     */
    void lock(Supplier<String> what) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))")) {
            statement.setString(1, lockName(what.get()));
            statement.execute();
        }
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
