package io.github.keywharf.postgres.source;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.postgres.internal.session.Jdbc;
import io.github.keywharf.postgres.internal.session.PgConnections;
import io.github.keywharf.postgres.internal.session.PgErrors;
import io.github.keywharf.postgres.internal.session.PgSessions;
import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.postgres.internal.session.UnknownNames;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.Identifiers;
import io.github.keywharf.sql.SnapshotPosition;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A publication of tables and a logical replication slot of the same name, read by the {@code pgoutput} plugin. */
final class PgChangeFeed implements ChangeFeed {

    private static final String UNKNOWN_BEGINNING = "Where the changes begin cannot be read";

    private static final String UNKNOWN_TRANSACTIONS = "The running transactions cannot be read";

    private static final Pattern NAME = Pattern.compile("[a-z0-9_]{1,63}");
    private static final Pattern MARK = Pattern.compile("[0-9]{1,19}");
    private static final int FETCH = 1_000;

    /** The version that puts generated columns into the log. */
    private static final int GENERATED_SINCE = 18;

    /** The version that has publications of some rows of a table. */
    private static final int FILTERED_SINCE = 15;

    /** The slot of a name, of which there is one in all databases together. */
    private static final String SLOT = "pg_replication_slots WHERE slot_name = ? AND database = current_database()";

    private static final String DROP_SLOT = "SELECT pg_drop_replication_slot(slot_name) FROM " + SLOT;

    private static final String LESS_PUBLISHED = """
        SELECT 1 FROM pg_publication
         WHERE pubname = ? AND NOT (pubinsert AND pubupdate AND pubdelete AND pubtruncate AND pubviaroot)\
        """;

    /** The tables of which some rows are published. */
    private static final String FILTERED = """
        SELECT r.prrelid::text FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
         WHERE p.pubname = ? AND r.prqual IS NOT NULL\
        """;

    /** Decoded rows take several times the bytes of their messages. */
    private static final int SHARE_OF_MEMORY = 16;

    private static final long MOST_BYTES = 256L << 20;
    private static final String PLUGIN_OPTIONS = "'proto_version', '1', 'publication_names', ?";

    private final PgConnections connections;
    private final PgSource source;
    private final String name;
    private final List<String> tables;

