package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.internal.session.PgErrors;
import io.github.keywharf.postgres.internal.session.PgSessions;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Rows out of a COPY, on a connection of their own. */
public final class CopyRows implements Rows {

    /** A first batch starts small, so that a table of ten rows does not cost room for twenty thousand. */
    public static final int FIRST_CAPACITY = 512;

    /** A batch ends early at this many bytes, so that wide rows do not pile up. */
    public static final long BATCH_BYTES = 8L << 20;

    private final Connection connection;
    private final Consumer<Connection> giveBack;
    private final String unrewritten;
    private final String table;
    private final CopyOut copy;
    private CopyMessages messages;
    private boolean ended;
    private boolean sound;
    private boolean closed;

    /**
     * Starts a COPY in the connection's transaction; owns the connection once it has started.
     *
     * @param giveBack takes the connection when all rows have been read
     * @param unrewritten asked once all rows have been read, while the COPY's lock is held: whether they were all that the
     *     snapshot sees; empty when nothing else can be
     */
    public CopyRows(
            Connection connection,
            Consumer<Connection> giveBack,
            String table,
            CopyMessages messages,
            String statement,
            String unrewritten)
            throws SQLException {
        this.connection = connection;
        this.giveBack = giveBack;
        this.unrewritten = unrewritten;
        this.table = table;
        this.messages = messages;
        this.copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(statement);
    }

    @Override
    public Schema schema() {
        return messages.schema();
    }

    @Override
    public @Nullable ColumnBatch next() {
        if (closed) {
            throw new IllegalStateException("The rows of " + table + " are closed");
        }
        while (!ended) {
            try {
                fill();
            } catch (SQLException e) {
                ended = true;
                throw PgErrors.of(table, "The rows cannot be read to their end", e);
            }
            boolean many = messages.size() > FIRST_CAPACITY;
            ColumnBatch batch = messages.build();
            if (messages.capacity() < ColumnBatch.DEFAULT_ROWS && many) {
                messages = messages.withCapacity(ColumnBatch.DEFAULT_ROWS);
            }
            if (batch.size() > 0) {
                return batch;
            }
        }
        return null;
    }

    private void fill() throws SQLException {
        CopyMessages into = messages;
        long bytes = 0;
        while (into.size() < ColumnBatch.DEFAULT_ROWS && bytes < BATCH_BYTES) {
            byte[] message = copy.readFromCopy();
            if (message == null) {
                ended = true;
                if (!into.isComplete(copy.getHandledRowCount())) {
                    throw KeywharfException.retryable(
                            "postgres.connection_lost",
                            table,
                            "The server ended the rows before the last one; try again");
                }
                checkUnrewritten();
                sound = true;
                return;
            }
            into.take(message);
            bytes += message.length;
        }
    }

    private void checkUnrewritten() throws SQLException {
        if (unrewritten.isEmpty()) {
            return;
        }
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(unrewritten)) {
            if (!result.next() || !result.getBoolean(1)) {
                throw KeywharfException.retryable(
                        "postgres.table_rewritten",
                        table,
                        "The table was emptied, rewritten or replaced after the snapshot was taken, so that rows of the"
                                + " snapshot may be missing; take another snapshot");
            }
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (sound) {
            giveBack.accept(connection);
            return;
        }
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

    @Override
    public String toString() {
        return "Rows[" + schema() + "]";
    }
}
