package io.github.keywharf.postgres;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.internal.session.PgConnections;
import io.github.keywharf.postgres.source.PgSource;
import io.github.keywharf.postgres.source.TableSnapshot;
import io.github.keywharf.postgres.warehouse.TableWriter;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import java.util.List;

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
        keyed.writer().create(columns);
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
        TableSnapshot snapshot = source().open(name, readers);
        try {
            return snapshot.rows().onClose(snapshot::close);
        } catch (RuntimeException | Error e) {
            snapshot.close();
            throw e;
        }
    }

    private PgSource source() {
        return PgSource.ofTable(connections, schema, name);
    }

    /**
     * The columns as {@link #rows()} reads them.
     *
     * @throws KeywharfException with code {@code sql.unknown_table} when there is no such table
     */
    public Schema schema() {
        return source().columns(name);
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
        try (TableSnapshot snapshot = source().open(name, readers)) {
            return to.writer().copy(snapshot, rejects);
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
        return writer().write(source, rejects);
    }

    private TableWriter writer() {
        return new TableWriter(connections, schema, name, key, version);
    }

    @Override
    public String toString() {
        return "PostgresTable[" + schema + "." + name + " of " + connections.name()
                + (key.isEmpty() ? "" : ", upsert by " + key) + "]";
    }
}
