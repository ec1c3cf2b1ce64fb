package io.github.keywharf.postgres;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.internal.copy.CopyDecoder;
import io.github.keywharf.postgres.internal.copy.CopyFormat;
import io.github.keywharf.postgres.internal.copy.CopyRows;
import io.github.keywharf.postgres.internal.copy.PgColumn;
import io.github.keywharf.postgres.internal.session.Jdbc;
import io.github.keywharf.postgres.internal.session.PgConnections;
import io.github.keywharf.postgres.internal.session.PgErrors;
import io.github.keywharf.postgres.internal.session.PgSessions;
import io.github.keywharf.sql.NamedSql;
import io.github.keywharf.sql.SqlParameters;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A statement with its values, which can be run many times. Parameters are {@code :names}, or {@code $1}, {@code $2} and so
 * on by position, as the server itself writes them; a question mark is an operator.
 *
 * <pre>{@code
 * Table orders = database.query("SELECT * FROM sales_order WHERE last_updated >= :from AND staff_id = ANY(:staff)")
 *         .bind("from", "2024-05-20 12:00:00")
 *         .bind("staff", List.of(1, 2, 3))
 *         .table();
 * database.query("UPDATE staff SET first_name = $1 WHERE staff_id = $2").values("Ada", 7).update();
 * }</pre>
 *
 * <p>Values are bound, never written into the statement, and never appear in messages. Text is bound without a type, so that
 * it may be compared with a date or a number; collections and arrays are bound as arrays; {@link java.time.Instant} as
 * timestamptz; everything else as the driver binds it. Results have the types that {@link PostgresDatabase#source}
 * lists, and every column may be null. Types that have none come as the server's text, in UTC and in its default styles;
 * so while rows are read, the time zone of the session is UTC.
 *
 * <p>A statement that only reads and has no parameters is read by binary COPY, which no other statement can be: those are
 * read through a cursor, which takes a few times as long for large results. The rows, their types and their values are the
 * same. Mutable, not thread-safe.
 */
public final class PostgresQuery {

    /** What results are called in messages, and as the source of their rows. */
    static final String SUBJECT = "query";

    private final PgConnections connections;
    private final NamedSql statement;
    private final SqlParameters parameters;

    PostgresQuery(PgConnections connections, String sql) {
        this.connections = connections;
        this.statement = NamedSql.parse(sql, NamedSql.Marks.QUESTION);
        this.parameters = new SqlParameters(SUBJECT, statement);
    }

    /**
     * Gives {@code $1}, {@code $2} and so on their values, in place of what was given before.
     *
     * @throws KeywharfException with code {@code sql.unknown_parameter} when there are more values than parameters
     */
    public PostgresQuery values(@Nullable Object... all) {
        parameters.values(all);
        return this;
    }

    /**
     * Gives a parameter its value.
     *
     * @param name without the colon
     * @throws KeywharfException with code {@code sql.unknown_parameter} when the statement has no such parameter
     */
    public PostgresQuery bind(String name, @Nullable Object value) {
        parameters.bind(name, value);
        return this;
    }

    /** Gives parameters their values; see {@link #bind(String, Object)}. */
    public PostgresQuery bind(Map<String, ? extends @Nullable Object> all) {
        all.forEach(this::bind);
        return this;
    }

    /**
     * Runs the statement and streams its rows on a connection of its own. Close them: what the statement changed is
     * committed then. A statement that calls functions that change something, and whose rows are closed before their end,
     * may be undone.
     *
     * @throws KeywharfException with code {@code sql.missing_parameter} when a parameter has no value, {@code
     *     sql.no_rows} when the statement gives none, {@code sql.duplicate_column} when two columns have one name; {@code
     *     postgres.unreadable_value}, while the rows are read, when the type of a column cannot hold a value
     */
    public Rows rows() {
        return opened(connection -> {
            Rows copied = statement.onlyReads() ? copied(connection) : null;
            return copied == null ? new ResultSetRows(connection, prepared(connection)) : copied;
        });
    }

    private interface Opening<R> {
        R open(Connection connection) throws SQLException;
    }

    private <R> R opened(Opening<R> opening) {
        parameters.all();
        Connection connection = connections.open();
        try {
            connection.setAutoCommit(false);
            Jdbc.execute(connection, PgSessions.TEXTS);
            return opening.open(connection);
        } catch (SQLException e) {
            PgSessions.end(connection);
            throw failed(e);
        } catch (RuntimeException e) {
            PgSessions.end(connection);
            throw e;
        }
    }

    /** The rows by COPY; null when it does not take the statement, of which nothing has run then. */
    private @Nullable Rows copied(Connection connection) throws SQLException {
        List<PgColumn> columns;
        try (PreparedStatement described = connection.prepareStatement(statement.sql())) {
            ResultSetMetaData metadata = described.getMetaData();
            columns = metadata == null ? List.of() : PgColumn.ofResult(SUBJECT, metadata);
        }
        if (columns.isEmpty()) {
            return null;
        }
        Schema schema = Schema.of(columns.stream().map(PgColumn::column).toList());
        try {
            CopyDecoder decoder = new CopyDecoder(SUBJECT, schema, CopyRows.FIRST_CAPACITY, row -> {
                throw unreadable(row);
            });
            String copy = CopyFormat.BINARY.statement(select(columns));
            return new CopyRows(connection, PostgresQuery::finish, SUBJECT, decoder, copy, "");
        } catch (SQLException e) {
            String state = PgErrors.state(e);
            if (!state.startsWith("42") && !state.startsWith("0A")) {
                throw e;
            }
            connection.rollback();
            Jdbc.execute(connection, PgSessions.TEXTS);
            return null;
        }
    }

    /** The statement itself, or one around it where columns have to be turned into text. */
    private String select(List<PgColumn> columns) {
        // The line may end in a comment.
        String plain = statement.text() + "\n";
        if (columns.stream().noneMatch(PgColumn::isText)) {
            return plain;
        }
        StringJoiner list = new StringJoiner(", ");
        columns.forEach(column -> list.add(column.expression()));
        return "SELECT " + list + " FROM (" + plain + ") AS result";
    }

    private static void finish(Connection connection) {
        try {
            connection.commit();
        } catch (SQLException e) {
            throw failed(e);
        } finally {
            PgSessions.end(connection);
        }
    }

    static KeywharfException unreadable(RejectedRow row) {
        return new KeywharfException(
                "postgres.unreadable_value",
                row.source(),
                "Row " + row.position() + ", column '" + row.column() + "': " + row.reason()
                        + ", or cast the column to text in the query");
    }

    /** Runs the statement and reads all its rows into memory; prints as a table. */
    public Table table() {
        return rows().toTable();
    }

    /**
     * Runs the statement and gives its rows as records: components take the columns of the same name, in snake case or camel
     * case alike. Close the stream unless it is read to its end.
     *
     * @throws IllegalArgumentException when a component has no column, or the column holds another type
     */
    public <R extends Record> Stream<R> records(Class<R> type) {
        return rows().records(type);
    }

    /**
     * Runs the statement and reads its only row, if there is one.
     *
     * @throws KeywharfException with code {@code postgres.many_rows} when there is more than one; what the statement did is
     *     then undone
     */
    public Optional<Row> one() {
        try (ResultSetRows rows = opened(connection -> new ResultSetRows(connection, prepared(connection)))) {
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
        parameters.all();
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
        for (@Nullable Object value : parameters.all()) {
            SqlValues.bind(prepared, position++, value);
        }
        return prepared;
    }

    static KeywharfException failed(SQLException e) {
        return PgErrors.of(SUBJECT, "The statement failed", e);
    }

    /** The parameters, never the statement, which may hold values. */
    @Override
    public String toString() {
        return "PostgresQuery[" + parameters + "]";
    }
}
