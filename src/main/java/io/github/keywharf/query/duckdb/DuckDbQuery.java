package io.github.keywharf.query.duckdb;

import io.github.keywharf.internal.Checks;
import io.github.keywharf.query.Query;
import io.github.keywharf.sql.NamedSql;
import io.github.keywharf.sql.SqlParameters;
import io.github.keywharf.table.Rows;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** A statement of an engine. DuckDB writes its result to a file, all of it before the first row is read. */
final class DuckDbQuery implements Query {

    /** What results are called in messages, and as the source of their rows. */
    static final String SUBJECT = "query";

    /** DuckDB collects a row group for each thread, which wide rows make large. */
    private static final int ROW_GROUP_ROWS = 20_480;

    private final Sessions sessions;
    private final EngineFolder folder;
    private final FileAccess access;
    private final NamedSql statement;
    private final SqlParameters parameters;
    private @Nullable Duration limit;

    DuckDbQuery(Sessions sessions, EngineFolder folder, FileAccess access, String sql) {
        this.sessions = sessions;
        this.folder = folder;
        this.access = access;
        this.statement = NamedSql.parse(sql, NamedSql.Marks.NUMBER);
        this.parameters = new SqlParameters(SUBJECT, statement);
    }

    @Override
    public Query values(@Nullable Object... all) {
        parameters.values(all);
        return this;
    }

    @Override
    public Query bind(String name, @Nullable Object value) {
        parameters.bind(name, value);
        return this;
    }

    @Override
    public Query timeout(Duration value) {
        limit = Checks.positive("timeout", value);
        return this;
    }

    @Override
    public Rows rows() {
        List<@Nullable Object> values = parameters.all();
        Path file = folder.newFile(".parquet");
        boolean complete = false;
        try {
            List<String> names = sessions.run(SUBJECT, limit, session -> {
                AllowedSql.requireQuery(session, statement);
                // What is run is what was looked at, though another thread replaces a view meanwhile.
                session.execute("BEGIN");
                List<String> columns = copy(session, file, values);
                session.execute("COMMIT");
                return columns;
            });
            complete = true;
            return ResultRows.open(sessions, file, names);
        } finally {
            if (!complete) {
                EngineFolder.delete(List.of(file));
            }
        }
    }

    /** Writes the result to the file, and gives the names of its columns. */
    private List<String> copy(Session session, Path file, List<@Nullable Object> values) throws SQLException {
        // The statement may end in a comment.
        String query = "(" + statement.sql() + "\n) AS result";
        List<String> names = new ArrayList<>();
        StringJoiner read = new StringJoiner(", ");
        StringJoiner given = new StringJoiner(", ");
        for (List<@Nullable String> column : session.texts("DESCRIBE SELECT * FROM " + query, values)) {
            String own = "c" + names.size();
            String type = Objects.requireNonNull(column.get(1));
            String readable = ReadableTypes.of(type);
            String name = Objects.requireNonNull(column.get(0));
            names.add(name.isBlank() ? "column" + (names.size() + 1) : name);
            given.add(own);
            String cast = readable.equals(type) ? own : "CAST(" + own + " AS " + readable + ")";
            read.add(finite(cast, readable, name) + " AS " + own);
        }
        String copy = "COPY (SELECT " + read + " FROM " + query + "(" + given + ")) TO "
                + SpooledRows.text(file.toString()) + " (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE "
                + ROW_GROUP_ROWS + ")";
        if (access == FileAccess.NONE) {
            AllowedSql.requireHarmlessQuery(session, copy, values);
        }
        session.execute(copy, values);
        return names;
    }

    /** Values that DuckDB writes as the last day or the last moment of its range, and a reader would take for that, fail. */
    private static String finite(String value, String type, String column) {
        String endless = switch (type) {
            case "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE" -> BuiltIns.PREFIX + "isinf(" + value + ")";
            case "TIME" -> value + " = TIME '24:00:00'";
            default -> isNested(type) ? endlessWithin(value, type) : "";
        };
        if (endless.isEmpty()) {
            return value;
        }
        String problem = "Column '" + column + "' has an infinite date or time, or 24:00, which only VARCHAR holds";
        return "CASE WHEN " + endless + " THEN " + BuiltIns.PREFIX + "error(" + SpooledRows.text(problem) + ") ELSE "
                + value + " END";
    }

    private static boolean isNested(String type) {
        return type.endsWith("]") || type.endsWith(")");
    }

    /** The text of a collection has its dates and times; text beside them that says the same is refused too. */
    private static String endlessWithin(String value, String type) {
        String text = "CAST(" + value + " AS VARCHAR)";
        StringJoiner any = new StringJoiner(" OR ");
        any.setEmptyValue("");
        if (type.contains("DATE") || type.contains("TIMESTAMP")) {
            any.add(BuiltIns.PREFIX + "contains(" + text + ", 'infinity')");
        }
        if (type.replace("TIMESTAMP", "").contains("TIME")) {
            any.add(BuiltIns.PREFIX + "contains(" + text + ", '24:00:00')");
        }
        return any.toString();
    }

    @Override
    public long update() {
        List<@Nullable Object> values = parameters.all();
        Sessions.Work<Long> work;
        if (access == FileAccess.ALL) {
            AllowedSql.requireSingle(statement);
            work = session -> session.execute(statement.sql(), values);
        } else {
            String sql = AllowedSql.requireChange(statement);
            work = session -> AllowedSql.change(session, sql, values);
        }
        return Math.max(sessions.run(SUBJECT, limit, work), 0);
    }

    /** The parameters, never the statement, which may hold values. */
    @Override
    public String toString() {
        return "Query[" + parameters + "]";
    }
}
