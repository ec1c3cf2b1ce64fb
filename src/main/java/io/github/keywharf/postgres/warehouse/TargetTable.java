package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.postgres.internal.copy.TargetColumn;
import io.github.keywharf.postgres.internal.session.Jdbc;
import io.github.keywharf.postgres.internal.session.Quoted;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
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
 * @param intake what rows meet on their way in, beside the constraints that are known here
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
        Intake intake,
        boolean suppresses,
        boolean ours,
        boolean changeable,
        long bytes) {

    /** What rows meet on their way into a table. */
    enum Intake {
        /** Nothing that is not known here. */
        OPEN,
        /** Checks, triggers or partitions, which may refuse a row. */
        CHECKED,
        /** Policies, under which COPY is refused, or rules, which it passes by. */
        BY_INSERT
    }

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
               CASE WHEN row_security_active(c.oid) OR c.relhasrules THEN 'BY_INSERT'
                 WHEN c.relrowsecurity OR c.relkind <> 'r'
                 OR EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal)
                 OR EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('c', 'x'))
                 OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attgenerated <> '')
                 OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid
                            AND (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL))
                 THEN 'CHECKED' ELSE 'OPEN' END,
               pg_relation_size(c.oid),
               EXISTS (SELECT FROM pg_trigger g WHERE NOT g.tgisinternal AND g.tgenabled <> 'D'
                       AND g.tgtype & 3 = 3 AND g.tgtype & 20 <> 0 -- before an insert or update, for each row
                       AND (g.tgrelid = c.oid OR g.tgrelid IN (SELECT p.relid FROM pg_partition_tree(c.oid) p)))
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')
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
                TargetColumn.all(connection, oid),
                Jdbc.list(connection, INDEXES, row -> new Index(row.getBoolean(1), strings(row.getArray(2))), oid),
                Jdbc.list(connection, FOREIGN_KEYS, TargetTable::foreignKey, oid),
                Intake.valueOf(found.getString(4)),
                found.getBoolean(6),
                found.getBoolean(2),
                found.getBoolean(3),
                found.getLong(5));
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

    /** The columns that need a value, but are not among these. */
    List<String> lacks(List<String> given) {
        return columns.values().stream()
                .filter(column -> column.notNull() && !column.optional() && !given.contains(column.name()))
                .map(TargetColumn::name)
                .toList();
    }

    /** Whether the server may refuse rows for reasons that cannot be known here. */
    boolean picky() {
        return intake != Intake.OPEN;
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
