package io.github.keywharf.postgres;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Progress;
import io.github.keywharf.format.TextValues;
import io.github.keywharf.sql.Coverage;
import io.github.keywharf.sql.Increment;
import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.WarehouseLoad.TableLoad;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
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
import java.util.function.Supplier;

/**
 * A table that gives rows and takes them. It takes them column by column of the same name; columns that the rows lack take
 * their defaults. Each write is one transaction: when it fails, nothing was written.
 *
 * <pre>{@code
 * database.table("contact").upsertBy("id").write(other.table("contact").rows());
 * }</pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class PostgresTable implements RowSink {

    /** Maximum number of connections that read one table. */
    public static final int MAX_READERS = 64;

    /** Blocks below which a connection of its own is not worth its while. */
    private static final long RANGE = 512;

    private final PgConnections connections;
    private final String schema;
    private final String name;
    private final List<String> key;
    private final int readers;
    private final int version;

    PostgresTable(PgConnections connections, String schema, String name, List<String> key) {
        this(connections, schema, name, key, 1, Integer.MAX_VALUE);
    }

    private PostgresTable(
            PgConnections connections, String schema, String name, List<String> key, int readers, int version) {
        this.connections = connections;
        this.schema = schema;
        this.name = name;
        this.key = List.copyOf(key);
        this.readers = readers;
        this.version = version;
    }

    /** The table of this name in another schema. */
    @CheckReturnValue
    public PostgresTable withSchema(String value) {
        return new PostgresTable(connections, value, name, key, readers, version);
    }

    /**
     * This table, replacing rows whose key is there already where anything differs; of rows with one key the last wins.
     * Keys are equal when the server says so; values differ when they are not the same, even if the server calls them
     * equal, such as 1.5 and 1.50. Rows that are there already, just so, count as {@link LeftOut#unchanged()}, and rows that
     * a later one of their key replaces as {@link LeftOut#distinct()}.
     *
     * @param columns the key, which the table must keep unique
     */
    @CheckReturnValue
    public PostgresTable upsertBy(String... columns) {
        if (columns.length == 0) {
            throw new IllegalArgumentException("An upsert into '" + name + "' needs at least one key column");
        }
        return new PostgresTable(connections, schema, name, List.of(columns), readers, version);
    }

    /**
     * This table, read on several connections at the same time, each of which reads a range of its blocks under the one
     * snapshot; the order of the rows is any. A view, a foreign table, and any table of a server before version 14 are read
     * on one.
     *
     * @param connections 1 to {@value #MAX_READERS}
     */
    @CheckReturnValue
    public PostgresTable readers(int connections) {
        if (connections < 1 || connections > MAX_READERS) {
            throw new IllegalArgumentException(
                    connections + " connections for '" + name + "'; take 1 to " + MAX_READERS);
        }
        return new PostgresTable(this.connections, schema, name, key, connections, version);
    }

    /**
     * Creates the table with these columns and this primary key, unless a table of its name is there, which stays unchanged.
     * Columns have the types that {@code docs/reference/type-mapping.md} lists for a warehouse.
     *
     * @param columns in their order
     * @param primaryKey names of one or more of them
     * @return this table, upserting by the key
     * @throws IllegalArgumentException when a column is a list, a map or a struct, or there is no key
     * @throws KeywharfException when the schema of the database is not there, or the database fails
     */
    public PostgresTable create(Schema columns, String... primaryKey) {
        PostgresTable keyed = upsertBy(primaryKey);
        WarehouseTable table = new WarehouseTable(name, columns, keyed.key, Optional.empty(), List.of());
        String statement =
                new WarehouseDdl(new WarehouseSettings(schema, false, false, version)).table(table, LoadMode.UPSERT);
        try (Connection connection = connections.open();
                Statement create = connection.createStatement()) {
            create.execute(statement);
        } catch (SQLException e) {
            throw PgErrors.of(name, "The table cannot be created", e);
        }
        return keyed;
    }

    /**
     * All rows of the table, or of the view, read by binary COPY under a snapshot of their own; close them. A value that the
     * type of its column cannot hold, as {@link PostgresDatabase#source(String, boolean)} says, ends the reading.
     *
     * @throws KeywharfException with code {@code sql.unknown_table} when there is no such table, and others when the
     *     database fails
     */
    public Rows rows() {
        PgSnapshot snapshot = new PgSource(connections, scope()).snapshot();
        try {
            if (readers == 1) {
                return snapshot.read(ReadRequest.all(name)).onClose(snapshot::close);
            }
            List<Supplier<Rows>> parts = new ArrayList<>();
            for (Blocks part : Blocks.ALL.cut(readers, RANGE, snapshot.blocks(name))) {
                parts.add(() -> snapshot.read(name, part));
            }
            return ParallelRows.open(parts).onClose(snapshot::close);
        } catch (RuntimeException | Error e) {
            snapshot.close();
            throw e;
        }
    }

    private PgCatalog.Scope scope() {
        return new PgCatalog.Scope(schema, true, name);
    }

    /**
     * The columns as {@link #rows()} reads them.
     *
     * @throws KeywharfException with code {@code sql.unknown_table} when there is no such table
     */
    public Schema schema() {
        try (Connection connection = connections.open()) {
            return PgCatalog.load(connection, scope()).table(name).table().schema();
        } catch (SQLException e) {
            throw PgErrors.of(name, "The columns cannot be read", e);
        }
    }

    /**
     * Copies all rows into another table, columns by name, in one transaction of that table's database. Where all columns
     * have the same types, the bytes of COPY are handed on as they are, so that each value of each type arrives as it is,
     * and rows that the table refuses are rejected with their values as texts; at most 1,000 may be refused in each of up
     * to 60 parts. Otherwise, and in an upsert, rows are read and written as {@link #rows()} and {@link #write} do. Columns
     * that both tables compute are left out; sequences stay as they are.
     *
     * @throws KeywharfException with code {@code table.rejected} when a row is refused, and as {@link #rows()} and
     *     {@link #write} say
     */
    public WriteReport copyTo(PostgresTable to) {
        return copyTo(to, RejectListener.FAIL);
    }

    /**
     * Copies all rows into another table as {@link #copyTo(PostgresTable)} does.
     *
     * @param rejects takes each row that is refused
     */
    public WriteReport copyTo(PostgresTable to, RejectListener rejects) {
        try (PgSnapshot snapshot = new PgSource(connections, scope()).snapshot()) {
            List<TargetColumn> columns = snapshot.describe(name);
            return to.load("The copy into '" + to.name + "'", (context, target) -> {
                Optional<CopyPlan> plan = to.key.isEmpty() ? CopyPlan.of(columns, target) : Optional.empty();
                if (plan.isPresent()) {
                    RelayedCopy.Source source = new RelayedCopy.Source(snapshot, name, snapshot.blocks(name), readers);
                    WriteCounts counts = new WriteCounts(to.name, rejects);
                    return new RelayedCopy(source, plan.get(), context, target, counts).run();
                }
                ReadRequest request = new ReadRequest(name, CopyPlan.columns(columns, target), Increment.everything());
                WriteCounts counts = new WriteCounts(to.name, snapshot.read(request), rejects);
                try (Rows rows = to.watched(counts)) {
                    return to.write(context, target, rows, counts);
                }
            });
        }
    }

    /** This table on a server that is taken for an older one. */
    PostgresTable version(int value) {
        return new PostgresTable(connections, schema, name, key, readers, value);
    }

    /**
     * Writes all rows and closes them. Rows that the table refuses for their values, by a constraint (deferred ones
     * included), a policy or a trigger that raises an error, are rejected one by one, and the rest is written. Rows that
     * a trigger leaves out without an error are neither written nor rejected but {@link LeftOut#trigger()}.
     *
     * @throws KeywharfException with code {@code sql.unknown_table} or {@code postgres.table_mismatch} when the table
     *     is not there or does not take the rows, and others when the database fails
     */
    @Override
    public WriteReport write(Rows source, RejectListener rejects) {
        WriteCounts counts = new WriteCounts(name, source, rejects);
        try (Rows rows = watched(counts)) {
            return load("The write into '" + name + "'", (context, target) -> write(context, target, rows, counts));
        }
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
                        new WarehouseSettings(schema, true, false, version),
                        LoadContext.Batch.NONE,
                        Transactions.LOCKS);
                // A row that breaks a deferred constraint would otherwise fail the commit, and all rows with it.
                context.update("SET CONSTRAINTS ALL IMMEDIATE");
                Optional<TargetTable> found = TargetTable.find(connection, schema, name);
                if (found.isEmpty()) {
                    throw PgCatalog.unknown(connection, schema, name);
                }
                WriteReport report = load.run(context, found.get());
                Transactions.commit(connection, connections.name(), what);
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

    @Override
    public String toString() {
        return "PostgresTable[" + schema + "." + name + " of " + connections.name()
                + (key.isEmpty() ? "" : ", upsert by " + key) + "]";
    }
}
