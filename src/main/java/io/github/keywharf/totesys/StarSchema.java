package io.github.keywharf.totesys;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.pipeline.star.DayNumbering;
import io.github.keywharf.pipeline.star.StarTable;
import io.github.keywharf.pipeline.star.StarTables;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.Column;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The star schema that the pipeline fills: three facts and eight dimensions of the Totesys specification, with every
 * name, and each point on which warehouses in use differ, open to change.
 *
 * <p>Immutable: each {@code with} gives a copy. Defaults:
 *
 * <ul>
 *   <li>names as in the specification;
 *   <li>{@link DayNumbering#ISO};
 *   <li>the calendar holds {@link #DEFAULT_CALENDAR_START} to {@link #DEFAULT_CALENDAR_END}, and grows by every date that
 *       a fact brings;
 *   <li>a currency code that ISO 4217 does not know rejects the currency;
 *   <li>a department without a location gives its staff {@link #DEFAULT_PLACEHOLDER}.
 * </ul>
 */
public final class StarSchema {

    /** The canonical name of the calendar. */
    public static final String DIM_DATE = StarTables.CALENDAR;

    /** First day of the calendar, before the company's first order. */
    public static final LocalDate DEFAULT_CALENDAR_START = LocalDate.of(2020, 1, 1);

    /** Last day of the calendar as first made; later dates are added when a fact brings them. */
    public static final LocalDate DEFAULT_CALENDAR_END = LocalDate.of(2029, 12, 31);

    /** What a dimension's text shows where the source has none but the warehouse must. */
    public static final String DEFAULT_PLACEHOLDER = "unknown";

    private final Map<String, String> tableNames;
    private final Map<String, Map<String, String>> columnNames;
    private final DayNumbering dayNumbering;
    private final LocalDate calendarStart;
    private final LocalDate calendarEnd;
    private final Optional<String> currencyFallback;
    private final String placeholder;
    private final StarTables tables;

    private StarSchema(
            Map<String, String> tableNames,
            Map<String, Map<String, String>> columnNames,
            DayNumbering dayNumbering,
            LocalDate calendarStart,
            LocalDate calendarEnd,
            Optional<String> currencyFallback,
            String placeholder) {
        this.tableNames = Map.copyOf(tableNames);
        this.columnNames = Map.copyOf(columnNames);
        this.dayNumbering = dayNumbering;
        this.calendarStart = calendarStart;
        this.calendarEnd = calendarEnd;
        this.currencyFallback = currencyFallback;
        this.placeholder = placeholder;
        List<StarTable> renamed = new ArrayList<>();
        for (StarTable table : TotesysTables.all(currencyFallback, placeholder)) {
            renamed.add(table.renamed(
                    name(table.canonical()), columnNames.getOrDefault(table.canonical(), Map.of()), this.tableNames));
        }
        this.tables = new StarTables(
                renamed,
                TotesysTables.SOURCE_TABLES,
                new StarTables.Calendar(calendarTable(), dayNumbering, calendarStart, calendarEnd));
    }

    /** The schema of the specification. */
    public static StarSchema totesys() {
        return new StarSchema(
                Map.of(),
                Map.of(),
                DayNumbering.ISO,
                DEFAULT_CALENDAR_START,
                DEFAULT_CALENDAR_END,
                Optional.empty(),
                DEFAULT_PLACEHOLDER);
    }

    /**
     * The variant found in one deployed warehouse: {@code fact_purchase_order} in the singular, with its order column
     * spelt {@code puchase_order_id}, and {@code fact_payment.last_updated} for the time of the last update.
     */
    public static StarSchema deployedVariant() {
        return totesys()
                .withTableName("fact_purchase_orders", "fact_purchase_order")
                .withColumnName("fact_purchase_orders", "purchase_order_id", "puchase_order_id")
                .withColumnName("fact_payment", "last_updated_time", "last_updated");
    }

    /**
     * This schema with a table under another name.
     *
     * @param table its name in the specification
     * @param name its name in the warehouse
     * @throws IllegalArgumentException when the specification has no such table
     */
    @CheckReturnValue
    public StarSchema withTableName(String table, String name) {
        requireTable(table);
        Map<String, String> names = new HashMap<>(tableNames);
        names.put(table, name);
        return new StarSchema(
                names, columnNames, dayNumbering, calendarStart, calendarEnd, currencyFallback, placeholder);
    }

    /**
     * This schema with a column under another name.
     *
     * @param table the table's name in the specification
     * @param column the column's name in the specification
     * @param name its name in the warehouse
     * @throws IllegalArgumentException when the specification has no such table or column
     */
    @CheckReturnValue
    public StarSchema withColumnName(String table, String column, String name) {
        requireTable(table);
        boolean known = totesys().tables.tables().stream()
                .filter(t -> t.canonical().equals(table))
                .anyMatch(t -> t.target().schema().contains(column)
                        || t.target().recordId().filter(column::equals).isPresent());
        if (!known) {
            throw new IllegalArgumentException(
                    "Table '" + table + "' of the specification has no column '" + column + "'");
        }
        Map<String, Map<String, String>> names = new HashMap<>(columnNames);
        Map<String, String> ofTable = new HashMap<>(names.getOrDefault(table, Map.of()));
        ofTable.put(column, name);
        names.put(table, Map.copyOf(ofTable));
        return new StarSchema(
                tableNames, names, dayNumbering, calendarStart, calendarEnd, currencyFallback, placeholder);
    }

    /** This schema with the days of the week numbered in another way. */
    @CheckReturnValue
    public StarSchema withDayNumbering(DayNumbering numbering) {
        return new StarSchema(
                tableNames, columnNames, numbering, calendarStart, calendarEnd, currencyFallback, placeholder);
    }

    /**
     * This schema with another calendar to begin with; it still grows by the dates that facts bring.
     *
     * @param first its first day
     * @param last its last day, inclusive
     * @throws IllegalArgumentException when the last day is before the first
     */
    @CheckReturnValue
    public StarSchema withCalendar(LocalDate first, LocalDate last) {
        if (last.isBefore(first)) {
            throw new IllegalArgumentException("The calendar would end on " + last + ", before it begins on " + first);
        }
        return new StarSchema(tableNames, columnNames, dayNumbering, first, last, currencyFallback, placeholder);
    }

    /** This schema with a name for currencies that ISO 4217 does not know, instead of rejecting them. */
    @CheckReturnValue
    public StarSchema withCurrencyFallback(String name) {
        return new StarSchema(
                tableNames, columnNames, dayNumbering, calendarStart, calendarEnd, Optional.of(name), placeholder);
    }

    /** This schema with another text where the source has none but the warehouse must. */
    @CheckReturnValue
    public StarSchema withPlaceholder(String text) {
        return new StarSchema(
                tableNames, columnNames, dayNumbering, calendarStart, calendarEnd, currencyFallback, text);
    }

    /** The warehouse's tables, each after those it refers to: the calendar first, facts last. */
    public List<WarehouseTable> warehouseTables() {
        return tables.warehouseTables();
    }

    /** The source tables that the schema is made from, in the order of the specification. */
    public List<String> sourceTables() {
        return tables.sourceTables();
    }

    /** The schema as a pipeline fills it. */
    StarTables tables() {
        return tables;
    }

    private WarehouseTable calendarTable() {
        Map<String, String> names = columnNames.getOrDefault(DIM_DATE, Map.of());
        List<Column> columns = StarTables.Calendar.COLUMNS.columns().stream()
                .map(column -> column.withName(names.getOrDefault(column.name(), column.name())))
                .toList();
        return new WarehouseTable(
                name(DIM_DATE),
                io.github.keywharf.table.Schema.of(columns),
                List.of(columns.get(0).name()),
                Optional.empty(),
                List.of());
    }

    private String name(String canonical) {
        return tableNames.getOrDefault(canonical, canonical);
    }

    private static void requireTable(String table) {
        if (!table.equals(DIM_DATE) && !TotesysTables.NAMES.contains(table)) {
            throw new IllegalArgumentException("The specification has no table '" + table + "'; it has " + DIM_DATE
                    + " and " + TotesysTables.NAMES);
        }
    }

    @Override
    public String toString() {
        return "StarSchema"
                + warehouseTables().stream().map(WarehouseTable::name).toList();
    }
}
