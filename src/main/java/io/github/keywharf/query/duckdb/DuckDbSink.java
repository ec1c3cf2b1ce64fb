package io.github.keywharf.query.duckdb;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Progress;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteCounts;
import io.github.keywharf.table.WriteReport;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Adds rows to a table of an engine; they are spooled before the first one is inserted. */
final class DuckDbSink implements RowSink {

    private final Sessions sessions;
    private final EngineFolder folder;
    private final String table;
    private final EventListener events;

    DuckDbSink(Sessions sessions, EngineFolder folder, String table, EventListener events) {
        this.sessions = sessions;
        this.folder = folder;
        this.table = table;
        this.events = events;
    }

    @Override
    public WriteReport write(Rows source, RejectListener rejects) {
        WriteCounts counts = new WriteCounts(table, source, rejects);
        try (Rows rows = Progress.watching(counts.rows(), "write " + table, events)) {
            sessions.requireOpen();
            SpooledRows spooled = SpooledRows.write(folder, table, rows);
            try {
                List<Insert.Target> targets = sessions.run(table, null, session -> targets(session, spooled));
                Insert insert = new Insert(
                        sessions,
                        folder,
                        table,
                        spooled,
                        targets,
                        sessions.run(table, null, session -> types(session, spooled)),
                        counts);
                return counts.report(insert.run(), spooled.bytes());
            } finally {
                EngineFolder.delete(List.of(spooled.file()));
            }
        }
    }

    /** The table's columns that the rows go to, in the order of the rows; the table is created if it is not there. */
    private List<Insert.Target> targets(Session session, SpooledRows rows) throws SQLException {
        List<Insert.Target> columns = columns(session);
        if (columns.isEmpty()) {
            session.execute("CREATE TABLE " + Insert.quoted(table) + " AS SELECT " + rows.named() + " FROM "
                    + rows.scan() + " LIMIT 0");
            columns = columns(session);
        }
        List<Insert.Target> targets = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        String views = "SELECT 1 FROM " + BuiltIns.PREFIX + "duckdb_views() WHERE "
                + BuiltIns.inDefaultSchema("database_name", "schema_name") + " AND "
                + BuiltIns.sameName("view_name");
        if (!session.texts(views, List.of(table)).isEmpty()) {
            problems.add("it is a view, or was registered");
        }
        Schema schema = rows.schema();
        for (Column column : schema) {
            columns.stream()
                    .filter(target -> target.name().equalsIgnoreCase(column.name()))
                    .findFirst()
                    .ifPresentOrElse(targets::add, () -> problems.add("column '" + column.name() + "' is missing"));
        }
        for (Insert.Target column : columns) {
            if (column.required() && !column.hasDefault() && !targets.contains(column)) {
                problems.add("column '" + column.name() + "' needs a value, but the rows have no such column");
            }
        }
        if (!problems.isEmpty()) {
            throw new KeywharfException(
                    "query.table_mismatch",
                    table,
                    "The table does not take these rows: " + String.join("; ", problems)
                            + ". Change the table or the rows");
        }
        return targets;
    }

    private static List<String> types(Session session, SpooledRows rows) throws SQLException {
        return session.texts("DESCRIBE SELECT " + rows.named() + " FROM " + rows.scan(), List.of()).stream()
                .map(column -> Objects.requireNonNull(column.get(1)))
                .toList();
    }

    private List<Insert.Target> columns(Session session) throws SQLException {
        List<Insert.Target> columns = new ArrayList<>();
        String sql = "SELECT column_name, data_type, is_nullable, column_default IS NOT NULL FROM " + BuiltIns.PREFIX
                + "duckdb_columns() WHERE " + BuiltIns.inDefaultSchema("database_name", "schema_name") + " AND "
                + BuiltIns.sameName("table_name") + " ORDER BY column_index";
        for (List<@Nullable String> row : session.texts(sql, List.of(table))) {
            columns.add(new Insert.Target(
                    Objects.requireNonNull(row.get(0)),
                    Objects.requireNonNull(row.get(1)),
                    !Boolean.parseBoolean(row.get(2)),
                    Boolean.parseBoolean(row.get(3))));
        }
        return columns;
    }

    @Override
    public String toString() {
        return "DuckDB table " + table;
    }
}
