package io.github.keywharf.totesys;

import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says a star table's columns one after the other, in the order of the warehouse. */
final class StarTableBuilder {

    private final String name;
    private final String driving;
    private final List<StarColumn> columns = new ArrayList<>();
    private final List<WarehouseTable.Reference> references = new ArrayList<>();
    private Optional<String> recordId = Optional.empty();
    private String key = "";

    private StarTableBuilder(String name, String driving) {
        this.name = name;
        this.driving = driving;
    }

    static StarTableBuilder dimension(String name, String driving) {
        return new StarTableBuilder(name, driving);
    }

    static StarTableBuilder fact(String name, String driving, String recordId) {
        StarTableBuilder builder = new StarTableBuilder(name, driving);
        builder.recordId = Optional.of(recordId);
        return builder;
    }

    StarTableBuilder key(String column) {
        key = column;
        return copy(column, ColumnType.INT32);
    }

    StarTableBuilder key(String column, String source) {
        key = column;
        return add(Column.required(column, ColumnType.INT32), new ColumnRule.Copy(source));
    }

    StarTableBuilder copy(String column, ColumnType type) {
        return add(Column.required(column, type), new ColumnRule.Copy(column));
    }

    StarTableBuilder copyNullable(String column, ColumnType type) {
        return add(Column.nullable(column, type), new ColumnRule.Copy(column));
    }

    StarTableBuilder refers(String column, String source, String table, String target) {
        references.add(new WarehouseTable.Reference(column, table, target));
        return add(Column.required(column, ColumnType.INT32), new ColumnRule.Copy(source));
    }

    /** A date and a time column from one timestamp; the date refers to the calendar. */
    StarTableBuilder moment(String dateColumn, String timeColumn, String source) {
        calendar(dateColumn);
        add(Column.required(dateColumn, ColumnType.DATE), new ColumnRule.DateOf(source));
        return add(Column.required(timeColumn, ColumnType.TIME), new ColumnRule.TimeOf(source));
    }

    /** A date column from a text; it refers to the calendar. */
    StarTableBuilder day(String column) {
        calendar(column);
        return add(Column.required(column, ColumnType.DATE), new ColumnRule.DateText(column));
    }

    private void calendar(String column) {
        references.add(new WarehouseTable.Reference(column, StarSchema.DIM_DATE, "date_id"));
    }

    StarTableBuilder add(Column column, ColumnRule rule) {
        columns.add(new StarColumn(column, rule));
        return this;
    }

    StarTable build() {
        Schema schema = Schema.of(columns.stream().map(StarColumn::target).toList());
        return new StarTable(
                name, driving, columns, new WarehouseTable(name, schema, List.of(key), recordId, references));
    }
}
