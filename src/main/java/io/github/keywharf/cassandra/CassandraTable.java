package io.github.keywharf.cassandra;

import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.WriteReport;

/**
 * One table, to be written in bulk.
 *
 * <pre>{@code
 * cassandra.table("actions").write(rows);                                        // with all defaults
 * cassandra.table("actions").sink().timeToLive(Duration.ofDays(90)).build().write(rows);
 * }</pre>
 *
 * <p>Immutable and thread-safe. It asks the server nothing until rows are written; it shares the manager's session and
 * ends with it.
 */
public final class CassandraTable implements RowSink {
    private final CassandraContext context;
    private final BulkTableName name;

    CassandraTable(CassandraContext context, BulkTableName name) {
        this.context = context;
        this.name = name;
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

    /** Keyspace and table as they are spelled, without quotes: {@code delpha_actions.actions}. */
    public String name() {
        return name.toString();
    }

    @Override
    public String toString() {
        return "CassandraTable[" + name + "]";
    }
}
