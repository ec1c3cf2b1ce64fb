package io.github.keywharf.postgres;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.Identifiers;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.VectorBuilder;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A publication of tables and a logical replication slot of the same name, read by the {@code pgoutput} plugin. */
final class PgChangeFeed implements ChangeFeed {

    private static final Pattern NAME = Pattern.compile("[a-z0-9_]{1,63}");
    private static final Pattern POSITION = Pattern.compile("[0-9A-F]{1,8}/[0-9A-F]{1,8}");
    private static final int FETCH = 1_000;
    private static final String PLUGIN_OPTIONS = "'proto_version', '1', 'publication_names', ?";

    private final PgConnections connections;
    private final PgSource source;
    private final String name;
    private final List<String> tables;

    PgChangeFeed(PgConnections connections, PgSource source, String name, List<String> tables) {
        if (!NAME.matcher(name).matches()) {
            throw new KeywharfException(
                    "sql.bad_identifier",
                    PgCatalog.shortened(name),
                    "This is no name of a feed; use lower case letters, digits and underscores, at most 63");
        }
        if (tables.isEmpty()) {
            throw new IllegalArgumentException("A change feed needs at least one table");
        }
        this.connections = connections;
        this.source = source;
        this.name = name;
        this.tables = List.copyOf(tables);
    }

    @Override
    public boolean ensure() {
        List<PgTable> published = published(source.catalog());
        try (Connection connection = connections.open()) {
            checkServer(connection);
            ensurePublication(connection, published);
            if (exists(connection, "SELECT 1 FROM pg_replication_slots WHERE slot_name = ?")) {
                return false;
            }
            execute(connection, "SELECT pg_create_logical_replication_slot(?, 'pgoutput')");
            return true;
        } catch (SQLException e) {
            throw failed("The change feed cannot be set up", e);
        }
    }

    private List<PgTable> published(PgCatalog catalog) {
        List<PgTable> published = new ArrayList<>();
        for (String table : tables) {
            PgTable found = catalog.table(table);
            if (!found.replicable() || found.table().key().isEmpty()) {
                throw new KeywharfException(
                        "postgres.no_replica_identity",
                        table,
                        "The table has no primary key to tell changed rows by, and publishing it would make its updates"
                                + " fail; give it one");
            }
            published.add(found);
        }
        return published;
    }

