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
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The tables of one schema as a source. */
final class PgSource implements SqlSource {

    /**
     * What tells one history of transactions from another: the cluster, its timeline (which a restore to a point in time
     * or a failover changes), the database, and when the server's counters began (which a crash changes: transaction
     * numbers that were given out but not yet on disk are then given out again). An ordinary role may ask all of it; where
     * the first is withheld the rest still differs.
     */
    private static final String SYSTEM = """
            CASE WHEN has_function_privilege('pg_control_system()', 'execute')
                 THEN (SELECT system_identifier::text FROM pg_control_system()) ELSE '-' END
            || '/' || CASE WHEN pg_is_in_recovery()
                 THEN (SELECT timeline_id::text FROM pg_control_checkpoint())
                 ELSE ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int::text END
            || '/' || (SELECT oid::text FROM pg_database WHERE datname = current_database())
            || '/' || (SELECT COALESCE((extract(epoch FROM stats_reset) * 1000000)::bigint::text, '-')
                         FROM pg_stat_bgwriter)""";

    // The time is the transaction's, which began before the snapshot: nothing stamped before it is hidden for being
    // late.
    private static final String POSITION =
            "SELECT pg_export_snapshot(), pg_current_snapshot()::text," + " now() AT TIME ZONE 'UTC', " + SYSTEM;

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
        Connection leader = connections.open();
        boolean opened = false;
        try {
            leader.setAutoCommit(false);
            try (Statement statement = leader.createStatement()) {
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                        + " SET LOCAL idle_in_transaction_session_timeout = 0");
                try (ResultSet result = statement.executeQuery(POSITION)) {
                    result.next();
                    String exported = result.getString(1);
                    SnapshotPosition position = new SnapshotPosition(
                            result.getString(4),
                            result.getString(2),
                            result.getObject(3, LocalDateTime.class).truncatedTo(ChronoUnit.MILLIS));
                    SourceSnapshot snapshot =
                            new PgSnapshot(connections, leader, exported, position, () -> loaded(leader));
                    opened = true;
                    return snapshot;
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
