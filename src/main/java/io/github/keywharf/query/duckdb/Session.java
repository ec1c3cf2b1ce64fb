package io.github.keywharf.query.duckdb;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection of its own for one piece of work, which another thread can cancel. */
final class Session implements AutoCloseable {

    private final Connection connection;
    private volatile @Nullable PreparedStatement current;
    private volatile boolean cancelled;

    Session(Connection connection) {
        this.connection = connection;
    }

    /** Runs a statement, and gives how many rows it changed or, by RETURNING, gave. */
    long execute(String sql, List<? extends @Nullable Object> values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values)) {
            if (!statement.execute()) {
                return statement.getLargeUpdateCount();
            }
            // executeUpdate() would run it, and then say that it cannot run what returns rows.
            long rows = 0;
            try (ResultSet result = statement.getResultSet()) {
                while (result.next()) {
                    rows++;
                }
            }
            return rows;
        }
    }

    long execute(String sql) throws SQLException {
        return execute(sql, List.of());
    }

    /** Runs a query of few rows whose columns are read as text. */
    List<List<@Nullable String>> texts(String sql, List<? extends @Nullable Object> values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values);
                ResultSet result = statement.executeQuery()) {
            List<List<@Nullable String>> rows = new ArrayList<>();
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<@Nullable String> row = new ArrayList<>(columns);
                for (int i = 1; i <= columns; i++) {
                    row.add(result.getString(i));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    private PreparedStatement prepare(String sql, List<? extends @Nullable Object> values) throws SQLException {
        if (cancelled) {
            throw new SQLException("INTERRUPT Error: Interrupted!");
        }
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            current = statement;
            for (int i = 0; i < values.size(); i++) {
                bind(statement, i + 1, values.get(i));
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private void bind(PreparedStatement statement, int position, @Nullable Object value) throws SQLException {
        if (value == null) {
            statement.setNull(position, Types.NULL);
        } else if (value instanceof Collection<?> || (value.getClass().isArray() && !(value instanceof byte[]))) {
            ListParameter list = ListParameter.of(value);
            statement.setObject(
                    position,
                    connection.createArrayOf(list.type(), list.values().toArray()));
        } else {
            Object bound = ListParameter.element(value);
            if (bound instanceof String text) {
                statement.setString(position, text);
            } else {
                statement.setObject(position, bound);
            }
        }
    }

    /** Stops the statement that runs now, if one does, and lets no other begin; can be called by any thread. */
    void cancel() {
        cancelled = true;
        PreparedStatement running = current;
        if (running != null) {
            try {
                running.cancel();
            } catch (SQLException e) {
                // It has ended by itself.
                current = null;
            }
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
