package io.github.keywharf.cassandra;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One table, to be written in bulk or read as a whole.
 *
 * <pre>{@code
 * cassandra.table("actions").write(rows);                                        // with all defaults
 * cassandra.table("actions").sink().timeToLive(Duration.ofDays(90)).build().write(rows);
 * cassandra.table("actions").read();                                             // all rows, several pieces concurrently
 * cassandra.table("actions").unload(store, "actions/2024-05-20").run();           // the same into Parquet files
 * }</pre>
 *
 * <p>Immutable and thread-safe. It sends nothing until it is created, written or read; it shares the manager's session and
 * ends with it.
 */
public final class CassandraTable implements RowSink {
    private final CassandraContext context;
    private final BulkTableName name;

    CassandraTable(CassandraContext context, BulkTableName name) {
        this.context = context;
        this.name = name;
    }

    /**
     * Creates the table with these columns and this primary key, unless a table of its name is there, which stays unchanged.
     * Each column has the CQL type that is read as its type, a {@code decimal} for decimals and {@code text} for JSON.
     *
     * @param columns in their order
     * @param primaryKey names of one or more of them: the first is the partition key, the others order its rows
     * @return this
     * @throws IllegalArgumentException when a column is a struct or a timestamp without a zone, for which there is no type, or
     *     there is no key
     * @throws io.github.keywharf.KeywharfException when the keyspace is not there, or the server refuses
     */
    public CassandraTable create(Schema columns, String... primaryKey) {
        columns.select(List.of(primaryKey));
        if (primaryKey.length == 0) {
            throw new IllegalArgumentException("The table '" + name + "' needs at least one key column");
        }
        String definitions = columns.columns().stream()
                .map(column -> quoted(column.name()) + " "
                        + CqlTypes.dataType(column.type()).asCql(true, true))
                .collect(Collectors.joining(", "));
        String key = Arrays.stream(primaryKey).map(CassandraTable::quoted).collect(Collectors.joining(", "));
        Waiting.on(
                name.toString(),
                "The table cannot be created",
                context.session()
                        .executeAsync(context.prepare(SimpleStatement.newInstance("CREATE TABLE IF NOT EXISTS "
                                + name.asCql() + " (" + definitions + ", PRIMARY KEY (" + key + "))"))));
        return this;
    }

    private static String quoted(String column) {
        return CqlIdentifier.fromInternal(column).asCql(false);
    }

    /** Settings of a load into this table, with the defaults that {@link CassandraSink.Builder} lists. */
    public CassandraSink.Builder sink() {
        return new CassandraSink.Builder(context, name);
    }

    /**
     * Writes all rows with the defaults of {@link CassandraSink}, and closes them.
     *
     * @throws io.github.keywharf.KeywharfException as {@link CassandraSink#write(Rows, RejectListener)} says
     */
    @Override
    public WriteReport write(Rows rows, RejectListener rejects) {
        return sink().build().write(rows, rejects);
    }

    /** A sink with {@link CassandraSink.Nulls#NULL}, which leaves a tombstone for each absent value. */
    @Override
    public CassandraSink clearing() {
        return sink().nulls(CassandraSink.Nulls.NULL).build();
    }

    /**
     * Reads all rows with the defaults of {@link TableScan}, by pieces of the token ring, several concurrently. Close them
     * unless they are read to their end.
     *
     * @throws io.github.keywharf.KeywharfException as {@link TableScan#rows} says
     */
    public Rows read() {
        return scan().rows();
    }

    /** How to read all rows, with the defaults that {@link TableScan} lists. */
    public TableScan scan() {
        return new TableScan(context, name.keyspace(), name.table());
    }

    /**
     * How to write all rows to files in a folder of a store, Parquet unless set otherwise; {@link TableUnload#run} does it.
     *
     * @param store where; it stays open
     * @param folder a valid key, with or without a {@code /} at its end, for this unload alone
     */
    public TableUnload unload(ObjectStore store, String folder) {
        return scan().unload(store, folder);
    }

    /** Keyspace and table as they are spelled, without quotes: {@code delpha_actions.actions}. */
    public String name() {
        return name.toString();
    }

    @Override
    public String toString() {
        return "CassandraTable[" + name + "]";
    }
}
