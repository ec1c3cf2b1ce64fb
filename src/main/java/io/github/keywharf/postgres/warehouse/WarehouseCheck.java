package io.github.keywharf.postgres.warehouse;

import io.github.keywharf.postgres.internal.copy.CopyColumns;
import io.github.keywharf.postgres.internal.copy.TargetColumn;
import io.github.keywharf.postgres.internal.session.Quoted;
import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.Column;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with a table of the warehouse, seen from what a load brings. */
final class WarehouseCheck {

    private WarehouseCheck() {}

    /** The problems, each a clause; empty when the table takes the load. */
    static List<String> problems(WarehouseTable table, TargetTable target) {
        List<String> problems = new ArrayList<>();
        for (Column column : table.schema()) {
            TargetColumn found = target.columns().get(column.name());
            if (found == null) {
                problems.add("column '" + column.name() + "' is missing");
            } else {
                CopyColumns.problem(column.type(), found).ifPresent(problems::add);
            }
        }
        table.recordId().ifPresent(id -> {
            TargetColumn found = target.columns().get(id);
            if (found == null) {
                problems.add("column '" + id + "' is missing, which numbers the rows");
            } else if (!found.optional()) {
                problems.add("column '" + id + "' has no default, so that rows would not be numbered");
            }
        });
        for (TargetColumn column : target.columns().values()) {
            boolean given = table.schema().contains(column.name())
                    || table.recordId().equals(java.util.Optional.of(column.name()));
            if (!given && column.notNull() && !column.optional()) {
                problems.add(
                        "column '" + column.name() + "' needs a value, but no load brings one, and it has no default");
            }
        }
        if (!table.isFact() && !target.isUnique(table.key())) {
            problems.add("nothing keeps " + table.key() + " unique");
        }
        return problems;
    }

    /**
     * The problems with loading a table in a mode.
     *
     * @param version the server's major version
     */
    static List<String> problems(WarehouseTable table, TargetTable target, LoadMode mode, int version) {
        List<String> problems = problems(table, target);
        boolean byKey = mode == LoadMode.UPSERT || mode == LoadMode.ADD_MISSING;
        if (table.isFact() && byKey && version < MergeSql.MERGE_RETURNS && !target.isUnique(table.key())) {
            problems.add("nothing keeps " + table.key() + " unique, which keeping the latest state of a fact needs on"
                    + " PostgreSQL " + version + "; run CREATE UNIQUE INDEX ON " + target.quoted() + " ("
                    + Quoted.names(table.key()) + "), or keep the history");
        }
        return problems;
    }
}
