package io.github.keywharf.totesys;

import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A table of the star schema: which source table drives it, row for row, and how each column is made.
 *
 * @param canonical its name in the specification, whatever the warehouse calls it
 * @param driving the source table that gives one row for each of its rows
 * @param columns in order, under the names that the warehouse uses
 * @param target the warehouse table that it is loaded into
 */
record StarTable(String canonical, String driving, List<StarColumn> columns, WarehouseTable target) {

    StarTable {
        columns = List.copyOf(columns);
    }

    boolean isFact() {
        return target.isFact();
    }

    /** The tables that values are looked up in. */
    Set<String> lookups() {
        Set<String> tables = new LinkedHashSet<>();
        for (StarColumn column : columns) {
            if (column.rule() instanceof ColumnRule.Lookup lookup) {
                tables.add(lookup.table());
            }
        }
        return tables;
    }

    /** The columns of a source table that this one needs, with the kind of value each must have. */
    Map<String, ColumnType.Kind> needs(String sourceTable) {
        Map<String, ColumnType.Kind> needed = new LinkedHashMap<>();
        for (StarColumn column : columns) {
            ColumnRule rule = column.rule();
            if (rule instanceof ColumnRule.Lookup lookup) {
                if (sourceTable.equals(driving)) {
                    needed.put(lookup.source(), ColumnType.Kind.INT32);
                }
                if (sourceTable.equals(lookup.table())) {
                    needed.put(lookup.key(), ColumnType.Kind.INT32);
                    needed.put(lookup.column(), column.target().type().kind());
                }
            } else if (sourceTable.equals(driving)) {
                needed.put(rule.source(), sourceKind(rule, column.target()));
            }
        }
        return needed;
    }

    private static ColumnType.Kind sourceKind(ColumnRule rule, Column target) {
        if (rule instanceof ColumnRule.DateOf || rule instanceof ColumnRule.TimeOf) {
            return ColumnType.Kind.TIMESTAMP;
        }
        return rule instanceof ColumnRule.Copy ? target.type().kind() : ColumnType.Kind.STRING;
    }

    /** This table under other names; names that are not mapped stay. */
    StarTable renamed(String tableName, Map<String, String> columnNames, Map<String, String> tableNames) {
        List<StarColumn> renamed = new ArrayList<>(columns.size());
        for (StarColumn column : columns) {
            String name = column.target().name();
            renamed.add(new StarColumn(column.target().withName(columnNames.getOrDefault(name, name)), column.rule()));
        }
        List<WarehouseTable.Reference> references = new ArrayList<>();
        for (WarehouseTable.Reference reference : target.references()) {
            references.add(new WarehouseTable.Reference(
                    columnNames.getOrDefault(reference.column(), reference.column()),
                    tableNames.getOrDefault(reference.table(), reference.table()),
                    reference.target()));
        }
        Optional<String> recordId = target.recordId().map(id -> columnNames.getOrDefault(id, id));
        List<String> key = target.key().stream()
                .map(name -> columnNames.getOrDefault(name, name))
                .toList();
        Schema schema = Schema.of(renamed.stream().map(StarColumn::target).toList());
        return new StarTable(
                canonical, driving, renamed, new WarehouseTable(tableName, schema, key, recordId, references));
    }
}
