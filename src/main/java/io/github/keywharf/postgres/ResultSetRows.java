package io.github.keywharf.postgres;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.internal.copy.CopyRows;
import io.github.keywharf.postgres.internal.copy.PgColumn;
import io.github.keywharf.postgres.internal.copy.Unreadable;
import io.github.keywharf.postgres.internal.session.PgSessions;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Origins;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows out of a result set that the driver fetches piece by piece, on a connection of their own. A piece has as many rows as
 * take some 4 MB, by those before it, so that wide rows do not pile up.
 */
final class ResultSetRows implements Rows {

    private static final int FIRST_FETCH = 200;
    private static final int MAX_FETCH = 2_000;
    private static final long FETCH_BYTES = 4L << 20;

    private final Connection connection;
    private final PreparedStatement statement;
    private final ResultSet result;
    private final Schema schema;
    private final List<ColumnVector.Builder> builders;
    private long before;
    private boolean ended;
    private boolean closed;

    /** Runs the statement in the connection's transaction; owns both once it has run. */
    ResultSetRows(Connection connection, PreparedStatement statement) throws SQLException {
        this.connection = connection;
        this.statement = statement;
        statement.setFetchSize(FIRST_FETCH);
        if (!statement.execute()) {
            throw new KeywharfException(
                    "sql.no_rows", PostgresQuery.SUBJECT, "The statement gives no rows; run it by update()");
        }
        this.result = statement.getResultSet();
        this.schema = Schema.of(PgColumn.ofResult(PostgresQuery.SUBJECT, result.getMetaData()).stream()
                .map(PgColumn::column)
                .toList());
        this.builders = ColumnBatch.builders(schema, 64);
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public @Nullable ColumnBatch next() {
        if (closed) {
            throw new IllegalStateException("The rows of the query are closed");
        }
        if (ended) {
            return null;
        }
        int size = 0;
        long bytes = 0;
        try {
            while (size < ColumnBatch.DEFAULT_ROWS && bytes < CopyRows.BATCH_BYTES && !ended) {
                if (result.next()) {
                    bytes += append(before + size + 1);
                    size++;
                } else {
                    ended = true;
                }
            }
            if (size > 0) {
                result.setFetchSize((int) Math.max(1, Math.min(MAX_FETCH, FETCH_BYTES * size / (bytes + 1))));
            }
        } catch (SQLException e) {
            ended = true;
            throw PostgresQuery.failed(e);
        }
        if (size == 0) {
            return null;
        }
        ColumnBatch batch = ColumnBatch.build(schema, builders);
        Origins origins = Origins.consecutive(PostgresQuery.SUBJECT, before + 1, batch.size());
        before += size;
        return batch.withOrigins(origins);
    }

    /** Appends the current row, and gives how many bytes it has, roughly. */
    private long append(long position) throws SQLException {
        long bytes = 0;
        for (int i = 0; i < builders.size(); i++) {
            try {
                bytes += SqlValues.append(result, i + 1, schema.column(i), builders.get(i));
            } catch (ArithmeticException e) {
                ended = true;
                String reason = Unreadable.reason(e, schema.column(i).type());
                throw PostgresQuery.unreadable(new RejectedRow(
                        PostgresQuery.SUBJECT, position, schema.column(i).name(), reason, Map.of()));
            }
        }
        return bytes;
    }

    @Override
    public void close() {
        end(true);
    }

    /** Closes the rows and undoes what the statement did. */
    void undo() {
        end(false);
    }

    private void end(boolean keep) {
        if (closed) {
            return;
        }
        closed = true;
        try (statement) {
            if (keep) {
                connection.commit();
            } else {
                connection.rollback();
            }
        } catch (SQLException e) {
            throw PostgresQuery.failed(e);
        } finally {
            PgSessions.end(connection);
        }
    }

    @Override
    public String toString() {
        return "Rows[" + schema() + "]";
    }
}