    private void checkServer(Connection connection) throws SQLException {
        String level = "";
        boolean permitted = false;
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT current_setting('wal_level'),"
                        + " (SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user)")) {
            result.next();
            level = result.getString(1);
            permitted = result.getBoolean(2);
        }
        if (!level.equals("logical")) {
            throw new KeywharfException(
                    "postgres.wal_level",
                    connections.name(),
                    "The server keeps no changes to decode: wal_level is '" + level
                            + "'; set wal_level = logical in postgresql.conf and restart it");
        }
        if (!permitted) {
            throw new KeywharfException(
                    "postgres.not_permitted",
                    connections.name(),
                    "The user may not read changes; a superuser can let it by ALTER ROLE … REPLICATION");
        }
    }

    private void ensurePublication(Connection connection, List<PgTable> published) throws SQLException {
        StringJoiner list = new StringJoiner(", ");
        Set<String> wanted = new TreeSet<>();
        for (PgTable table : published) {
            list.add(table.quotedName());
            wanted.add(table.quotedName());
        }
        String quoted = Identifiers.quote(name);
        try (Statement statement = connection.createStatement()) {
            if (!exists(connection, "SELECT 1 FROM pg_publication WHERE pubname = ?")) {
                statement.execute("CREATE PUBLICATION " + quoted + " FOR TABLE " + list
                        + " WITH (publish_via_partition_root = true)");
            } else if (!publishedNow(connection).equals(wanted)) {
                statement.execute("ALTER PUBLICATION " + quoted + " SET TABLE " + list);
            }
        }
    }

    private Set<String> publishedNow(Connection connection) throws SQLException {
        Set<String> now = new TreeSet<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT schemaname, tablename FROM pg_publication_tables WHERE pubname = ?")) {
            statement.setString(1, name);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    now.add(Identifiers.quote(result.getString(1)) + "." + Identifiers.quote(result.getString(2)));
                }
            }
        }
        return now;
    }

    private boolean exists(Connection connection, String query) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, name);
            try (ResultSet result = statement.executeQuery()) {
                return result.next();
            }
        }
    }

    private void execute(Connection connection, String query) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, name);
            statement.execute();
        }
    }

    @Override
    public Changes read(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("A limit is at least 1, not " + limit);
        }
        PgCatalog catalog = source.catalog();
        Connection connection = connections.open();
        try (Connection other = connections.open()) {
            connection.setAutoCommit(false);
            return peek(connection, other, catalog, limit);
        } catch (SQLException e) {
            throw failed("The changes cannot be read", e);
        } finally {
            PgSessions.end(connection);
        }
    }

    private Changes peek(Connection connection, Connection other, PgCatalog catalog, int limit) throws SQLException {
        // Where the log ended before decoding began: with nothing found, all up to there is known to hold nothing.
        String before = text(
                connection,
                "SET LOCAL TimeZone = 'UTC'; SET LOCAL bytea_output = hex;"
                        + " SET LOCAL DateStyle = ISO; SET LOCAL extra_float_digits = 1; SELECT pg_current_wal_flush_lsn()::text");
        ChangeCollector collector =
                new ChangeCollector(catalog, source.schemaName(), tables, (table, key) -> current(other, table, key));
        PgOutput decoder = new PgOutput(collector);
        long messages = 0;
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT data FROM pg_logical_slot_peek_binary_changes(?, NULL, ?, " + PLUGIN_OPTIONS + ")")) {
            statement.setFetchSize(FETCH);
            statement.setString(1, name);
            statement.setInt(2, limit);
            statement.setString(3, name);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    decoder.decode(result.getBytes(1));
                    messages++;
                }
            }
        }
        String position = collector.end() == 0 ? before : lsn(collector.end());
        return new Changes(position, collector.written(), collector.deleted(), collector.emptied(), messages >= limit);
    }

    private static String text(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            boolean rows = statement.execute(sql);
            while (!rows) {
                rows = statement.getMoreResults();
            }
            try (ResultSet result = statement.getResultSet()) {
                result.next();
                return result.getString(1);
            }
        }
    }

    private static @Nullable List<@Nullable Object> current(
            Connection connection, PgTable table, List<@Nullable Object> key) {
        StringJoiner columns = new StringJoiner(", ");
        table.columns().forEach(column -> columns.add(column.expression()));
        StringJoiner condition = new StringJoiner(" AND ");
        table.table().key().forEach(column -> condition.add(Identifiers.quote(column) + " = ?"));
        Schema schema = table.table().schema();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT " + columns + " FROM " + table.quotedName() + " WHERE " + condition)) {
            for (int i = 0; i < key.size(); i++) {
                SqlValues.bind(statement, i + 1, key.get(i));
            }
            try (ResultSet result = statement.executeQuery()) {
                if (!result.next()) {
                    return null;
                }
                List<VectorBuilder> builders = ColumnBatch.builders(schema, 1);
                for (int i = 0; i < schema.size(); i++) {
                    SqlValues.append(result, i + 1, table.table().name(), schema.column(i), builders.get(i));
                }
                return new ArrayList<>(
                        ColumnBatch.build(schema, builders).row(0).toMap().values());
            }
        } catch (SQLException e) {
            throw PgErrors.of(table.table().name(), "A row whose change leaves out a large value cannot be read", e);
        }
    }

    private static String lsn(long position) {
        return Long.toHexString(position >>> 32).toUpperCase(java.util.Locale.ROOT) + "/"
                + Long.toHexString(position & 0xFFFF_FFFFL).toUpperCase(java.util.Locale.ROOT);
    }

    @Override
    public boolean keepsAllSince(String position) {
        requirePosition(position);
        try (Connection connection = connections.open()) {
            return exists(
                    connection,
                    "SELECT 1 FROM pg_replication_slots WHERE slot_name = ? AND confirmed_flush_lsn <= '" + position
                            + "'::pg_lsn");
        } catch (SQLException e) {
            throw failed("Where the changes begin cannot be read", e);
        }
    }

    private static void requirePosition(String position) {
        if (!POSITION.matcher(position).matches()) {
            throw new KeywharfException(
                    "postgres.bad_position", PgCatalog.shortened(position), "This is no position of a change feed");
        }
    }

    @Override
    public void acknowledge(String position) {
        requirePosition(position);
        // A position behind the one acknowledged already is an error to the server and nothing to us.
        String advance = "SELECT pg_replication_slot_advance(slot_name, '" + position + "'::pg_lsn)"
                + " FROM pg_replication_slots WHERE slot_name = ? AND confirmed_flush_lsn < '" + position + "'::pg_lsn";
        try (Connection connection = connections.open()) {
            if (!exists(connection, "SELECT 1 FROM pg_replication_slots WHERE slot_name = ?")) {
                throw missing(null);
            }
            execute(connection, advance);
        } catch (SQLException e) {
            throw failed("The changes cannot be acknowledged", e);
        }
    }

    @Override
    public void drop() {
        try (Connection connection = connections.open();
                Statement statement = connection.createStatement()) {
            execute(
                    connection,
                    "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = ?");
            statement.execute("DROP PUBLICATION IF EXISTS " + Identifiers.quote(name));
        } catch (SQLException e) {
            throw failed("The change feed cannot be dropped", e);
        }
    }

    private KeywharfException failed(String doing, SQLException e) {
        return PgErrors.state(e).equals("42704") ? missing(e) : PgErrors.of(name, doing, e);
    }

    private KeywharfException missing(@Nullable SQLException e) {
        return new KeywharfException(
                "postgres.no_feed", name, "The server keeps no such feed; call ensure(), then read everything once", e);
    }

    @Override
    public String toString() {
        return "PostgresChangeFeed[" + name + " of " + tables + "]";
    }
}
