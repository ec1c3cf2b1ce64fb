package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.postgres.internal.copy.TargetColumn;
import io.github.keywharf.postgres.internal.session.Jdbc;
import io.github.keywharf.postgres.internal.session.Quoted;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A table that is loaded into, as the server describes it now.
 *
 * @param schema it is in
 * @param name as it is spelt
 * @param columns by name, in order
 * @param indexes valid, unconditional, over plain columns
 * @param foreignKeys from this table to others
 * @param picky whether the server may refuse rows for reasons that cannot be known here: checks, triggers, policies
 * @param suppresses whether a trigger may leave rows out without an error
 * @param ours whether the role may alter it
 * @param changeable whether the role may update or delete its rows
 * @param bytes about how large it is
 */
record TargetTable(
        String schema,
        String name,
        Map<String, TargetColumn> columns,
        List<Index> indexes,
        List<ForeignKey> foreignKeys,
        boolean picky,
        boolean suppresses,
        boolean ours,
        boolean changeable,
        long bytes) {

    /** An index over plain columns. */
    record Index(boolean unique, List<String> columns) {}

    /**
     * A foreign key.
     *
     * @param name of the constraint
     * @param columns of this table
     * @param table referred to, quoted, with its schema
     * @param targets columns referred to
     * @param definition as it stands in a statement
     * @param restorable whether the role may add it again
     * @param toItself whether rows of this table may refer to each other by it
     */
    record ForeignKey(
            String name,
            List<String> columns,
            String table,
            List<String> targets,
            String definition,
            boolean restorable,
            boolean toItself) {}

    private static final String TABLE = """
        SELECT c.oid::bigint, pg_has_role(c.relowner, 'USAGE'),
               has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE'),
               c.relrowsecurity OR c.relkind <> 'r' OR c.relhasrules
                 OR EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal)
                 OR EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('c', 'x'))
                 OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique
                            AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL)),
               pg_relation_size(c.oid),
               EXISTS (SELECT FROM pg_trigger g WHERE NOT g.tgisinternal AND g.tgenabled <> 'D'
                       AND g.tgtype & 3 = 3 AND g.tgtype & 20 <> 0 -- before an insert or update, for each row
                       AND (g.tgrelid = c.oid OR g.tgrelid IN (SELECT p.relid FROM pg_partition_tree(c.oid) p)))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')
        """;

    private static final String COLUMNS = """
        SELECT a.attname,
               CASE WHEN b.typnamespace = 'pg_catalog'::regnamespace OR b.typname = 'citext' THEN b.typname
                    ELSE format_type(b.oid, NULL) END,
               d.typmod, format_type(b.oid, d.typmod),
               a.attnotnull OR d.required, a.atthasdef OR a.attidentity <> '' OR t.typdefault IS NOT NULL,
               t.typtype = 'd',
               ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = b.oid ORDER BY e.enumsortorder),
               CASE WHEN a.attcollation IN (0, b.typcollation) THEN ''
                    ELSE quote_ident(n.nspname) || '.' || quote_ident(c.collname) END,
               coalesce(c.collisdeterministic, true),
               CASE WHEN a.attgenerated <> '' THEN 'COMPUTED' WHEN a.attidentity = 'a' THEN 'IDENTITY' ELSE 'NO' END
        FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        CROSS JOIN LATERAL (
          WITH RECURSIVE base(oid, kind, beneath, typmod, required) AS (
            SELECT t.oid, t.typtype, t.typbasetype, CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE a.atttypmod END,
                   t.typnotnull
            UNION ALL
            SELECT u.oid, u.typtype, u.typbasetype, CASE u.typtype WHEN 'd' THEN u.typtypmod ELSE base.typmod END,
                   base.required OR u.typnotnull
            FROM base JOIN pg_type u ON base.kind = 'd' AND u.oid = base.beneath)
          SELECT * FROM base WHERE kind <> 'd') d
        JOIN pg_type b ON b.oid = d.oid
        LEFT JOIN pg_collation c ON c.oid = a.attcollation LEFT JOIN pg_namespace n ON n.oid = c.collnamespace
        WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
        """;

    private static final String INDEXES = """
        SELECT i.indisunique, ARRAY(SELECT a.attname::text FROM generate_subscripts(i.indkey, 1) p
               JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[p]
               WHERE p < i.indnkeyatts ORDER BY p)
        FROM pg_index i
        WHERE i.indrelid = ?::oid AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
        """;

    private static final String FOREIGN_KEYS = """
        SELECT k.conname, ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(n, o)
                 JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY u.o),
               n.nspname, c.relname,
               ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(n, o)
                 JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY u.o),
               pg_get_constraintdef(k.oid), has_table_privilege(k.confrelid, 'REFERENCES'),
               k.confrelid = k.conrelid OR k.confrelid IN (SELECT relid FROM pg_partition_ancestors(k.conrelid))
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE k.conrelid = ?::oid AND k.contype = 'f'
          -- to a partitioned table there is one for each partition besides
          AND NOT EXISTS (SELECT FROM pg_constraint p WHERE p.oid = k.conparentid AND p.conrelid = k.conrelid)
        ORDER BY k.conname
        """;

    /** What the server says of a table; empty when it has none of that name. */
    static Optional<TargetTable> find(Connection connection, String schema, String name) throws SQLException {
        return Jdbc.first(connection, TABLE, found -> of(connection, schema, name, found), schema, name);
    }

    /** A condition that is true where the key is the same in a row of {@code one} as in a row of {@code other}. */
    String same(List<String> key, String one, String other) {
        return key.stream()
                .map(name -> comparable(one, name) + " = " + comparable(other, name))
                .collect(Collectors.joining(" AND "));
    }

    private String comparable(String alias, String name) {
        String value = alias + "." + Quoted.name(name);
        TargetColumn column = columns.get(name);
        return column == null ? value : column.beneath(value);
    }

    private static TargetTable of(Connection connection, String schema, String name, ResultSet found)
            throws SQLException {
        long oid = found.getLong(1);
        return new TargetTable(
                schema,
                name,
                columns(connection, oid),
                Jdbc.list(connection, INDEXES, row -> new Index(row.getBoolean(1), strings(row.getArray(2))), oid),
                Jdbc.list(connection, FOREIGN_KEYS, TargetTable::foreignKey, oid),
                found.getBoolean(4),
                found.getBoolean(6),
                found.getBoolean(2),
                found.getBoolean(3),
                found.getLong(5));
    }

    private static Map<String, TargetColumn> columns(Connection connection, long oid) throws SQLException {
        Map<String, TargetColumn> columns = new LinkedHashMap<>();
        Jdbc.list(
                        connection,
                        COLUMNS,
                        row -> new TargetColumn(
                                row.getString(1),
                                row.getString(2),
                                row.getInt(3),
                                row.getString(4),
                                row.getBoolean(5),
                                row.getBoolean(6),
                                row.getBoolean(7),
                                strings(row.getArray(8)),
                                row.getString(9),
                                row.getBoolean(10),
                                TargetColumn.Generated.valueOf(row.getString(11))),
                        oid)
                .forEach(column -> columns.put(column.name(), column));
        return columns;
    }

    private static ForeignKey foreignKey(ResultSet row) throws SQLException {
        return new ForeignKey(
                row.getString(1),
                strings(row.getArray(2)),
                Quoted.name(row.getString(3), row.getString(4)),
                strings(row.getArray(5)),
                row.getString(6),
                row.getBoolean(7),
                row.getBoolean(8));
    }

    private static List<String> strings(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }

    /** Its name as it stands in a statement. */
    String quoted() {
        return Quoted.name(schema, name);
    }

    /**
     * Rows that triggers suppressed. PostgreSQL does not report these, so they are the rows that are in no other count; of a
     * table without a trigger that runs before each row there are none.
     */
    long suppressed(long read, long counted) {
        // More rows counted than read are not a trigger's: the counts stay open.
        return suppresses ? Math.max(0, read - counted) : 0;
    }

    /** Whether rows may refer to each other. */
    boolean refersToItself() {
        return foreignKeys.stream().anyMatch(ForeignKey::toItself);
    }

    /** Whether the server keeps these columns unique together. */
    boolean isUnique(List<String> key) {
        return indexes.stream()
                .anyMatch(index -> index.unique()
                        && index.columns().size() == key.size()
                        && index.columns().containsAll(key));
    }

    /** Whether an index begins with these columns, in this order. */
    boolean hasIndex(List<String> leading) {
        return indexes.stream()
                .anyMatch(index -> index.columns().size() >= leading.size()
                        && index.columns().subList(0, leading.size()).equals(leading));
    }

    /** Whether any unique index is over other columns than these. */
    boolean hasOtherUnique(List<List<String>> keys) {
        return indexes.stream()
                .anyMatch(index -> index.unique()
                        && keys.stream()
                                .noneMatch(key -> key.size() == index.columns().size()
                                        && index.columns().containsAll(key)));
    }
}
