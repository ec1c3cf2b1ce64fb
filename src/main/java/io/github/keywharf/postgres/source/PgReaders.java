package io.github.keywharf.postgres.source;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.internal.session.PgConnections;
import io.github.keywharf.postgres.internal.session.PgErrors;
import io.github.keywharf.postgres.internal.session.PgSessions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The connections that read under one exported snapshot. Thread-safe.
 *
 * <p>The first one locks the tables before anything is read and is kept from one read to the next. A lock that was asked for
 * later would queue behind an ALTER that waits for the snapshot's end, and both would wait for ever.
 */
final class PgReaders implements AutoCloseable {

    private final PgConnections connections;
    private final String exported;
    private final Duration wait;
    private final Set<String> locked;
    private final Map<String, String> unlocked;
    private @Nullable Connection kept;
    private boolean closed;

    private PgReaders(
            PgConnections connections,
            String exported,
            Duration wait,
            Set<String> locked,
            Map<String, String> unlocked,
            @Nullable Connection kept) {
        this.connections = connections;
        this.exported = exported;
        this.wait = wait;
        this.locked = locked;
        this.unlocked = unlocked;
        this.kept = kept;
    }

    static PgReaders open(PgConnections connections, String exported, String schema, PgLocks locks, Duration wait)
            throws SQLException {
        if (locks.held().isEmpty() && locks.unlockable().isEmpty()) {
            return new PgReaders(connections, exported, wait, Set.of(), locks.refused(), null);
        }
        Connection first = begun(connections, exported, wait);
        try {
            PgLocks again = PgLocks.take(first, schema, new ArrayList<>(locks.held()), wait);
            Map<String, String> refused = new LinkedHashMap<>(locks.refused());
            refused.putAll(again.refused());
            refused.putAll(PgLocks.takeByReading(first, schema, locks.unlockable(), wait));
            return new PgReaders(connections, exported, wait, again.held(), refused, first);
        } catch (SQLException | RuntimeException e) {
            PgSessions.abort(first);
            throw e;
        }
    }

    /** By table, why it is not locked although it was to be. */
    Map<String, String> unlocked() {
        return unlocked;
    }

    /** Whether a table cannot have been rewritten since the snapshot. */
    boolean isLocked(String table) {
        return locked.contains(table);
    }

    /** A connection in a transaction of the snapshot. Give it back, or abort it. */
    Connection take() {
        synchronized (this) {
            Connection first = kept;
            if (first != null) {
                kept = null;
                return first;
            }
        }
        return begun(connections, exported, wait);
    }

    private static Connection begun(PgConnections connections, String exported, Duration wait) {
        Connection connection = connections.open();
        try {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                // A policy must not hide rows, which would pass for deleted: with row_security off it is an error.
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                        + " SET TRANSACTION SNAPSHOT '" + exported + "'; SET LOCAL row_security = off; "
                        + PgSessions.TEXTS
                        + "; " + PgSessions.unlimited(connection)
                        + (wait.isZero() ? "" : "; SET LOCAL lock_timeout = " + millis(wait)));
            }
            return connection;
        } catch (SQLException e) {
            PgSessions.end(connection);
            String state = PgErrors.state(e);
            if (state.equals("22023") || state.equals("42704")) {
                throw KeywharfException.retryable(
                        "postgres.snapshot_lost",
                        connections.name(),
                        "The snapshot is not there: the connection that held it was lost, or another server answered; take"
                                + " another, from one server",
                        e);
            }
            throw PgErrors.of(connections.name(), "The snapshot cannot be taken over", e);
        }
    }

    private static long millis(Duration wait) {
        return Math.max(1, Math.min(wait.toMillis(), Integer.MAX_VALUE));
    }

    /** Takes a connection back whose transaction is sound. */
    void giveBack(Connection connection) {
        synchronized (this) {
            if (!closed && kept == null) {
                kept = connection;
                return;
            }
        }
        PgSessions.end(connection);
    }

    @Override
    public void close() {
        List<Connection> last = new ArrayList<>();
        synchronized (this) {
            closed = true;
            if (kept != null) {
                last.add(kept);
            }
            kept = null;
        }
        last.forEach(PgSessions::end);
    }
}
