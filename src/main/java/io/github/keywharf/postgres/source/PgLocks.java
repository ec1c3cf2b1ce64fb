package io.github.keywharf.postgres.source;

import io.github.keywharf.postgres.internal.session.PgErrors;
import io.github.keywharf.postgres.internal.session.Quoted;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Tables locked in the mode that reading takes, which keeps others from TRUNCATE, ALTER and DROP. Taken before a
 * transaction's snapshot, they keep its tables from losing rows that the snapshot sees: such statements do not follow MVCC
 * (PostgreSQL documentation, "Caveats" of concurrency control).
 *
 * @param held the tables that are locked
 * @param refused by table, why it is not
 * @param unlockable what LOCK TABLE does not apply to: materialized views and foreign tables
 */
record PgLocks(Set<String> held, Map<String, String> refused, Set<String> unlockable) {

    static final PgLocks NONE = new PgLocks(Set.of(), Map.of(), Set.of());

    private static final String NOT_POPULATED = "55000";

    /** Between two attempts to lock what others have locked. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    /**
     * Locks tables in the connection's transaction. A lock takes no snapshot, nor do the savepoints around it.
     *
     * @param wait how long to wait for all tables together
     */
    static PgLocks take(Connection connection, String schema, List<String> tables, Duration wait) throws SQLException {
        if (tables.isEmpty()) {
            return NONE;
        }
        try (Statement statement = connection.createStatement()) {
            if (lock(statement, schema, tables, " NOWAIT").isEmpty()) {
                return new PgLocks(Set.copyOf(tables), Map.of(), Set.of());
            }
            return oneByOne(statement, schema, tables, wait);
        }
    }

    /**
     * Waits without holding any of the locks: whoever has one of the tables may want another next, and would be ended as
     * the victim of a deadlock.
     */
    private static PgLocks oneByOne(Statement statement, String schema, List<String> tables, Duration wait)
            throws SQLException {
        long end = System.nanoTime() + wait.toNanos();
        while (true) {
            statement.execute("SAVEPOINT keywharf_wait");
            Set<String> held = new LinkedHashSet<>();
            Map<String, String> refused = new LinkedHashMap<>();
            Set<String> unlockable = new LinkedHashSet<>();
            boolean busy = false;
            for (String table : tables) {
                String state = lock(statement, schema, List.of(table), " NOWAIT");
                switch (state) {
                    case "" -> held.add(table);
                    case "42809" -> unlockable.add(table);
                    // No right to lock, though perhaps to read; or gone, which reading will show.
                    case "42501", "42P01", "3F000" -> {}
                    default -> {
                        refused.put(table, reason(wait, state));
                        busy |= state.equals("55P03");
                    }
                }
            }
            long left = end - System.nanoTime();
            if (!busy || left <= 0 || Thread.currentThread().isInterrupted()) {
                statement.execute("RELEASE SAVEPOINT keywharf_wait");
                return new PgLocks(held, refused, unlockable);
            }
            statement.execute("ROLLBACK TO SAVEPOINT keywharf_wait; RELEASE SAVEPOINT keywharf_wait");
            LockSupport.parkNanos(Math.min(left, PAUSE.toNanos()));
        }
    }

    /**
     * Locks materialized views as any SELECT does, in a transaction that has its snapshot: a REFRESH that comes later waits,
     * and one that came earlier leaves rows that every snapshot sees.
     *
     * @param wait how long to wait for each
     * @return by view, why it cannot be read
     */
    static Map<String, String> takeByReading(
            Connection connection, String schema, Set<String> candidates, Duration wait) throws SQLException {
        Map<String, String> refused = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement()) {
            for (String view : candidates) {
                String name = Quoted.name(schema, view);
                if (!isMaterialized(statement, name)) {
                    continue;
                }
                String state = attempted(statement, "SELECT FROM " + name + " LIMIT 0");
                if (state.equals(NOT_POPULATED)) {
                    refused.put(
                            view,
                            "The materialized view has never been filled; run REFRESH MATERIALIZED VIEW (SQLSTATE "
                                    + state + "). It is left out until then");
                } else if (state.equals("55P03")) {
                    refused.put(view, reason(wait, state));
                }
            }
        }
        return refused;
    }

    private static boolean isMaterialized(Statement statement, String name) throws SQLException {
        try (ResultSet result = statement.executeQuery(
                "SELECT relkind = 'm' FROM pg_class WHERE oid = to_regclass(" + Quoted.text(name) + ")")) {
            return result.next() && result.getBoolean(1);
        }
    }

    private static String reason(Duration wait, String state) {
        if (state.equals(PgErrors.LOCKS_FULL)) {
            return "The server has no room for the locks of the table and its partitions, of which two connections take"
                    + " each (SQLSTATE " + state + "); raise max_locks_per_transaction. It is left out until then";
        }
        return "The table is locked by another transaction and could not be locked for reading within " + wait
                + " (SQLSTATE " + state + "). It is left out until the lock is gone, and nothing of it is lost";
    }

    /** The SQLSTATE of what went wrong; empty when all are locked. */
    private static String lock(Statement statement, String schema, List<String> tables, String how)
            throws SQLException {
        String names = tables.stream().map(table -> Quoted.name(schema, table)).collect(Collectors.joining(", "));
        return attempted(statement, "LOCK TABLE " + names + " IN ACCESS SHARE MODE" + how);
    }

    private static String attempted(Statement statement, String sql) throws SQLException {
        statement.execute("SAVEPOINT keywharf_lock");
        try {
            statement.execute(sql);
            statement.execute("RELEASE SAVEPOINT keywharf_lock");
            return "";
        } catch (SQLException e) {
            String state = PgErrors.state(e);
            if (state.startsWith("08") || state.startsWith("57P")) {
                throw e;
            }
            statement.execute("ROLLBACK TO SAVEPOINT keywharf_lock; RELEASE SAVEPOINT keywharf_lock");
            return state.isEmpty() ? "unknown" : state;
        }
    }
}
