package io.github.keywharf.postgres;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.Warehouse;
import io.github.keywharf.sql.WarehouseLoad;
import io.github.keywharf.sql.WarehouseTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A warehouse in one schema of a PostgreSQL database. */
final class PgWarehouse implements Warehouse {

    private final PgConnections connections;
    private final WarehouseOptions options;

    PgWarehouse(PgConnections connections, WarehouseOptions options) {
        this.connections = connections;
        this.options = options;
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
                WarehouseDdl ddl = new WarehouseDdl(options);
                if (!exists(connection, "SELECT 1 FROM pg_namespace WHERE nspname = ?", options.schema())) {
                    run(statement, ddl.createSchema(), done);
                }
                for (Map.Entry<String, List<String>> book : ddl.books().entrySet()) {
                    if (!isThere(connection, book.getKey())) {
                        for (String sql : book.getValue()) {
                            run(statement, sql, done);
                        }
                    }
                }
                for (WarehouseTable table : tables) {
                    if (!isThere(connection, table.name())) {
                        run(statement, ddl.table(table, mode), done);
                    }
                    if (table.isFact() && !isThere(connection, WarehouseDdl.viewName(table))) {
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
        return exists(
                connection,
                "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = ?",
                options.schema(),
                relation);
    }

    private static boolean exists(Connection connection, String sql, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            try (ResultSet found = statement.executeQuery()) {
                return found.next();
            }
        }
    }

    private TargetTable target(Connection connection, WarehouseTable table) throws SQLException {
        return TargetTable.find(connection, options.schema(), table.name())
                .orElseThrow(() -> new KeywharfException(
                        "postgres.no_table",
                        table.name(),
                        "Schema '" + options.schema() + "' has no such table; create the warehouse's tables first"));
    }

    @Override
    public Map<String, String> check(List<WarehouseTable> tables) {
        Map<String, String> problems = new LinkedHashMap<>();
        try (Connection connection = connections.open()) {
            for (WarehouseTable table : tables) {
                List<String> wrong = TargetTable.find(connection, options.schema(), table.name())
                        .map(target -> WarehouseCheck.problems(table, target))
                        .orElse(List.of("the table is missing in schema '" + options.schema() + "'"));
                if (!wrong.isEmpty()) {
                    problems.put(table.name(), String.join("; ", wrong));
                }
            }
            return problems;
        } catch (SQLException e) {
            throw PgErrors.of(name(), "The warehouse's tables cannot be checked", e);
        }
    }

    @Override
    public Set<Long> loadedBatches(String flow) {
        try (Connection connection = connections.open();
                PreparedStatement statement = connection.prepareStatement("SELECT batch FROM "
                        + Quoted.name(options.schema(), WarehouseDdl.BATCHES) + " WHERE flow = ?")) {
            statement.setString(1, flow);
            try (ResultSet rows = statement.executeQuery()) {
                Set<Long> batches = new HashSet<>();
                while (rows.next()) {
                    batches.add(rows.getLong(1));
                }
                return batches;
            }
        } catch (SQLException e) {
            if (noBooks(e)) {
                return Set.of();
            }
            throw PgErrors.of(name(), "The loaded batches cannot be listed", e);
        }
    }

    static boolean noBooks(SQLException e) {
        String state = PgErrors.state(e);
        return state.equals("42P01") || state.equals("3F000");
    }

    @Override
    public WarehouseLoad begin(String flow, long batch, Map<String, String> note) {
        if (flow.isBlank()) {
            throw new IllegalArgumentException("A flow needs a name, but got '" + flow + "'");
        }
        return PgWarehouseLoad.begin(connections, options, flow, batch, note);
    }

    @Override
    public String toString() {
        return "Warehouse[" + name() + ", schema " + options.schema() + "]";
    }
}
