package io.github.keywharf.postgres.source;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Sha256;
import io.github.keywharf.postgres.internal.copy.PgColumn;
import io.github.keywharf.postgres.internal.session.UnknownNames;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.Schema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The tables of one schema at one moment, by name. */
final class PgCatalog {

    // The size is as of the last ANALYZE: asking for that of now would wait for a table that is locked.
    // No row shows that a column was added with a default, that a label of an enum was renamed, or that partitions
    // have other files, and no log that ALTER COLUMN TYPE computed other values, for which its catalog row is written
    // again; the catalog has all of it. pg_partition_tree would wait for locks of the partitions.
    private static final String QUERY = """
        WITH RECURSIVE tree(root, oid) AS (
            SELECT c.oid, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE n.nspname = ? AND (c.relkind = 'p' OR c.relhassubclass)
               AND CASE WHEN ?::text IS NULL THEN NOT c.relispartition ELSE c.relname = ? END
            UNION ALL
            SELECT t.root, h.inhrelid FROM tree t JOIN pg_inherits h ON h.inhparent = t.oid),
        leaves AS (
            SELECT t.root, md5(string_agg(l.oid || ' ' || l.relfilenode, ',' ORDER BY l.oid)) AS digest
              FROM tree t JOIN pg_class l ON l.oid = t.oid WHERE l.relkind <> 'p' GROUP BY t.root)
        SELECT c.relname, c.relkind::text, c.reltuples::bigint,
               CASE WHEN c.relkind = 'r' AND c.relpages > 0
                    THEN c.relpages::bigint * current_setting('block_size')::bigint ELSE -1 END,
               c.relpersistence = 'p' AND NOT (c.relkind = 'r' AND c.relhassubclass)
                   AND CASE c.relreplident WHEN 'f' THEN true WHEN 'd' THEN COALESCE(i.indimmediate, false)
                       ELSE EXISTS (SELECT FROM pg_index r WHERE r.indrelid = c.oid AND r.indisreplident
                                    AND r.indimmediate) END,
               a.attname, a.attnotnull, t.typtype = 'e' OR COALESCE(b.typtype = 'e', false),
               CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE a.atttypid END::bigint,
               CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
               COALESCE(array_position(i.indkey::int2[], a.attnum), -1),
               has_column_privilege(c.oid, a.attnum, 'SELECT') AND NOT row_security_active(c.oid),
               c.oid::bigint, c.relhassubclass,
                   COALESCE(i.indexrelid::text, '-') || '/' || COALESCE(leaves.digest, '-'),
               a.attnum || ' ' || COALESCE(a.attmissingval::text, '-')
                   || COALESCE((SELECT string_agg(' ' || e.oid || ' ' || e.enumlabel, '' ORDER BY e.oid)
                       FROM pg_enum e WHERE e.enumtypid IN (t.oid, t.typbasetype, t.typelem)), ''),
               a.xmin::text
          FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
          JOIN pg_type t ON t.oid = a.atttypid
          LEFT JOIN pg_type b ON b.oid = t.typbasetype
          LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
          LEFT JOIN leaves ON leaves.root = c.oid
         WHERE n.nspname = ? AND c.relkind::text = ANY(?)
           AND CASE WHEN ?::text IS NULL THEN NOT c.relispartition AND c.relname !~ '^(pg_|sql_|_)'
                    ELSE c.relname = ? END
         ORDER BY c.relname, a.attnum\
        """;

    /**
     * Which relations of a schema are read.
     *
     * @param views whether views, materialized views and foreign tables count as tables
     * @param only the one of this name, whatever it is; null for all but partitions and the names of the system
     */
    record Scope(String schema, boolean views, @Nullable String only) {

        private String[] kinds() {
            return views || only != null ? new String[] {"r", "p", "v", "m", "f"} : new String[] {"r", "p"};
        }
    }

    private final Map<String, PgTable> tables;

    private PgCatalog(Map<String, PgTable> tables) {
        this.tables = tables;
    }

