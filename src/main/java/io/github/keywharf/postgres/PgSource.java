package io.github.keywharf.postgres;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.sql.SqlSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The tables of one schema as a source. */
final class PgSource implements SqlSource {

    /**
     * Which of the control functions the role may call. Asked beforehand, as the server checks the right to a function when
     * a statement begins, though the branch that calls it may never be reached.
     */
    private static final String RIGHTS = """
        SELECT has_function_privilege('pg_catalog.pg_control_system()', 'execute'),
               has_function_privilege('pg_catalog.pg_control_checkpoint()', 'execute'),
               pg_is_in_recovery()\
        """;

    /**
     * What distinguishes one history of transactions from another: the cluster, its timeline (which a restore to a point in time
     * or a failover changes), the database, and when the server's counters began (which a crash changes: transaction
     * numbers that were given out but not yet on disk are then given out again). An ordinary role may ask all of it; where
     * some of it is withheld the rest still differs.
     *
     * <p>The time is the transaction's, which began before the snapshot: nothing stamped before it is hidden for being late.
     */
    private static String position(boolean system, boolean checkpoint, boolean standby) {
        String cluster = system ? "(SELECT system_identifier::text FROM pg_control_system())" : "'-'";
        String timeline = checkpoint ? "(SELECT timeline_id::text FROM pg_control_checkpoint())" : "'-'";
        return "SELECT pg_export_snapshot(), pg_current_snapshot()::text, now() AT TIME ZONE 'UTC', " + cluster
                + " || '/' || "
                + (standby
                        ? timeline
                        : "('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int::text")
                + """
                 || '/' || (SELECT oid::text FROM pg_database WHERE datname = current_database())
                 || '/' || (SELECT COALESCE((extract(epoch FROM stats_reset) * 1000000)::bigint::text, '-')
                              FROM pg_stat_bgwriter)\
                """;
    }

    private final PgConnections connections;
    private final String schemaName;
    private final boolean views;

    PgSource(PgConnections connections, String schemaName, boolean views) {
        this.connections = connections;
        this.schemaName = schemaName;
        this.views = views;
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
        return schemaName;
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
            return PgCatalog.load(connection, schemaName, views);
        } catch (SQLException e) {
            throw notListed(e);
        }
    }

    private KeywharfException notListed(SQLException e) {
        return PgErrors.of(name(), "The tables cannot be listed", e);
    }

    @Override
    public SourceSnapshot snapshot() {
        return snapshot(List.of(), Duration.ZERO);
    }

    @Override
    public SourceSnapshot snapshot(List<String> tables, Duration wait) {
        Connection leader = connections.open();
        boolean opened = false;
        try {
            leader.setAutoCommit(false);
            try (Statement statement = leader.createStatement()) {
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                        + " SET LOCAL idle_in_transaction_session_timeout = 0; " + PgSessions.KEEPALIVES);
                PgLocks locks = PgLocks.take(leader, schemaName, tables, wait);
                boolean standby;
                String asking;
                try (ResultSet rights = statement.executeQuery(RIGHTS)) {
                    rights.next();
                    standby = rights.getBoolean(3);
                    asking = position(rights.getBoolean(1), rights.getBoolean(2), standby);
                }
                try (ResultSet result = statement.executeQuery(asking)) {
                    result.next();
                    String exported = result.getString(1);
                    SnapshotPosition position = new SnapshotPosition(
                            result.getString(4),
                            result.getString(2),
                            result.getObject(3, LocalDateTime.class).truncatedTo(ChronoUnit.MILLIS));
                    PgReaders readers = PgReaders.open(connections, exported, schemaName, locks, wait);
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

    @Override
    public ChangeFeed changeFeed(String name, List<String> tables) {
        return new PgChangeFeed(connections, this, name, tables);
    }

    @Override
    public String toString() {
        return "PostgresSource[" + name() + ", schema " + schemaName + "]";
    }
}
