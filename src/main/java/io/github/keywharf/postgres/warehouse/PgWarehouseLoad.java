package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Progress;
import io.github.keywharf.postgres.internal.copy.CopyColumn;
import io.github.keywharf.postgres.internal.copy.CopyColumns;
import io.github.keywharf.postgres.internal.copy.CopyWriter;
import io.github.keywharf.postgres.internal.session.Jdbc;
import io.github.keywharf.postgres.internal.session.PgConnections;
import io.github.keywharf.postgres.internal.session.PgErrors;
import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.sql.Coverage;
import io.github.keywharf.sql.LateRows;
import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.Warehouse;
import io.github.keywharf.sql.WarehouseLoad;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowMask;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One transaction that enters a batch into the control tables and loads its tables. */
final class PgWarehouseLoad implements WarehouseLoad {

    private enum State {
        OPEN,
        REPEATED,
        FAILED,
        COMMITTED,
        CLOSED
    }

    private final LoadContext context;
    private final String name;
    private State state;

    private PgWarehouseLoad(LoadContext context, String name, State state) {
        this.context = context;
        this.name = name;
        this.state = state;
    }

    static PgWarehouseLoad begin(
            PgConnections connections,
            WarehouseSettings settings,
            String flow,
            long batch,
            Map<String, String> note,
            Warehouse.@Nullable Takeover takeover) {
        Connection connection = connections.open();
        try {
            LoadContext context = Transactions.begin(
                    connection,
                    connections.events(),
                    settings,
                    new LoadContext.Batch(flow, batch, note.getOrDefault(ORIGIN, "")),
                    takeover == null ? Transactions.LOCKS : takeover.locks());
            FlowLock.take(context, connections.name(), takeover);
            boolean entered = enter(context, note);
            if (!entered) {
                connection.rollback();
            }
            return new PgWarehouseLoad(context, connections.name(), entered ? State.OPEN : State.REPEATED);
        } catch (SQLException e) {
            KeywharfException failure = PgWarehouse.noBooks(e)
                    ? new KeywharfException(
                            "postgres.no_control_tables",
                            connections.name(),
                            "The warehouse has no table '" + WarehouseDdl.BATCHES + "' in schema '" + settings.schema()
                                    + "'; create it by createWarehouse()",
                            e)
                    : PgErrors.of(connections.name(), "Batch " + batch + " of " + flow + " cannot be begun", e);
            Transactions.abandon(connection, failure);
            throw failure;
        } catch (RuntimeException | Error e) {
            Transactions.abandon(connection, e);
            throw e;
        }
    }

    private static boolean enter(LoadContext context, Map<String, String> note) throws SQLException {
        return Jdbc.update(
                        context.connection(),
                        "INSERT INTO " + Quoted.name(context.schema(), WarehouseDdl.BATCHES)
                                + " (flow, batch, note) VALUES (?, ?, jsonb_object(?::text[], ?::text[])) ON CONFLICT"
                                + " DO NOTHING",
                        context.batch().flow(),
                        context.batch().number(),
                        note.keySet().toArray(String[]::new),
                        note.values().toArray(String[]::new))
                == 1;
    }

    @Override
    public boolean alreadyLoaded() {
        return state == State.REPEATED;
    }

    private void requireOpen() {
        if (state != State.OPEN) {
            throw new IllegalStateException(
                    switch (state) {
                        case REPEATED -> context.batch() + " was loaded before";
                        case FAILED -> "The load has failed; close it and begin again";
                        default -> "The load is over";
                    });
        }
    }

    @Override
    public TableLoad load(
            WarehouseTable table,
            LoadMode mode,
            Coverage coverage,
            Rows rows,
            @Nullable LateRows late,
            RejectListener rejects) {
        try (rows) {
            requireOpen();
            requireSchema(table.schema(), rows.schema());
            if (!table.isFact() && (mode == LoadMode.APPEND_VERSIONS || mode == LoadMode.APPEND_ABSENT_VERSIONS)) {
                throw new IllegalArgumentException(
                        "Dimension '" + table.name() + "' keeps no versions; load it by UPSERT or ADD_MISSING");
            }
            state = State.FAILED;
            Rows watched = Progress.watching(rows, "load " + table.name(), context.events());
            TableLoad load = loader(table, mode, late, rejects).load(mode, coverage, watched);
            if (mode == LoadMode.APPEND_VERSIONS) {
                noteEnd(table);
            }
            state = State.OPEN;
            return load;
        } catch (SQLException e) {
            throw PgErrors.of(table.name(), "The rows cannot be loaded", e);
        }
    }