    /**
     * Asks the database. Partitions are part of their parent and not listed on their own.
     *
     * @throws KeywharfException with code {@code sql.unknown_table} when the only one is not there
     */
    static PgCatalog load(Connection connection, Scope scope) throws SQLException {
        String schemaName = scope.schema();
        Map<String, PgTable> tables = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement(QUERY)) {
            statement.setString(1, schemaName);
            statement.setString(2, scope.only());
            statement.setString(3, scope.only());
            statement.setString(4, schemaName);
            statement.setArray(5, connection.createArrayOf("text", scope.kinds()));
            statement.setString(6, scope.only());
            statement.setString(7, scope.only());
            try (ResultSet result = statement.executeQuery()) {
                Draft draft = null;
                while (result.next()) {
                    if (draft == null || !draft.name.equals(result.getString(1))) {
                        if (draft != null) {
                            tables.put(draft.name, draft.table(schemaName));
                        }
                        draft = new Draft(result);
                    }
                    draft.add(result);
                }
                if (draft != null) {
                    tables.put(draft.name, draft.table(schemaName));
                }
            }
        }
        if (tables.isEmpty() && scope.only() != null) {
            throw UnknownNames.table(connection, schemaName, scope.only());
        }
        return new PgCatalog(tables);
    }

    Collection<PgTable> tables() {
        return tables.values();
    }

    /**
     * The table of that name.
     *
     * @throws KeywharfException with code {@code sql.unknown_table} when there is none
     */
    PgTable table(String name) {
        PgTable table = tables.get(name);
        if (table == null) {
            throw UnknownNames.table(name, tables.keySet());
        }
        return table;
    }

    /**
     * Checks that a table has a column.
     *
     * @throws KeywharfException with code {@code sql.unknown_column} when it has not
     */
    static PgColumn column(PgTable table, String name) {
        if (!table.table().schema().contains(name)) {
            throw UnknownNames.column(
                    table.table().name(), name, table.table().schema().names());
        }
        return table.column(name);
    }

    /** A table whose columns are being read from the catalog. */
    private static final class Draft {

        private final String name;
        private final long oid;
        private final boolean ordinary;
        private final long rows;
        private final long bytes;
        private final boolean replicable;
        private final String storage;
        private final StringBuilder shape = new StringBuilder();
        private final StringBuilder definitions = new StringBuilder();
        private boolean readable = true;
        private final List<PgColumn> columns = new ArrayList<>();
        private final Map<Integer, String> key = new TreeMap<>();

        Draft(ResultSet result) throws SQLException {
            name = result.getString(1);
            oid = result.getLong(13);
            // Rows of a child table may have come with it, written long before.
            ordinary = result.getString(2).equals("r") && !result.getBoolean(14);
            rows = result.getLong(3);
            bytes = result.getLong(4);
            replicable = result.getBoolean(5);
            storage = result.getString(15);
        }

        void add(ResultSet result) throws SQLException {
            String column = result.getString(6);
            readable &= result.getBoolean(12);
            shape.append(column).append(' ').append(result.getString(16)).append('\n');
            definitions.append(result.getString(17)).append(' ');
            columns.add(PgColumn.of(
                    column, result.getLong(9), result.getInt(10), result.getBoolean(8), !result.getBoolean(7)));
            if (result.getInt(11) >= 0) {
                key.put(result.getInt(11), column);
            }
        }

        PgTable table(String schemaName) {
            List<Column> visible = columns.stream().map(PgColumn::column).toList();
            return new PgTable(
                    schemaName,
                    oid,
                    new SourceTable(name, Schema.of(visible), List.copyOf(key.values()), rows, bytes, readable),
                    columns,
                    ordinary,
                    replicable,
                    new PgTable.Identity(oid + "/" + digest(shape), storage + "/" + digest(definitions)));
        }

        private static String digest(StringBuilder text) {
            return Sha256.hexOf(text.toString()).substring(0, 16);
        }
    }
}
