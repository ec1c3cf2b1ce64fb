package io.github.keywharf.pipeline.star;

import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A star schema, under the names that the warehouse uses.
 *
 * @param tables all but the calendar, each after those it refers to
 * @param sourceTables the source tables that they are made from
 * @param calendar the dimension of days
 */
public record StarTables(List<StarTable> tables, List<String> sourceTables, Calendar calendar) {

    /** The canonical name of the calendar. */
    public static final String CALENDAR = "dim_date";

    /**
     * The dimension of days, which facts refer to.
     *
     * @param table its key and seven more columns, in the order of {@link #COLUMNS}
     * @param numbering of the days of a week
     * @param first its first day
     * @param last its last day as first made; later dates are added when a fact brings them
     */
    public record Calendar(WarehouseTable table, DayNumbering numbering, LocalDate first, LocalDate last) {

        /** The columns under their canonical names. */
        public static final Schema COLUMNS = Schema.of(
                Column.required("date_id", ColumnType.DATE),
                Column.required("year", ColumnType.INT32),
                Column.required("month", ColumnType.INT32),
                Column.required("day", ColumnType.INT32),
                Column.required("day_of_week", ColumnType.INT32),
                Column.required("day_name", ColumnType.STRING),
                Column.required("month_name", ColumnType.STRING),
                Column.required("quarter", ColumnType.INT32));
    }

    public StarTables {
        tables = List.copyOf(tables);
        sourceTables = List.copyOf(sourceTables);
    }

    /** The warehouse's tables, each after those it refers to: the calendar first, facts last. */
    public List<WarehouseTable> warehouseTables() {
        List<WarehouseTable> all = new ArrayList<>();
        all.add(calendar.table());
        tables.forEach(table -> all.add(table.target()));
        return all;
    }

    /** The table that the warehouse calls so. */
    public Optional<StarTable> byTargetName(String name) {
        return tables.stream()
                .filter(table -> table.target().name().equals(name))
                .findFirst();
    }

    /** The tables that one source table drives. */
    public List<StarTable> drivenBy(String sourceTable) {
        return tables.stream()
                .filter(table -> table.driving().equals(sourceTable))
                .toList();
    }

    /** The source tables that are joined to others, and so are read whole when any of their group changes. */
    public Set<String> joined() {
        Set<String> joined = new LinkedHashSet<>();
        for (StarTable table : tables) {
            if (!table.lookups().isEmpty()) {
                joined.addAll(table.lookups());
                joined.add(table.driving());
            }
        }
        return joined;
    }

    /** By column, what the star schema needs of a source table; empty for a table it does not use. */
    public Map<String, ColumnType.Kind> needs(String sourceTable) {
        Map<String, ColumnType.Kind> needs = new LinkedHashMap<>();
        tables.forEach(table -> needs.putAll(table.needs(sourceTable)));
        return needs;
    }
}
