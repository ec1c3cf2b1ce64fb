package io.github.keywharf.query.duckdb;

import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Names of DuckDB's own functions and catalogs. A macro of a statement would stand for the function of its name, wherever that
 * is not named in full.
 */
final class BuiltIns {

    /** Beginning of the full name of a function. */
    static final String PREFIX = "system.main.";

    private BuiltIns() {}

    /** The name of a function of statements that is a built-in one's too. */
    static Optional<String> taken(Session session) throws SQLException {
        String functions = " FROM " + PREFIX + "duckdb_functions() WHERE ";
        String name = PREFIX + "lower(function_name)";
        String sql = "SELECT function_name" + functions + "NOT internal AND " + name + " IN (SELECT " + name + functions
                + "internal)";
        return session.texts(sql, List.of()).stream()
                .map(row -> Objects.requireNonNull(row.get(0)))
                .findFirst();
    }

    /** Condition of a catalog's row about the schema that unqualified names stand for. */
    static String inDefaultSchema(String database, String schema) {
        return database + " = " + PREFIX + "current_database() AND " + schema + " = " + PREFIX + "current_schema()";
    }

    /** Condition of a catalog's row about the name that is the first parameter. */
    static String sameName(String column) {
        return PREFIX + "lower(" + column + ") = " + PREFIX + "lower($1::VARCHAR)";
    }
}
