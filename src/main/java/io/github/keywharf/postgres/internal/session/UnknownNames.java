package io.github.keywharf.postgres.internal.session;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Iterator;
import java.util.Set;
import java.util.TreeSet;

/** Errors of names that a database does not have. They list the names it has. */
public final class UnknownNames {

    private static final String UNKNOWN_TABLE = "sql.unknown_table";

    private static final int NAMES_IN_MESSAGE = 30;

    private static final int NAME_IN_MESSAGE = 80;

    /** The names of a schema, and the schemas with a name. */
    private static final String NAMES = """
        SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND (n.nspname = ? OR c.relname = ?)
         ORDER BY c.relispartition, c.relname, n.nspname LIMIT 200\
        """;

    private UnknownNames() {}

    /** The error of a table that is not in a schema; asks the database for what is there. */
    public static KeywharfException table(Connection connection, String schema, String name) throws SQLException {
        Set<String> there = new TreeSet<>();
        Set<String> elsewhere = new TreeSet<>();
        Jdbc.list(
                connection,
                NAMES,
                row -> row.getString(1).equals(schema) ? there.add(row.getString(2)) : elsewhere.add(row.getString(1)),
                schema,
                name);
        return new KeywharfException(
                UNKNOWN_TABLE,
                shortened(name),
                "Schema '" + shortened(schema) + "' has no such table or view; it has: " + listed(there)
                        + (elsewhere.isEmpty() ? "" : ". There is one in: " + listed(elsewhere))
                        + ". Name that of another schema by table(\"schema.name\")");
    }

    /** The error of a table that is not among those. */
    public static KeywharfException table(String name, Collection<String> there) {
        return new KeywharfException(
                UNKNOWN_TABLE, shortened(name), "There is no such table; there are: " + listed(there));
    }

    /** The error of a column that a table does not have. */
    public static KeywharfException column(String table, String name, Collection<String> there) {
        return new KeywharfException(
                "sql.unknown_column",
                table,
                "There is no column '" + shortened(name) + "'; there are: " + listed(there));
    }

    /** A name, or its beginning, for a message. */
    public static String shortened(String name) {
        return Cut.to(name, NAME_IN_MESSAGE);
    }

    private static String listed(Collection<String> names) {
        StringBuilder text = new StringBuilder();
        Iterator<String> left = names.iterator();
        for (int i = 0; left.hasNext() && i < NAMES_IN_MESSAGE; i++) {
            text.append(i == 0 ? "" : ", ").append(left.next());
        }
        if (names.size() > NAMES_IN_MESSAGE) {
            text.append(" and ").append(names.size() - NAMES_IN_MESSAGE).append(" more");
        }
        return text.isEmpty() ? "none" : text.toString();
    }
}
