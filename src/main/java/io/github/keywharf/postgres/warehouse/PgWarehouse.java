package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.internal.session.Jdbc;
import io.github.keywharf.postgres.internal.session.PgConnections;
import io.github.keywharf.postgres.internal.session.PgErrors;
import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.Warehouse;
import io.github.keywharf.sql.WarehouseLoad;
import io.github.keywharf.sql.WarehouseTable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Creates, checks and loads the tables of a warehouse in one schema. Immutable and thread-safe. */
public final class PgWarehouse implements Warehouse {

    private final PgConnections connections;
    private final WarehouseSettings settings;

    /** A warehouse whose tables are created with foreign keys, which are paused while an empty fact is filled. */
    public PgWarehouse(PgConnections connections, String schema) {
        this(connections, new WarehouseSettings(schema, true, true, Integer.MAX_VALUE));
    }

    private PgWarehouse(PgConnections connections, WarehouseSettings settings) {
        this.connections = connections;
        this.settings = settings;
    }

    /** This warehouse in another schema. */
    public PgWarehouse withSchema(String schema) {
        return new PgWarehouse(connections, settings.withSchema(schema));
    }

    /** This warehouse, with tables created with foreign keys or without. */
    public PgWarehouse withForeignKeys(boolean created) {
        return new PgWarehouse(connections, settings.withForeignKeys(created));
    }

    /** This warehouse, with the foreign keys of an empty fact taken off while it is filled, or left on. */
    public PgWarehouse withPauseForeignKeys(boolean paused) {
        return new PgWarehouse(connections, settings.withPauseForeignKeys(paused));
    }

    /** This warehouse on a server that is taken for this version if it is newer. */
    public PgWarehouse withNewest(int version) {
        return new PgWarehouse(connections, settings.withNewest(version));
    }

    @Override
    public String name() {
        return connections.name();
    }

