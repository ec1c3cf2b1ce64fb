package io.github.keywharf.postgres;

import io.github.keywharf.sql.Identifiers;
import io.github.keywharf.sql.SourceTable;
import java.util.List;

/**
 * A table as the catalog describes it.
 *
 * @param schemaName the namespace it is in
 * @param table what the reader sees
 * @param columns how each column is read, in the same order
 * @param ordinary whether its rows tell which transaction wrote them: neither partitioned, nor foreign, nor a view
 * @param replicable whether the server can tell which row was changed, so that changes may be published
 */
record PgTable(String schemaName, SourceTable table, List<PgColumn> columns, boolean ordinary, boolean replicable) {

    PgTable {
        columns = List.copyOf(columns);
    }

    String quotedName() {
        return Identifiers.quote(schemaName) + "." + Identifiers.quote(table.name());
    }

    /** How the column of that name is read. */
    PgColumn column(String name) {
        return columns.get(table.schema().position(name));
    }
}
