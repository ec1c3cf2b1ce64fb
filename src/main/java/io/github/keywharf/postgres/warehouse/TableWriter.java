package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Progress;
import io.github.keywharf.format.TextValues;
import io.github.keywharf.postgres.internal.copy.CopyColumns;
import io.github.keywharf.postgres.internal.copy.CopySource;
import io.github.keywharf.postgres.internal.copy.TargetColumn;
import io.github.keywharf.postgres.internal.session.PgConnections;
import io.github.keywharf.postgres.internal.session.PgErrors;
import io.github.keywharf.postgres.internal.session.PgSessions;
import io.github.keywharf.postgres.internal.session.UnknownNames;
import io.github.keywharf.sql.Coverage;
import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.WarehouseLoad.TableLoad;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteCounts;
import io.github.keywharf.table.WriteReport;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Creates a table and writes rows into it, as new ones or by a key. Each write is one transaction.
 */
public final class TableWriter {

    private final PgConnections connections;
    private final String schema;
    private final String name;
    private final List<String> key;
    private final int newest;

    /**
     * A writer into a table.
     *
     * @param key columns by which rows replace others; empty where all rows are new ones
     * @param newest the server is taken for this version if it is newer
     */
    public TableWriter(PgConnections connections, String schema, String name, List<String> key, int newest) {
        this.connections = connections;
        this.schema = schema;
        this.name = name;
        this.key = List.copyOf(key);
        this.newest = newest;
    }

    /** Creates the table with these columns and the key as its primary key, unless there is a table of its name. */
    public void create(Schema columns) {
        WarehouseTable table = new WarehouseTable(name, columns, key, Optional.empty(), List.of());
        String statement =
                new WarehouseDdl(new WarehouseSettings(schema, false, false, newest)).table(table, LoadMode.UPSERT);
        try (Connection connection = connections.open();
                Statement create = connection.createStatement()) {
            create.execute(statement);
        } catch (SQLException e) {
            throw PgErrors.of(name, "The table cannot be created", e);
        }
    }

    /** Writes all rows and closes them. */
    public WriteReport write(Rows source, RejectListener rejects) {
        WriteCounts counts = new WriteCounts(name, source, rejects);
        try (Rows rows = watched(counts)) {
            return load("The write into '" + name + "'", (context, target) -> write(context, target, rows, counts));
        }
    }

    /** Copies all rows of a table, as bytes where each column has the same type on both sides and rows have no key. */
    public WriteReport copy(CopySource from, RejectListener rejects) {
        List<TargetColumn> columns = from.columns();
        return load("The copy into '" + name + "'", (context, target) -> {
            Optional<CopyPlan> plan = key.isEmpty() ? CopyPlan.of(columns, target) : Optional.empty();
            if (plan.isPresent()) {
                WriteCounts counts = new WriteCounts(name, rejects);
                return new RelayedCopy(from, plan.get(), context, target, counts).run();
            }
            WriteCounts counts = new WriteCounts(name, from.rows(CopyPlan.columns(columns, target)), rejects);
            try (Rows rows = watched(counts)) {
                WriteReport report = write(context, target, rows, counts);
                from.requireUnrewritten();
                return report;
            }
        });
    }

    private Rows watched(WriteCounts counts) {
        return Progress.watching(counts.rows(), "write " + name, connections.events());
    }

    private WriteReport write(LoadContext context, TargetTable target, Rows rows, WriteCounts counts)
            throws SQLException {
        requireFit(rows, target);
        Rows read = rows;
        for (Column column : rows.schema()) {
            TargetColumn to = Objects.requireNonNull(target.columns().get(column.name()));
            if (CopyColumns.isCast(column.type(), to) && to.readAs().isPresent()) {
                read = read.through(
                        TextValues.STANDARD.retype(column.name(), to.readAs().get()), counts);
            }
        }
        if (CopyColumns.anyCast(read.schema(), target.columns())) {
            context.update(PgSessions.READ_TEXTS + "; " + PgSessions.IN_UTC);
        }
        return key.isEmpty()
                ? new TableAppend(context, target, read, counts).run()
                : upsert(context, target, read, counts);
    }

    /** What is done in the transaction of a write. */
    private interface Load {
        WriteReport run(LoadContext context, TargetTable target) throws SQLException;
    }

    private WriteReport load(String what, Load load) {
        try (Connection connection = connections.open()) {
            try {
                LoadContext context = Transactions.begin(
                        connection,
                        connections.events(),
                        new WarehouseSettings(schema, true, false, newest),
                        LoadContext.Batch.NONE,
                        Transactions.LOCKS);
                // A row that breaks a deferred constraint would otherwise fail the commit, and all rows with it.
                context.update("SET CONSTRAINTS ALL IMMEDIATE");
                Optional<TargetTable> found = TargetTable.find(connection, schema, name);
                if (found.isEmpty()) {
                    throw UnknownNames.table(connection, schema, name);
                }
                WriteReport report = load.run(context, found.get());
                commit(connection, what);
                return report;
            } catch (SQLException | RuntimeException | Error e) {
                Transactions.abandon(connection, e);
                throw e;
            }
        } catch (SQLException e) {
            throw PgErrors.of(name, "The rows cannot be written", e);
        }
    }

    /** Rows without a key are there twice when they are written again. */
    private void commit(Connection connection, String what) {
        try {
            Transactions.commit(connection, connections.name(), what);
        } catch (KeywharfException e) {
            if (key.isEmpty() && e.is("postgres.commit_unknown")) {
                throw new KeywharfException(
                        "postgres.append_unknown",
                        name,
                        "The connection was lost while " + what
                                + " was committed, so that the rows may or may not be there;"
                                + " look before you write them again, or write them by upsertBy(key)",
                        e);
            }
            throw e;
        }
    }

    private void requireFit(Rows rows, TargetTable target) {
        List<String> problems = new ArrayList<>();
        for (Column column : rows.schema()) {
            TargetColumn found = target.columns().get(column.name());
            if (found == null) {
                problems.add("column '" + column.name() + "' is missing");
            } else {
                if (!CopyColumns.isCast(column.type(), found)) {
                    CopyColumns.problem(column.type(), found).ifPresent(problems::add);
                }
                if (found.generated() == TargetColumn.Generated.IDENTITY
                        && !key.isEmpty()
                        && !key.contains(column.name())) {
                    problems.add("column '" + column.name()
                            + "' is GENERATED ALWAYS AS IDENTITY, which an upsert cannot change unless it is the key");
                }
            }
        }
        for (String column : target.lacks(rows.schema().names())) {
            problems.add("column '" + column + "' needs a value, but the rows have no such column");
        }
        if (!key.isEmpty() && !target.isUnique(key)) {
            problems.add("nothing keeps " + key + " unique");
        }
        if (!problems.isEmpty()) {
            throw new KeywharfException(
                    "postgres.table_mismatch",
                    name,
                    "The table does not take these rows: " + String.join("; ", problems)
                            + ". Change the table or the rows");
        }
    }

    private WriteReport upsert(LoadContext context, TargetTable target, Rows rows, WriteCounts counts)
            throws SQLException {
        WarehouseTable table = new WarehouseTable(name, rows.schema(), key, Optional.empty(), List.of());
        TableLoader loader = new TableLoader(context, table, target, LateReference.NONE, counts);
        TableLoad load = loader.load(LoadMode.UPSERT, Coverage.partial(), rows);
        counts.leaveOut(loader.leftOut());
        return counts.report(load.written(), loader.bytes());
    }
}
