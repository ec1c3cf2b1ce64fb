package io.github.keywharf.postgres.internal.session;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Statements with values, of few rows. */
public final class Jdbc {

    private Jdbc() {}

    /** Reads the row that a result stands on. */
    public interface Read<T extends @Nullable Object> {
        /** The value of the row. */
        T of(ResultSet row) throws SQLException;
    }

    /** All rows of a query. */
    public static <T> List<T> list(Connection connection, String sql, Read<T> read, Object... values)
            throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            List<T> all = new ArrayList<>();
            while (rows.next()) {
                all.add(read.of(rows));
            }
            return all;
        }
    }

    /** The first row of a query; empty when it has none, or nothing is read of it. */
    public static <T> Optional<T> first(Connection connection, String sql, Read<@Nullable T> read, Object... values)
            throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.ofNullable(read.of(rows)) : Optional.empty();
        }
    }

    /** Whether a query has a row. */
    public static boolean exists(Connection connection, String sql, Object... values) throws SQLException {
        return first(connection, sql, row -> true, values).isPresent();
    }

    /** Runs a statement, whatever it gives. */
    public static void execute(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values)) {
            statement.execute();
        }
    }

    /** Runs a statement and returns how many rows it touched. */
    public static long update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values)) {
            return statement.executeLargeUpdate();
        }
    }

    private static PreparedStatement prepared(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(
                        i + 1,
                        values[i] instanceof String[] texts ? connection.createArrayOf("text", texts) : values[i]);
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }
}
