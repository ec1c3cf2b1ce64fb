package io.github.keywharf.query.duckdb;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection of its own for one piece of work, which another thread can cancel. */
final class Session implements AutoCloseable {

    private final Connection connection;
    private volatile @Nullable PreparedStatement current;

    Session(Connection connection) {
        this.connection = connection;
    }

    /** Runs a statement, and gives how many rows it changed. */
    long execute(String sql, List<? extends @Nullable Object> values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values)) {
            return statement.executeLargeUpdate();
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
        } else if (value instanceof CharSequence || value instanceof Enum<?> || value instanceof Character) {
            statement.setString(position, value.toString());
        } else if (value instanceof Instant instant) {
            statement.setObject(position, instant.atOffset(ZoneOffset.UTC));
        } else if (value instanceof Collection<?> many) {
            statement.setObject(position, array(many.toArray()));
        } else if (value instanceof Object[] many) {
            statement.setObject(position, array(many));
        } else if (value instanceof int[] many) {
            statement.setObject(position, array(Arrays.stream(many).boxed().toArray()));
        } else if (value instanceof long[] many) {
            statement.setObject(position, array(Arrays.stream(many).boxed().toArray()));
        } else {
            statement.setObject(position, value);
        }
    }

    private Array array(@Nullable Object[] values) throws SQLException {
        Object first =
                Arrays.stream(values).filter(it -> it != null).findFirst().orElse("");
        String type = elementType(first);
        if (type.equals("VARCHAR")) {
            for (int i = 0; i < values.length; i++) {
                values[i] = values[i] == null ? null : String.valueOf(values[i]);
            }
        }
        return connection.createArrayOf(type, values);
    }

    private static String elementType(Object value) {
        if (value instanceof Long) {
            return "BIGINT";
        } else if (value instanceof Integer) {
            return "INTEGER";
        } else if (value instanceof Double) {
            return "DOUBLE";
        } else if (value instanceof Float) {
            return "FLOAT";
        } else if (value instanceof Boolean) {
            return "BOOLEAN";
        }
        return "VARCHAR";
    }

    /** Stops the statement that runs now, if one does; can be called by any thread. */
    void cancel() {
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
