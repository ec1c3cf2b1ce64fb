package io.github.keywharf.postgres;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.VectorBuilder;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows out of a result set that the driver fetches piece by piece, on a connection of their own. */
final class ResultSetRows implements Rows {

    private static final String SUBJECT = "query";
    private static final int FETCH = 2_000;

    private final Connection connection;
    private final PreparedStatement statement;
    private final ResultSet result;
    private final Schema schema;
    private final List<VectorBuilder> builders;
    private boolean ended;
    private boolean closed;

    /** Runs the statement in the connection's transaction; owns both once it has run. */
    ResultSetRows(Connection connection, PreparedStatement statement) throws SQLException {
        this.connection = connection;
        this.statement = statement;
        statement.setFetchSize(FETCH);
        if (!statement.execute()) {
            throw new KeywharfException("sql.no_rows", SUBJECT, "The statement gives no rows; run it by update()");
        }
        this.result = statement.getResultSet();
        this.schema = schema(result.getMetaData());
        this.builders = ColumnBatch.builders(schema, 64);
    }

    private static Schema schema(ResultSetMetaData metadata) throws SQLException {
        List<Column> columns = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 1; i <= metadata.getColumnCount(); i++) {
            String name = metadata.getColumnLabel(i);
            if (!names.add(name)) {
                throw new KeywharfException(
                        "sql.duplicate_column", SUBJECT, "Two columns are called '" + name + "'; rename one by AS");
            }
            columns.add(PgColumn.ofTypeName(
                    name, metadata.getColumnTypeName(i), metadata.getPrecision(i), metadata.getScale(i)));
        }
        return Schema.of(columns);
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
        try {
            while (size < ColumnBatch.DEFAULT_ROWS && !ended) {
                if (result.next()) {
                    for (int i = 0; i < builders.size(); i++) {
                        SqlValues.append(result, i + 1, SUBJECT, schema.column(i), builders.get(i));
                    }
                    size++;
                } else {
                    ended = true;
                }
            }
        } catch (SQLException e) {
            ended = true;
            throw NamedQuery.failed(e);
        }
        return size == 0 ? null : ColumnBatch.build(schema, builders);
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
            throw NamedQuery.failed(e);
        } finally {
            PgSessions.end(connection);
        }
    }

    @Override
    public String toString() {
        return "Rows[" + schema() + "]";
    }
}
