package io.github.keywharf.postgres;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Rows out of a binary COPY, on a connection of their own. */
final class CopyRows implements Rows {

    /** A first batch starts small, so that a table of ten rows does not cost room for twenty thousand. */
    private static final int FIRST_CAPACITY = 512;

    /** A batch ends early at this many bytes, so that wide rows do not pile up. */
    private static final long BATCH_BYTES = 64L << 20;

    private final Connection connection;
    private final String table;
    private final Schema schema;
    private final CopyOut copy;
    private CopyDecoder decoder;
    private boolean ended;
    private boolean closed;

    /** Starts the COPY of a SELECT in the connection's transaction; owns the connection once it has started. */
    CopyRows(Connection connection, String table, Schema schema, String select) throws SQLException {
        this.connection = connection;
        this.table = table;
        this.schema = schema;
        this.decoder = new CopyDecoder(table, schema, FIRST_CAPACITY);
        this.copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyOut("COPY (" + select + ") TO STDOUT (FORMAT BINARY)");
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public @Nullable ColumnBatch next() {
        if (closed) {
            throw new IllegalStateException("The rows of " + table + " are closed");
        }
        if (ended) {
            return null;
        }
        try {
            fill();
        } catch (SQLException e) {
            ended = true;
            throw PgErrors.of(table, "The table cannot be read to its end", e);
        }
        if (decoder.size() == 0) {
            return null;
        }
        ColumnBatch batch = decoder.build();
        if (decoder.capacity() < ColumnBatch.DEFAULT_ROWS && batch.size() > FIRST_CAPACITY) {
            decoder = decoder.withCapacity(ColumnBatch.DEFAULT_ROWS);
        }
        return batch;
    }

    private void fill() throws SQLException {
        CopyDecoder into = decoder;
        long bytes = 0;
        while (into.size() < ColumnBatch.DEFAULT_ROWS && bytes < BATCH_BYTES) {
            byte[] message = copy.readFromCopy();
            if (message == null) {
                ended = true;
                if (!into.complete()) {
                    throw new KeywharfException(
                            "postgres.connection_lost",
                            table,
                            "The server ended the table before its last row; try again");
                }
                return;
            }
            into.decode(message);
            bytes += message.length;
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!copy.isActive()) {
            PgSessions.end(connection);
            return;
        }
        try {
            copy.cancelCopy();
        } catch (SQLException e) {
            // The connection is given up below in any case.
        } finally {
            // A cancellation may still be under way and would hit whoever used the connection next.
            PgSessions.abort(connection);
        }
    }
}
