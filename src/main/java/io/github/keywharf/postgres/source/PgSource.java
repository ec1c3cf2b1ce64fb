package io.github.keywharf.postgres.source;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.internal.session.Jdbc;
import io.github.keywharf.postgres.internal.session.PgConnections;
import io.github.keywharf.postgres.internal.session.PgErrors;
import io.github.keywharf.postgres.internal.session.PgSessions;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.sql.SqlSource;
import io.github.keywharf.table.Schema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The tables of one schema as a source. */
public final class PgSource implements SqlSource {

    /**
     * Comes first, as a snapshot cannot be exported in a savepoint. The time is the transaction's, which began before the
     * snapshot: nothing stamped before it is hidden for being late.
     */
    private static final String EXPORT = """
        SELECT pg_export_snapshot(), pg_current_snapshot()::text, now() AT TIME ZONE 'UTC', pg_is_in_recovery()\
        """;

    /** A part of the position that the role or the server does not give. */
    static final String WITHHELD = "-";

    private static final String CLUSTER = "SELECT system_identifier::text FROM pg_control_system()";

    private static final String TIMELINE = """
        SELECT ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int::text\
        """;

    /** As of the last checkpoint; a standby has no other. */
    private static final String TIMELINE_OF_STANDBY = "SELECT timeline_id::text FROM pg_control_checkpoint()";

    private static final String DATABASE = "SELECT oid::text FROM pg_database WHERE datname = current_database()";

    private static final String COUNTERS_SINCE = """
        SELECT (extract(epoch FROM stats_reset) * 1000000)::bigint::text FROM pg_stat_bgwriter\
        """;

    private static final String RUNNING_SINCE = """
        SELECT (extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint::text\
        """;

    private final PgConnections connections;
    private final PgCatalog.Scope scope;

    private PgSource(PgConnections connections, PgCatalog.Scope scope) {
        this.connections = connections;
        this.scope = scope;
    }

    /** The tables of a schema. */
    public static PgSource of(PgConnections connections, String schema) {
        return new PgSource(connections, new PgCatalog.Scope(schema, false, null));
    }

    /** The tables, views, materialized views and foreign tables of a schema. */
    public static PgSource withViews(PgConnections connections, String schema) {
        return new PgSource(connections, new PgCatalog.Scope(schema, true, null));
    }

    /** The one relation of that name, whatever it is. */
    public static PgSource ofTable(PgConnections connections, String schema, String name) {
        return new PgSource(connections, new PgCatalog.Scope(schema, true, name));
    }

    @Override
    public String name() {
        return connections.name();
    }

    @Override
    public List<SourceTable> listTables() {
        return catalog().tables().stream().map(PgTable::table).toList();
    }

    String schemaName() {
        return scope.schema();
    }

    PgCatalog catalog() {
        try (Connection connection = connections.open()) {
            return loaded(connection);
        } catch (SQLException e) {
            throw notListed(e);
        }
    }

    private PgCatalog loaded(Connection connection) {
        try {
            return PgCatalog.load(connection, scope);
        } catch (SQLException e) {
            throw notListed(e);
        }
    }

    private KeywharfException notListed(SQLException e) {
        return PgErrors.of(name(), "The tables cannot be listed", e);
    }

    /**
     * Columns of one of the tables.
     *
     * @throws KeywharfException with code {@code sql.unknown_table} when there is no such table
     */
    public Schema columns(String table) {
        try (Connection connection = connections.open()) {
            return PgCatalog.load(connection, scope).table(table).table().schema();
        } catch (SQLException e) {
            throw PgErrors.of(table, "The columns cannot be read", e);
        }
    }

    /** One of the tables under a snapshot of its own, read on so many connections at the same time. */
    public TableSnapshot open(String table, int readers) {
        // A second connection would otherwise wait for ever behind an ALTER that waits for the first one.
        PgSnapshot snapshot = snapshot(List.of(), readers == 1 ? Duration.ZERO : TableSnapshot.LOCKS);
        return new TableSnapshot(this, snapshot, table, readers);
    }