    @Override
    public List<String> create(List<WarehouseTable> tables, LoadMode mode) {
        List<String> done = new ArrayList<>();
        String doing = "The warehouse's tables cannot be created";
        try (Connection connection = connections.open()) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_advisory_xact_lock(hashtextextended('keywharf create', 0))");
                WarehouseDdl ddl = new WarehouseDdl(settings);
                if (!Jdbc.exists(connection, "SELECT 1 FROM pg_namespace WHERE nspname = ?", settings.schema())) {
                    run(statement, ddl.createSchema(), done);
                }
                for (Map.Entry<String, List<String>> table : ddl.controlTables().entrySet()) {
                    if (!isThere(connection, table.getKey())) {
                        for (String sql : table.getValue()) {
                            run(statement, sql, done);
                        }
                    }
                }
                for (WarehouseTable table : tables) {
                    if (!isThere(connection, table.name())) {
                        run(statement, ddl.table(table, mode), done);
                    }
                    if (table.isFact()
                            && (!isThere(connection, WarehouseDdl.viewName(table))
                                    || isOutdated(connection, WarehouseDdl.viewName(table)))) {
                        run(statement, ddl.view(table, target(connection, table)), done);
                    }
                }
            }
            connection.commit();
            return done;
        } catch (SQLException e) {
            throw PgErrors.of(name(), doing, e);
        }
    }

    private static void run(Statement statement, String sql, List<String> done) throws SQLException {
        statement.execute(sql);
        done.add(sql);
    }

    private boolean isThere(Connection connection, String relation) throws SQLException {
        return Jdbc.exists(
                connection,
                "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND"
                        + " c.relname = ?",
                settings.schema(),
                relation);
    }

    /** Whether a view was made before there were late versions: it reads the one control table, but not the other. */
    private boolean isOutdated(Connection connection, String view) throws SQLException {
        return reads(connection, view, Deletions.TABLE) && !reads(connection, view, LateVersions.TABLE);
    }

    private boolean reads(Connection connection, String view, String relation) throws SQLException {
        return Jdbc.exists(
                connection,
                "SELECT 1 FROM pg_rewrite r JOIN pg_class v ON v.oid = r.ev_class"
                        + " JOIN pg_namespace n ON n.oid = v.relnamespace"
                        + " JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid"
                        + " AND d.refclassid = 'pg_class'::regclass"
                        + " JOIN pg_class c ON c.oid = d.refobjid AND c.relnamespace = n.oid"
                        + " WHERE n.nspname = ? AND v.relname = ? AND c.relname = ?",
                settings.schema(),
                view,
                relation);
    }

    private TargetTable target(Connection connection, WarehouseTable table) throws SQLException {
        return TargetTable.find(connection, settings.schema(), table.name())
                .orElseThrow(() -> new KeywharfException(
                        "postgres.no_table",
                        table.name(),
                        "Schema '" + settings.schema() + "' has no such table; create the warehouse's tables first"));
    }

    @Override
    public Map<String, String> check(List<WarehouseTable> tables) {
        return check(tables, LoadMode.APPEND_VERSIONS);
    }

    @Override
    public Map<String, String> check(List<WarehouseTable> tables, LoadMode facts) {
        Map<String, String> problems = new LinkedHashMap<>();
        try (Connection connection = connections.open()) {
            int version = settings.versionOf(connection.getMetaData().getDatabaseMajorVersion());
            for (WarehouseTable table : tables) {
                List<String> wrong = TargetTable.find(connection, settings.schema(), table.name())
                        .map(target -> WarehouseCheck.problems(table, target, facts, version))
                        .orElse(List.of("the table is missing in schema '" + settings.schema() + "'"));
                if (!wrong.isEmpty()) {
                    problems.put(table.name(), String.join("; ", wrong));
                }
            }
            if (isThere(connection, WarehouseDdl.BATCHES) && !isThere(connection, LateVersions.TABLE)) {
                problems.put(
                        LateVersions.TABLE,
                        "the table is missing in schema '" + settings.schema()
                                + "', as an earlier version of this library made the warehouse; create the warehouse"
                                + " again, which adds it and leaves the rest alone");
            }
            problems.putAll(missingRights(connection));
            for (WarehouseTable table : tables) {
                String view = table.isFact() ? WarehouseDdl.viewName(table) : "";
                if (table.isFact() && isOutdated(connection, view)) {
                    problems.put(
                            view,
                            "the view was made by an earlier version of this library, and may show an old version as"
                                    + " the current one after a replay; create the warehouse again, which replaces it");
                }
            }
            return problems;
        } catch (SQLException e) {
            throw PgErrors.of(name(), "The warehouse's tables cannot be checked", e);
        }
    }

    /** By control table, what a load does with it and this user may not. */
    private Map<String, String> missingRights(Connection connection) throws SQLException {
        Map<String, String> problems = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> control : WarehouseDdl.RIGHTS.entrySet()) {
            Optional<String> missing = Jdbc.first(
                    connection,
                    "SELECT string_agg(r, ', ') FROM unnest(?::text[]) r, pg_class c JOIN pg_namespace n"
                            + " ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?"
                            + " AND NOT has_table_privilege(c.oid, r)",
                    row -> row.getString(1),
                    control.getValue().toArray(String[]::new),
                    settings.schema(),
                    control.getKey());
            if (missing.isPresent()) {
                problems.put(
                        control.getKey(),
                        "the user '" + connection.getMetaData().getUserName() + "' may not " + missing.get()
                                + "; a load does, so grant it these");
            }
        }
        return problems;
    }

    @Override
    public Optional<LoadedBatch> newestLoaded(String flow) {
        // The primary key is (flow, batch), so this reads one entry of its index.
        String newest = "SELECT b.batch, n.key, n.value FROM (SELECT batch, note FROM "
                + Quoted.name(settings.schema(), WarehouseDdl.BATCHES)
                + " WHERE flow = ? ORDER BY batch DESC LIMIT 1) b LEFT JOIN LATERAL jsonb_each_text(b.note) n ON true"
                + " AND n.value IS NOT NULL";
        try (Connection connection = connections.open()) {
            Map<String, String> note = new LinkedHashMap<>();
            List<Long> numbers = Jdbc.list(
                    connection,
                    newest,
                    row -> {
                        if (row.getString(2) != null) {
                            note.put(row.getString(2), row.getString(3));
                        }
                        return row.getLong(1);
                    },
                    flow);
            return numbers.stream().findFirst().map(number -> new LoadedBatch(number, note));
        } catch (SQLException e) {
            if (noBooks(e)) {
                return Optional.empty();
            }
            throw PgErrors.of(name(), "The newest loaded batch cannot be read", e);
        }
    }

    static boolean noBooks(SQLException e) {
        String state = PgErrors.state(e);
        return state.equals("42P01") || state.equals("3F000");
    }

    @Override
    public WarehouseLoad begin(String flow, long batch, Map<String, String> note) {
        return load(flow, batch, note, null);
    }

    @Override
    public WarehouseLoad begin(String flow, long batch, Map<String, String> note, Takeover takeover) {
        return load(flow, batch, note, takeover);
    }

    private WarehouseLoad load(String flow, long batch, Map<String, String> note, @Nullable Takeover takeover) {
        if (flow.isBlank()) {
            throw new IllegalArgumentException("A flow needs a name, but got '" + flow + "'");
        }
        return PgWarehouseLoad.begin(connections, settings, flow, batch, note, takeover);
    }

    @Override
    public String toString() {
        return "Warehouse[" + name() + ", schema " + settings.schema() + "]";
    }
}
