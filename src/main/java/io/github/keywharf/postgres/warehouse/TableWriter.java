package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Progress;
import io.github.keywharf.postgres.internal.copy.CopyColumn;
import io.github.keywharf.postgres.internal.copy.CopyColumns;
import io.github.keywharf.postgres.internal.copy.CopyWriter;
import io.github.keywharf.postgres.internal.copy.TargetColumn;
import io.github.keywharf.postgres.internal.session.PgConnections;
import io.github.keywharf.postgres.internal.session.PgErrors;
import io.github.keywharf.postgres.internal.session.UnknownNames;
import io.github.keywharf.sql.Coverage;
import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.WarehouseLoad.TableLoad;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowMask;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteCounts;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.table.WrittenOrigins;
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
        try (Rows rows = Progress.watching(counts.rows(), "write " + name, connections.events());
                Connection connection = connections.open()) {
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
                TargetTable target = found.get();
                requireFit(rows, target);
                WriteReport report = key.isEmpty()
                        ? new TableAppend(context, target, counts).write(rows)
                        : upsert(context, target, rows, counts);
                Transactions.commit(connection, connections.name(), "The write into '" + name + "'");
                return report;
            } catch (SQLException | RuntimeException | Error e) {
                Transactions.abandon(connection, e);
                throw e;
            }
        } catch (SQLException e) {
            throw PgErrors.of(name, "The rows cannot be written", e);
        }
    }

    private void requireFit(Rows rows, TargetTable target) {
        List<String> problems = new ArrayList<>();
        for (Column column : rows.schema()) {
            TargetColumn found = target.columns().get(column.name());
            if (found == null) {
                problems.add("column '" + column.name() + "' is missing");
            } else {
                CopyColumns.problem(column.type(), found).ifPresent(problems::add);
                if (found.generated() == TargetColumn.Generated.IDENTITY
                        && !key.isEmpty()
                        && !key.contains(column.name())) {
                    problems.add("column '" + column.name()
                            + "' is GENERATED ALWAYS AS IDENTITY, which an upsert cannot change unless it is the key");
                }
            }
        }
        for (TargetColumn column : target.columns().values()) {
            if (column.notNull() && !column.optional() && !rows.schema().contains(column.name())) {
                problems.add("column '" + column.name() + "' needs a value, but the rows have no such column");
            }
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

    /** Sends rows as new ones. */
    private record TableAppend(LoadContext context, TargetTable target, WriteCounts counts) {

        WriteReport write(Rows rows) throws SQLException {
            boolean straight = !target.picky()
                    && target.foreignKeys().isEmpty()
                    && target.indexes().stream()
                            .noneMatch(index ->
                                    index.unique() && index.columns().stream().anyMatch(rows.schema()::contains))
                    && rows.schema().names().stream()
                            .noneMatch(column -> Objects.requireNonNull(
                                            target.columns().get(column))
                                    .isOpaque());
            List<CopyColumn> columns = CopyColumns.of(rows.schema(), target.columns());
            StageTable stage = straight ? null : StageTable.create(context, target, rows.schema());
            CopyWriter writer = CopyWriter.start(
                    context.connection(),
                    stage == null ? target.quoted() : stage.quoted(),
                    stage == null ? "" : stage.number(),
                    columns);
            WrittenOrigins origins = new WrittenOrigins(target.name());
            long refused = 0;
            long read = 0;
            long stored;
            try {
                for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                    RowMask rejected = new RowMask(batch, target.name(), read);
                    for (int i = 0; i < columns.size(); i++) {
                        columns.get(i).bind(batch.column(i));
                        columns.get(i).check(batch.size(), rejected);
                    }
                    rejected.report(counts);
                    refused += rejected.count();
                    origins.add(batch, read);
                    writer.write(0, batch.size(), rejected, read);
                    read += batch.size();
                }
                stored = writer.finish();
            } catch (SQLException | RuntimeException | Error e) {
                writer.cancel(e);
                throw e;
            }
            if (stage != null && read > 0) {
                String key = rows.schema().column(0).name();
                WarehouseTable table =
                        new WarehouseTable(target.name(), rows.schema(), List.of(key), Optional.empty(), List.of());
                MissingParents parents = new MissingParents(context, target, stage);
                StagedMerge merge = new StagedMerge(
                        context,
                        origins,
                        target.name(),
                        stage,
                        new MergeSql(table, target, stage).append(),
                        counts,
                        parents,
                        parents.referredTo());
                merge.run(read);
                stored = merge.inserted();
                refused += merge.refused();
            }
            counts.leaveOut(LeftOut.byTrigger(target.suppressed(read, refused + stored)));
            return counts.report(stored, writer.bytes());
        }
    }
}
