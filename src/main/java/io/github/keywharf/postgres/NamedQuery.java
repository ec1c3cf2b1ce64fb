package io.github.keywharf.postgres;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A statement with {@code :named} parameters.
 *
 * <pre>{@code
 * Table orders = database.query("SELECT * FROM sales_order WHERE last_updated >= :from AND staff_id = ANY(:staff)")
 *         .bind("from", "2024-05-20 12:00:00")
 *         .bind("staff", List.of(1, 2, 3))
 *         .table();
 * }</pre>
 *
 * <p>Values are bound, never written into the statement, and stand in no message. Text is bound without a type, so that it
 * may be compared with a date or a number; collections and arrays are bound as arrays; {@link java.time.Instant} as
 * timestamptz; everything else as the driver binds it. Results have the types that {@link PostgresDatabase#source}
 * lists, and every column may be null. Mutable, not thread-safe; may be run many times.
 */
public final class NamedQuery {

    private static final String SUBJECT = "query";

    private final PgConnections connections;
    private final NamedSql statement;
    private final Map<String, @Nullable Object> values = new HashMap<>();

    NamedQuery(PgConnections connections, String sql) {
        this.connections = connections;
        this.statement = NamedSql.parse(sql);
    }

    /**
     * Gives a parameter its value.
     *
     * @param name without the colon
     * @throws KeywharfException with code {@code sql.unknown_parameter} when the statement has no such parameter
     */
    public NamedQuery bind(String name, @Nullable Object value) {
        if (!statement.names().contains(name)) {
            throw new KeywharfException(
                    "sql.unknown_parameter",
                    SUBJECT,
                    "The statement has no parameter ':" + PgCatalog.shortened(name) + "'; it has " + parameters());
        }
        values.put(name, value);
        return this;
    }

    /** Gives parameters their values; see {@link #bind(String, Object)}. */
    public NamedQuery bind(Map<String, ? extends @Nullable Object> all) {
        all.forEach(this::bind);
        return this;
    }

    /**
     * Runs the statement and streams its rows on a connection of its own. Close them.
     *
     * @throws KeywharfException with code {@code sql.missing_parameter} when a parameter has no value, {@code
     *     sql.no_rows} when the statement gives none, {@code sql.duplicate_column} when two columns have one name
     */
    public Rows rows() {
        return results();
    }

    private ResultSetRows results() {
        checkComplete();
        Connection connection = connections.open();
        try {
            connection.setAutoCommit(false);
            return new ResultSetRows(connection, prepared(connection));
        } catch (SQLException e) {
            PgSessions.end(connection);
            throw failed(e);
        } catch (RuntimeException e) {
            PgSessions.end(connection);
            throw e;
        }
    }

    /** Runs the statement and reads all its rows. */
    public Table table() {
        return rows().toTable();
    }

    /**
     * Runs the statement and reads its only row, if there is one.
     *
     * @throws KeywharfException with code {@code postgres.many_rows} when there is more than one; what the statement did is
     *     then undone
     */
    public Optional<Row> one() {
        try (ResultSetRows rows = results()) {
            ColumnBatch first = rows.next();
            if (first == null) {
                return Optional.empty();
            }
            if (first.size() > 1 || rows.next() != null) {
                rows.undo();
                throw new KeywharfException(
                        "postgres.many_rows", SUBJECT, "There is more than one row; use table() or rows(), or LIMIT 1");
            }
            return Optional.of(first.row(0));
        }
    }

    /**
     * Runs a statement that changes something, and commits it.
     *
     * @return how many rows it changed
     */
    public long update() {
        checkComplete();
        try (Connection connection = connections.open();
                PreparedStatement prepared = prepared(connection)) {
            return prepared.executeLargeUpdate();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private PreparedStatement prepared(Connection connection) throws SQLException {
        PreparedStatement prepared = connection.prepareStatement(statement.sql());
        int position = 1;
        for (String name : statement.names()) {
            SqlValues.bind(prepared, position++, values.get(name));
        }
        return prepared;
    }

    private void checkComplete() {
        Set<String> missing = new TreeSet<>(statement.names());
        missing.removeAll(values.keySet());
        if (!missing.isEmpty()) {
            List<String> named = new ArrayList<>();
            missing.forEach(name -> named.add(":" + name));
            throw new KeywharfException(
                    "sql.missing_parameter",
                    SUBJECT,
                    "There is no value for " + String.join(", ", named) + "; bind one, null included");
        }
    }

    private String parameters() {
        Set<String> names = new LinkedHashSet<>();
        statement.names().forEach(name -> names.add(":" + name));
        return names.isEmpty() ? "none" : String.join(", ", names);
    }

    static KeywharfException failed(SQLException e) {
        return PgErrors.of(SUBJECT, "The statement failed", e);
    }

    @Override
    public String toString() {
        return "NamedQuery[" + parameters() + "]";
    }
}