    private TableLoader loader(WarehouseTable table, LoadMode mode, @Nullable LateRows late, RejectListener rejects)
            throws SQLException {
        LateReference reference = LateReference.NONE;
        if (late != null) {
            WarehouseTable grown = late.table();
            TargetTable target = target(grown, LoadMode.ADD_MISSING);
            reference = new LateReference(grown.name(), () -> {
                try (Rows rows = late.rows().get()) {
                    requireSchema(grown.schema(), rows.schema());
                    new TableLoader(context, grown, target, LateReference.NONE, rejects)
                            .load(LoadMode.ADD_MISSING, Coverage.partial(), rows);
                }
            });
        }
        return new TableLoader(context, table, target(table, mode), reference, rejects);
    }

    private static void requireSchema(Schema wanted, Schema given) {
        if (!wanted.columns().stream()
                .map(column -> column.name() + " " + column.type())
                .toList()
                .equals(given.columns().stream()
                        .map(column -> column.name() + " " + column.type())
                        .toList())) {
            throw new IllegalArgumentException("The table takes " + wanted + ", but the rows are " + given);
        }
    }

    private TargetTable target(WarehouseTable table, LoadMode mode) throws SQLException {
        TargetTable target = TargetTable.find(context.connection(), context.schema(), table.name())
                .orElseThrow(() -> new KeywharfException(
                        "postgres.no_table",
                        table.name(),
                        "Schema '" + context.schema() + "' has no such table; create it by createWarehouse()"));
        List<String> problems = WarehouseCheck.problems(table, target, mode, context.version());
        if (!problems.isEmpty()) {
            throw new KeywharfException(
                    "postgres.table_mismatch",
                    table.name(),
                    "The table does not take this load: " + String.join("; ", problems)
                            + ". Change the table or the mapping");
        }
        return target;
    }

    @Override
    public long delete(WarehouseTable table, LoadMode mode, Rows keys) {
        try (keys) {
            requireOpen();
            Schema schema = table.schema().select(table.key());
            requireSchema(schema, keys.schema());
            state = State.FAILED;
            long deleted = delete(table, mode, schema, keys);
            state = State.OPEN;
            return deleted;
        } catch (SQLException e) {
            throw PgErrors.of(table.name(), "The deletions cannot be entered", e);
        }
    }

    private long delete(WarehouseTable table, LoadMode mode, Schema schema, Rows keys) throws SQLException {
        TargetTable target = target(table, LoadMode.APPEND_VERSIONS);
        context.lockTable(table.name());
        StageTable stage = StageTable.create(context, target, schema);
        List<CopyColumn> columns = CopyColumns.of(schema, target.columns());
        CopyWriter writer = CopyWriter.start(context.connection(), stage.quoted(), stage.number(), columns);
        long read = 0;
        try {
            for (ColumnBatch batch = keys.next(); batch != null; batch = keys.next()) {
                RowMask unfit = new RowMask(batch, table.name(), read);
                for (int i = 0; i < columns.size(); i++) {
                    columns.get(i).bind(batch.column(i));
                    columns.get(i).check(batch.size(), unfit);
                }
                writer.write(0, batch.size(), unfit, read);
                read += batch.size();
            }
            writer.finish();
        } catch (SQLException | RuntimeException | Error e) {
            writer.cancel(e);
            throw e;
        }
        stage.analyze(read, table.key());
        long deleted = new Deletions(context, table, target).enterStaged(stage, mode == LoadMode.UPSERT);
        stage.drop();
        return deleted;
    }

    @Override
    public void commit() {
        if (state == State.REPEATED) {
            return;
        }
        requireOpen();
        state = State.FAILED;
        Transactions.commit(context.connection(), name, context.batch().toString());
        state = State.COMMITTED;
    }

    /** Notes with which record id a table of versions ends, so that what is loaded again later finds its place. */
    private void noteEnd(WarehouseTable table) throws SQLException {
        context.update(
                "UPDATE " + Quoted.name(context.schema(), WarehouseDdl.BATCHES)
                        + " SET note = note || jsonb_build_object('"
                        + LateVersions.ENDS + "', coalesce(note -> '" + LateVersions.ENDS
                        + "', '{}') || jsonb_build_object(" + Quoted.text(table.name()) + ", (SELECT max("
                        + Quoted.name(table.recordId().orElseThrow()) + ") FROM "
                        + Quoted.name(context.schema(), table.name()) + "))) WHERE flow = ? AND batch = ?",
                context.batch().flow(),
                context.batch().number());
    }

    @Override
    public void close() {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            Transactions.close(context.connection());
        }
    }

    @Override
    public String toString() {
        return "WarehouseLoad[" + context.batch() + " into " + name + ", " + state + "]";
    }
}
