package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.postgres.internal.session.Jdbc;
import io.github.keywharf.postgres.internal.session.PgConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What every step of a load needs: its connection, inside its transaction, and whose batch it is.
 *
 * @param connection with a transaction open
 * @param events receives waits
 * @param schema the tables are in
 * @param locks time to wait for each lock of others
 * @param version the server's major version
 * @param pauseForeignKeys whether foreign keys of an empty table may be taken off while it is filled
 * @param stages counts staging tables
 */
record LoadContext(
        Connection connection,
        EventListener events,
        String schema,
        Batch batch,
        Duration locks,
        int version,
        boolean pauseForeignKeys,
        AtomicInteger stages) {

    /**
     * A batch as the control tables know it.
     *
     * @param flow whose batch it is; empty where no control tables are kept
     * @param origin the flow that loaded the batch first, where it is loaded again; else empty
     */
    record Batch(String flow, long number, String origin) {

        /** For writes that no control table knows. */
        static final Batch NONE = new Batch("", 0, "");

        boolean isKept() {
            return !flow.isEmpty();
        }

        /** The flows whose loads this one excludes. */
        List<String> flows() {
            return origin.isEmpty() || origin.equals(flow) ? List.of(flow) : List.of(origin, flow);
        }

        @Override
        public String toString() {
            return "Batch " + number + " of " + flow;
        }
    }

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
    void lock(String what) throws SQLException {
        String name = lockName(what);
        if (!Jdbc.first(
                        connection,
                        "SELECT pg_try_advisory_xact_lock(hashtextextended(?, 0))",
                        row -> row.getBoolean(1),
                        name)
                .orElse(false)) {
            events.info(
                    PgConnections.LOCK_AWAITED,
                    Work.NONE,
                    what,
                    "waits for another load of the same, whose transaction is open");
            Jdbc.execute(connection, "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", name);
        }
    }

    /**
     * Makes other loads of a table wait for as long as this one takes. It waits for them as long itself, unless it has less
     * time for locks than is usual.
     */
    void lockTable(String table) throws SQLException {
        if (locks.compareTo(Transactions.LOCKS) >= 0) {
            update("SET LOCAL lock_timeout = 0");
        }
        lock("table " + table);
        update(lockTimeout());
    }

    /** The statement that limits the wait for each lock. */
    String lockTimeout() {
        return lockTimeout(locks);
    }

    /** The statement that limits the wait for each lock from now on. */
    static String lockTimeout(Duration wait) {
        return "SET LOCAL lock_timeout = " + Math.max(1, Math.min(wait.toMillis(), Integer.MAX_VALUE));
    }

    /** The text whose hash is the advisory lock of a thing. */
    String lockName(String what) {
        return "keywharf " + schema + " " + what;
    }
}