    PgChangeFeed(PgConnections connections, PgSource source, String name, List<String> tables) {
        if (!NAME.matcher(name).matches()) {
            throw new KeywharfException(
                    "sql.bad_identifier",
                    UnknownNames.shortened(name),
                    "This is not a name of a feed; use lower case letters, digits and underscores, at most 63");
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
        return ensure(Set.of());
    }

    @Override
    public boolean ensure(Set<String> kept) {
        List<PgTable> published = published(source.catalog());
        try (Connection connection = connections.open()) {
            checkServer(connection);
            boolean replaced = ensurePublication(connection, published, kept);
            // The server gives a slot up for good when it holds back more of the log than max_slot_wal_keep_size, and
            // does not decode what was written before the publication was there.
            Jdbc.execute(connection, DROP_SLOT + " AND (wal_status = 'lost' OR " + replaced + ")", name);
            if (Jdbc.exists(connection, "SELECT 1 FROM " + SLOT, name)) {
                return false;
            }
            Jdbc.execute(connection, "SELECT pg_create_logical_replication_slot(?, 'pgoutput')", name);
            return true;
        } catch (SQLException e) {
            throw failed("The change feed cannot be set up", e);
        }
    }

    private List<PgTable> published(PgCatalog catalog) {
        List<PgTable> published = new ArrayList<>();
        for (String table : tables) {
            PgTable found = catalog.table(table);
            if (found.table().key().isEmpty()) {
                throw unidentified(table);
            }
            if (found.replicable()) {
                published.add(found);
            }
        }
        if (published.isEmpty()) {
            throw unidentified(tables.get(0));
        }
        return published;
    }

    private static KeywharfException unidentified(String table) {
        return new KeywharfException(
                "postgres.no_replica_identity",
                table,
                "The server has no primary key of the table, which must not be DEFERRABLE, to identify changed rows by, and"
                        + " publishing it would make its updates fail; give it one");
    }

    private void checkServer(Connection connection) throws SQLException {
        String level = Jdbc.first(connection, "SELECT current_setting('wal_level')", row -> row.getString(1))
                .orElse("");
        if (!level.equals("logical")) {
            throw new KeywharfException(
                    "postgres.wal_level",
                    connections.name(),
                    "The server keeps no changes to decode: wal_level is '" + level
                            + "'; set wal_level = logical in postgresql.conf and restart it");
        }
        if (!Jdbc.exists(
                connection, "SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolreplication OR rolsuper)")) {
            throw new KeywharfException(
                    "postgres.not_permitted",
                    connections.name(),
                    "The user may not read changes; a superuser can let it by ALTER ROLE … REPLICATION");
        }
    }

    /** Returns true if the publication is another one than that of the kept tables. */
    private boolean ensurePublication(Connection connection, List<PgTable> published, Set<String> kept)
            throws SQLException {
        // ONLY, as updates of a child table without a key would fail.
        StringJoiner list = new StringJoiner(", ONLY ", "ONLY ", "");
        Set<String> wanted = new TreeSet<>();
        for (PgTable table : published) {
            list.add(table.quotedName());
            wanted.add(table.quotedName());
        }
        String quoted = Identifiers.quote(name);
        int version = connection.getMetaData().getDatabaseMajorVersion();
        try (Statement statement = connection.createStatement()) {
            if (!Jdbc.exists(connection, "SELECT 1 FROM pg_publication WHERE pubname = ?", name)) {
                statement.execute("CREATE PUBLICATION " + quoted + " FOR TABLE " + list
                        + " WITH (publish_via_partition_root = true"
                        + (version >= GENERATED_SINCE ? ", publish_generated_columns = stored)" : ")"));
                return true;
            }
            if (Jdbc.exists(connection, LESS_PUBLISHED, name)) {
                statement.execute("ALTER PUBLICATION " + quoted
                        + " SET (publish = 'insert, update, delete, truncate', publish_via_partition_root = true)");
            }
            Set<String> entries =
                    entries().values().stream().map(PgChangeFeed::entry).collect(Collectors.toSet());
            boolean replaced =
                    !kept.isEmpty() && kept.stream().map(PgChangeFeed::entry).noneMatch(entries::contains);
            // One by one: only the owner of a table may add it, and those that stay need not be touched.
            Map<String, String> now = publishedNow(connection);
            Set<String> keptOids = kept.stream()
                    .map(identity -> identity.substring(0, Math.max(0, identity.indexOf('/'))))
                    .collect(Collectors.toSet());
            List<String> filtered = version < FILTERED_SINCE
                    ? List.of()
                    : Jdbc.list(connection, FILTERED, row -> row.getString(1), name);
            for (Map.Entry<String, String> table : now.entrySet()) {
                boolean unwanted = !wanted.contains(table.getKey()) && !keptOids.contains(table.getValue());
                if (unwanted || filtered.contains(table.getValue())) {
                    statement.execute("ALTER PUBLICATION " + quoted + " DROP TABLE ONLY " + table.getKey());
                }
            }
            for (String table : wanted) {
                if (!now.containsKey(table) || filtered.contains(now.get(table))) {
                    statement.execute("ALTER PUBLICATION " + quoted + " ADD TABLE ONLY " + table);
                }
            }
            return replaced;
        }
    }

    /** Returns the object id of the entry in the publication that an identity ends with. */
    private static String entry(String identity) {
        String last = identity.substring(identity.lastIndexOf('/') + 1);
        return last.substring(0, (last + "-").indexOf('-'));
    }

    /**
     * A table that anybody took out of the publication and put back is another one, as the feed lacks what was written
     * meanwhile: the entry of a table in a publication has an object id of its own. So are all tables once anybody changed
     * what the publication publishes, which writes its own row again.
     */
    @Override
    public Map<String, String> identities() {
        PgCatalog catalog = source.catalog();
        Map<String, String> entries = entries();
        Map<String, String> identities = new LinkedHashMap<>();
        for (String name : tables) {
            PgTable table = catalog.table(name);
            if (table.replicable()) {
                identities.put(
                        name,
                        table.identity().columns() + "/" + table.identity().storage() + "/"
                                + entries.getOrDefault(String.valueOf(table.oid()), "-"));
            }
        }
        return identities;
    }

    /** By object id of a published table, that of its entry in the publication, with what wrote the publication. */
    private Map<String, String> entries() {
        Map<String, String> entries = new HashMap<>();
        ask(
                        "The publication cannot be read",
                        "SELECT r.prrelid::text, r.oid || '-' || p.xmin FROM pg_publication_rel r"
                                + " JOIN pg_publication p ON p.oid = r.prpubid WHERE p.pubname = ?",
                        row -> Map.entry(row.getString(1), row.getString(2)),
                        name)
                .forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
        return entries;
    }

    @Override
    public String position() {
        try (Connection connection = connections.open()) {
            return PgSource.endOfLog(connection)
                    .at(confirmed(connection).orElseThrow(() -> missing(null)))
                    .toString();
        } catch (SQLException e) {
            throw failed(UNKNOWN_BEGINNING, e);
        }
    }

    private Optional<String> confirmed(Connection connection) throws SQLException {
        return Jdbc.first(
                connection,
                "SELECT confirmed_flush_lsn::text FROM " + SLOT + " AND confirmed_flush_lsn IS NOT NULL",
                row -> row.getString(1),
                name);
    }

    /**
     * The transaction number to be given out next. The snapshot's own upper end can lie below the numbers of running
     * transactions; the age of a number is counted from the next one, modulo 2^32.
     */
    @Override
    public String mark() {
        long next = ask(
                        UNKNOWN_TRANSACTIONS,
                        "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint, age('3'::xid)",
                        row -> row.getLong(1) + ((row.getLong(2) + 3 - row.getLong(1)) & 0xFFFF_FFFFL))
                .get(0);
        return String.valueOf(next);
    }

    @Override
    public boolean settledSince(String mark) {
        if (!MARK.matcher(mark).matches()) {
            throw PgFeedPosition.bad(mark);
        }
        return ask(
                        UNKNOWN_TRANSACTIONS,
                        "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= " + mark,
                        row -> row.getBoolean(1))
                .get(0);
    }

    @Override
    public long bytesBetween(String earlier, String later) {
        return PgFeedPosition.of(later).bytes() - PgFeedPosition.of(earlier).bytes();
    }

    private <T> List<T> ask(String doing, String sql, Jdbc.Read<T> read, Object... values) {
        try (Connection connection = connections.open()) {
            return Jdbc.list(connection, sql, read, values);
        } catch (SQLException e) {
            throw failed(doing, e);
        }
    }

    /** The object ids of the tables that are published, by name. */
    private Map<String, String> publishedNow(Connection connection) throws SQLException {
        Map<String, String> now = new TreeMap<>();
        Jdbc.list(
                        connection,
                        "SELECT t.schemaname, t.tablename, c.oid::text FROM pg_publication_tables t"
                                + " JOIN pg_namespace n ON n.nspname = t.schemaname"
                                + " JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = t.tablename"
                                + " WHERE t.pubname = ?",
                        row -> Map.entry(Quoted.name(row.getString(1), row.getString(2)), row.getString(3)),
                        name)
                .forEach(table -> now.put(table.getKey(), table.getValue()));
        return now;
    }

    @Override
    public Changes read(int limit) {
        return read(limit, Map.of());
    }

    @Override
    public Changes read(int limit, Map<String, SnapshotPosition> seen) {
        return read(limit, Math.min(Runtime.getRuntime().maxMemory() / SHARE_OF_MEMORY, MOST_BYTES), seen);
    }

    /** @param mostBytes bytes of messages after which no other transaction is read */
    Changes read(int limit, long mostBytes, Map<String, SnapshotPosition> seen) {
        Checks.positive("limit", limit);
        PgCatalog catalog = source.catalog();
        // A table that may not be read now is passed by: it is read whole when it may.
        List<String> readable = tables.stream()
                .filter(table -> catalog.table(table).table().readable())
                .toList();
        Map<String, PgPosition> positions = new HashMap<>();
        seen.forEach((table, position) -> positions.put(table, PgPosition.of(position)));
        ChangeCollector collector = new ChangeCollector(catalog, source.schemaName(), readable, positions, mostBytes);
        Connection connection = connections.open();
        try {
            connection.setAutoCommit(false);
            return peek(connection, collector, limit);
        } catch (SQLException e) {
            throw failed("The changes cannot be read", e);
        } finally {
            PgSessions.end(connection);
        }
    }

    private Changes peek(Connection connection, ChangeCollector collector, int limit) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(PgSessions.TEXTS + "; " + PgSessions.unlimited(connection));
        }
        // With nothing found, all up to where the log ended before decoding began is known to hold nothing.
        PgFeedPosition before = PgSource.endOfLog(connection);
        PgOutput decoder = new PgOutput(collector);
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT data FROM pg_logical_slot_peek_binary_changes(?, NULL, ?, " + PLUGIN_OPTIONS + ")")) {
            statement.setFetchSize(FETCH);
            statement.setString(1, name);
            statement.setInt(2, limit);
            statement.setString(3, name);
            try (ResultSet result = statement.executeQuery()) {
                while (!collector.isFull() && result.next()) {
                    byte[] message = result.getBytes(1);
                    collector.add(message.length);
                    decoder.decode(message);
                }
            }
        }
        PgFeedPosition position = collector.end() == 0 ? before : before.at(lsn(collector.end()));
        return collector.changes(position.toString(), limit);
    }

    private static String lsn(long position) {
        return Long.toHexString(position >>> 32).toUpperCase(java.util.Locale.ROOT) + "/"
                + Long.toHexString(position & 0xFFFF_FFFFL).toUpperCase(java.util.Locale.ROOT);
    }

    @Override
    public boolean keepsAllSince(String position) {
        PgFeedPosition since = PgFeedPosition.of(position);
        try (Connection connection = connections.open()) {
            return since.isOf(PgSource.endOfLog(connection))
                    && confirmed(connection)
                            .filter(lsn -> PgFeedPosition.of(lsn).bytes() <= since.bytes())
                            .isPresent();
        } catch (SQLException e) {
            throw failed(UNKNOWN_BEGINNING, e);
        }
    }

    @Override
    public void acknowledge(String position) {
        String lsn = "'" + PgFeedPosition.of(position).lsn() + "'::pg_lsn";
        // A position behind the one acknowledged already is an error to the server and nothing to us. One beyond the
        // log's
        // end is of another log, and the server would skip all of its own.
        String advance = "SELECT pg_replication_slot_advance(slot_name, " + lsn + ") FROM " + SLOT
                + " AND confirmed_flush_lsn < " + lsn + " AND " + lsn
                + " <= pg_current_wal_flush_lsn()";
        try (Connection connection = connections.open()) {
            if (!Jdbc.exists(connection, "SELECT 1 FROM " + SLOT, name)) {
                throw missing(null);
            }
            Jdbc.execute(connection, advance, name);
        } catch (SQLException e) {
            throw failed("The changes cannot be acknowledged", e);
        }
    }

    @Override
    public void drop() {
        try (Connection connection = connections.open();
                Statement statement = connection.createStatement()) {
            Jdbc.execute(connection, DROP_SLOT, name);
            statement.execute("DROP PUBLICATION IF EXISTS " + Identifiers.quote(name));
        } catch (SQLException e) {
            throw failed("The change feed cannot be dropped", e);
        }
    }

    private KeywharfException failed(String doing, SQLException e) {
        return PgErrors.state(e).equals("42704") ? missing(e) : PgErrors.of(name, doing, e);
    }

    private KeywharfException missing(@Nullable SQLException e) {
        return KeywharfException.retryable(
                "postgres.no_feed", name, "The server keeps no such feed; call ensure(), then read everything once", e);
    }

    @Override
    public String toString() {
        return "PostgresChangeFeed[" + name + " of " + tables + "]";
    }
}
