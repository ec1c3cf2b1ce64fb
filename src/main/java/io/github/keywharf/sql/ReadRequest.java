package io.github.keywharf.sql;

import java.util.List;

/**
 * What to read of a table.
 *
 * @param table its name; must be among {@link SqlSource#listTables()}
 * @param columns which columns, in order; empty for all
 * @param increment which rows
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