    @Override
    public PgSnapshot snapshot() {
        return snapshot(List.of(), Duration.ZERO);
    }

    @Override
    public PgSnapshot snapshot(List<String> tables, Duration wait) {
        Connection leader = connections.open();
        boolean opened = false;
        try {
            leader.setAutoCommit(false);
            try (Statement statement = leader.createStatement()) {
                statement.execute(
                        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;" + PgSessions.unlimited(leader));
                PgLocks locks = PgLocks.take(leader, scope.schema(), tables, wait);
                try (ResultSet result = statement.executeQuery(EXPORT)) {
                    result.next();
                    String exported = result.getString(1);
                    String seen = result.getString(2);
                    LocalDateTime time =
                            result.getObject(3, LocalDateTime.class).truncatedTo(ChronoUnit.MILLIS);
                    boolean standby = result.getBoolean(4);
                    String since = runningSince(leader);
                    SnapshotPosition position = new SnapshotPosition(
                            history(leader, standby ? TIMELINE_OF_STANDBY : TIMELINE, since), seen, time);
                    PgReaders.Exported view = new PgReaders.Exported(exported, since, wait);
                    PgReaders readers = PgReaders.open(connections, view, scope.schema(), locks);
                    opened = true;
                    return new PgSnapshot(connections.name(), leader, readers, position, standby, () -> loaded(leader));
                }
            }
        } catch (SQLException e) {
            throw PgErrors.of(name(), "A snapshot cannot be taken", e);
        } finally {
            if (!opened) {
                PgSessions.end(leader);
            }
        }
    }

    /**
     * What distinguishes one history of transactions from another: the cluster, its timeline (which a restore to a point in
     * time or a failover changes), the database, when the server's counters began (which a crash changes: transaction
     * numbers that were given out but not yet on disk are then given out again), and since when the server runs, as a copy
     * of the data directory is equal to the original in all else. Where some of it is withheld from the role or not known to
     * the server, it is {@code -}, and the rest still differs.
     */
    private static String history(Connection leader, String timeline, String since) throws SQLException {
        return String.join(
                "/",
                part(leader, CLUSTER),
                part(leader, timeline),
                part(leader, DATABASE),
                part(leader, COUNTERS_SINCE),
                since);
    }

    /** When the server was started, which distinguishes it from any other, or {@value #WITHHELD}. */
    static String runningSince(Connection connection) throws SQLException {
        return part(connection, RUNNING_SINCE);
    }

    /** Reads the end of a primary's log. */
    static PgFeedPosition endOfLog(Connection connection) throws SQLException {
        String end = Jdbc.first(connection, "SELECT pg_current_wal_flush_lsn()::text", row -> row.getString(1))
                .orElseThrow();
        return new PgFeedPosition(end, part(connection, CLUSTER) + "/" + part(connection, TIMELINE), end);
    }

    private static String part(Connection leader, String query) throws SQLException {
        Savepoint savepoint = leader.getAutoCommit() ? null : leader.setSavepoint();
        String part = WITHHELD;
        try {
            part = Jdbc.first(leader, query, row -> row.getString(1)).orElse(WITHHELD);
        } catch (SQLException e) {
            String state = PgErrors.state(e);
            if (state.startsWith("08") || state.startsWith("57")) {
                throw e;
            }
            if (savepoint != null) {
                leader.rollback(savepoint);
            }
        }
        if (savepoint != null) {
            leader.releaseSavepoint(savepoint);
        }
        return part;
    }

    @Override
    public ChangeFeed changeFeed(String name, List<String> tables) {
        return new PgChangeFeed(connections, this, name, tables);
    }

    @Override
    public String toString() {
        return "PostgresSource[" + name() + ", schema " + scope.schema() + "]";
    }
}
