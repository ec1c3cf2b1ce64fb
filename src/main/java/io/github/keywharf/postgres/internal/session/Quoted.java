package io.github.keywharf.postgres.internal.session;

import io.github.keywharf.sql.Identifiers;
import java.util.List;
import java.util.stream.Collectors;

/** Names and texts as they stand in a statement. */
public final class Quoted {

    private Quoted() {}

    /** A name in double quotes. */
    public static String name(String name) {
        return Identifiers.quote(name);
    }

    /** A table's name with that of its schema. */
    public static String name(String schema, String table) {
        return name(schema) + "." + name(table);
    }

    /** Names in double quotes, separated by commas. */
    public static String names(List<String> names) {
        return names.stream().map(Quoted::name).collect(Collectors.joining(", "));
    }

    /** A text in single quotes. */
    public static String text(String text) {
        String doubled = text.replace("'", "''");
        return doubled.indexOf('\\') >= 0 ? "E'" + doubled.replace("\\", "\\\\") + "'" : "'" + doubled + "'";
    }
}
