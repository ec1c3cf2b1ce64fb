package io.github.keywharf.sql;

import java.util.List;

/**
 * Rows and columns of a table to read.
 *
 * @param table name of one of {@link SqlSource#listTables()}
 * @param columns names of the columns, in order; empty for all
 * @param increment rows
 */
public record ReadRequest(String table, List<String> columns, Increment increment) {

    /** Copies the list. */
    public ReadRequest {
        columns = List.copyOf(columns);
    }

    /** All rows and columns of a table. */
    public static ReadRequest all(String table) {
        return new ReadRequest(table, List.of(), Increment.everything());
    }
}
