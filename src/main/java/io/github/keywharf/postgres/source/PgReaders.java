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

    /**
     * A snapshot to take over.
     *
     * @param name the server's; snapshots of two servers may have one name
     * @param server {@link PgSource#runningSince} of the server
     * @param locks how long to wait for each lock
     */
    record Exported(String name, String server, Duration locks) {}

    private final PgConnections connections;
    private final Exported exported;
    private final Set<String> locked;
    private final Map<String, String> unlocked;
    private @Nullable Connection kept;
    private boolean closed;

    private PgReaders(
            PgConnections connections,
            Exported exported,
            Set<String> locked,
            Map<String, String> unlocked,
            @Nullable Connection kept) {
        this.connections = connections;
        this.exported = exported;
        this.locked = locked;
        this.unlocked = unlocked;
        this.kept = kept;
    }

    static PgReaders open(PgConnections connections, Exported exported, String schema, PgLocks locks)
            throws SQLException {
        if (locks.held().isEmpty() && locks.unlockable().isEmpty()) {
            return new PgReaders(connections, exported, Set.of(), locks.refused(), null);
        }
        Duration wait = exported.locks();
        Connection first = begun(connections, exported);
        try {
            PgLocks again = PgLocks.take(first, schema, new ArrayList<>(locks.held()), wait);
            Map<String, String> refused = new LinkedHashMap<>(locks.refused());
            refused.putAll(again.refused());
            refused.putAll(PgLocks.takeByReading(first, schema, locks.unlockable(), wait));
            return new PgReaders(connections, exported, again.held(), refused, first);
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
        return begun(connections, exported);
    }

    private static Connection begun(PgConnections connections, Exported exported) {
        Duration wait = exported.locks();
        Connection connection = connections.open();
        try {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                // A policy must not hide rows, which would pass for deleted: with row_security off it is an error.
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                        + " SET TRANSACTION SNAPSHOT '" + exported.name() + "'; SET LOCAL row_security = off; "
                        + PgSessions.TEXTS
                        + "; " + PgSessions.unlimited(connection)
                        + (wait.isZero() ? "" : "; SET LOCAL lock_timeout = " + millis(wait)));
            }
            if (!exported.server().equals(PgSource.WITHHELD)
                    && !exported.server().equals(PgSource.runningSince(connection))) {
                throw lost(connections, null);
            }
            return connection;
        } catch (KeywharfException e) {
            PgSessions.end(connection);
            throw e;
        } catch (SQLException e) {
            PgSessions.end(connection);
            String state = PgErrors.state(e);
            if (state.equals("22023") || state.equals("42704")) {
                throw lost(connections, e);
            }
            throw PgErrors.of(connections.name(), "The snapshot cannot be taken over", e);
        }
    }

    private static KeywharfException lost(PgConnections connections, @Nullable SQLException e) {
        return KeywharfException.retryable(
                "postgres.snapshot_lost",
                connections.name(),
                "The snapshot is not there: the connection that held it was lost, or another server answered; take"
                        + " another, from one server",
                e);
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
