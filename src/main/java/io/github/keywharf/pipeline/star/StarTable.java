package io.github.keywharf.pipeline.star;

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
public record StarTable(String canonical, String driving, List<StarColumn> columns, WarehouseTable target) {

    public StarTable {
        columns = List.copyOf(columns);
    }

    /** A dimension that one source table drives. */
    public static Builder dimension(String name, String driving) {
        return new Builder(name, driving);
    }

    /**
     * A fact that one source table drives.
     *
     * @param recordId the column that numbers its rows
     */
    public static Builder fact(String name, String driving, String recordId) {
        Builder builder = new Builder(name, driving);
        builder.recordId = Optional.of(recordId);
        return builder;
    }

    /** True for a fact, false for a dimension. */
    public boolean isFact() {
        return target.isFact();
    }

    /** The tables that values are looked up in. */
    public Set<String> lookups() {
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
    public StarTable renamed(String tableName, Map<String, String> columnNames, Map<String, String> tableNames) {
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

    /** Lists a table's columns one after the other, in the order of the warehouse. */
    public static final class Builder {

        private final String name;
        private final String driving;
        private final List<StarColumn> columns = new ArrayList<>();
        private final List<WarehouseTable.Reference> references = new ArrayList<>();
        private Optional<String> recordId = Optional.empty();
        private String key = "";

        private Builder(String name, String driving) {
            this.name = name;
            this.driving = driving;
        }

        /** The key, which the source has under the same name. */
        public Builder key(String column) {
            key = column;
            return copy(column, ColumnType.INT32);
        }

        /** The key, which the source has under another name. */
        public Builder key(String column, String source) {
            key = column;
            return add(Column.required(column, ColumnType.INT32), new ColumnRule.Copy(source));
        }

        /** A column that takes the value of the same name, and must have one. */
        public Builder copy(String column, ColumnType type) {
            return add(Column.required(column, type), new ColumnRule.Copy(column));
        }

        /** A column that takes the value of the same name, if there is one. */
        public Builder copyNullable(String column, ColumnType type) {
            return add(Column.nullable(column, type), new ColumnRule.Copy(column));
        }

        /** A column that refers to a dimension. */
        public Builder refers(String column, String source, String table, String target) {
            references.add(new WarehouseTable.Reference(column, table, target));
            return add(Column.required(column, ColumnType.INT32), new ColumnRule.Copy(source));
        }

        /** A date and a time column from one timestamp; the date refers to the calendar. */
        public Builder moment(String dateColumn, String timeColumn, String source) {
            calendar(dateColumn);
            add(Column.required(dateColumn, ColumnType.DATE), new ColumnRule.DateOf(source));
            return add(Column.required(timeColumn, ColumnType.TIME), new ColumnRule.TimeOf(source));
        }

        /** A date column from a text; it refers to the calendar. */
        public Builder day(String column) {
            calendar(column);
            return add(Column.required(column, ColumnType.DATE), new ColumnRule.DateText(column));
        }

        private void calendar(String column) {
            references.add(new WarehouseTable.Reference(column, StarTables.CALENDAR, "date_id"));
        }

        /** Any other column. */
        public Builder add(Column column, ColumnRule rule) {
            columns.add(new StarColumn(column, rule));
            return this;
        }

        /** The table. */
        public StarTable build() {
            Schema schema = Schema.of(columns.stream().map(StarColumn::target).toList());
            return new StarTable(
                    name, driving, columns, new WarehouseTable(name, schema, List.of(key), recordId, references));
        }
    }
}
