package io.github.keywharf.sharing.usage;

import io.github.keywharf.CheckReturnValue;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What to show of a table of usage: for a {@link SupersetBundle} and a {@link UsagePage}, which have the same charts.
 *
 * @param table its name, with the schema before a dot where there is one
 * @param schema its columns
 * @param time the column of dates or times that trends go by
 * @param charts from top to bottom, 1 to {@value #MAX_CHARTS}, each with a title of its own
 */
public record UsageCharts(String table, Schema schema, String time, List<UsageChart> charts) {

    /** The most charts of one dashboard. */
    public static final int MAX_CHARTS = 50;

    private static final int MAX_TITLE = 120;
    private static final int MAX_NAME = 200;
    private static final long NANOSECONDS_OF_AN_HOUR = 3_600_000_000_000L;

    /** Checks the charts against the columns. */
    public UsageCharts {
        charts = List.copyOf(charts);
        for (String part : table.split("\\.", -1)) {
            checkText(part);
        }
        if (charts.isEmpty() || charts.size() > MAX_CHARTS) {
            throw new IllegalArgumentException("1 to " + MAX_CHARTS + " charts can be shown, not " + charts.size());
        }
        schema.names().forEach(UsageCharts::checkText);
        require(schema, time, ColumnType.Kind.DATE, ColumnType.Kind.TIMESTAMP, ColumnType.Kind.TIMESTAMP_UTC);
        Set<String> titles = new HashSet<>();
        Map<String, UsageMeasure> measures = new HashMap<>();
        for (UsageChart chart : charts) {
            if (!titles.add(chart.title())) {
                throw new IllegalArgumentException("Two charts have the title '" + chart.title() + "'");
            }
            UsageMeasure measure = chart.measure();
            if (!measures.computeIfAbsent(measure.name(), first -> measure).equals(measure)) {
                throw new IllegalArgumentException(
                        "Two measures have the name '" + measure.name() + "'; give one of them another by named(…)");
            }
            require(
                    schema,
                    measure.column(),
                    ColumnType.Kind.INT32,
                    ColumnType.Kind.INT64,
                    ColumnType.Kind.FLOAT32,
                    ColumnType.Kind.FLOAT64,
                    ColumnType.Kind.DECIMAL);
            measure.where().keySet().forEach(column -> require(schema, column, ColumnType.Kind.STRING));
            chart.by().ifPresent(column -> require(schema, column, ColumnType.Kind.STRING));
        }
    }

    /** Charts of a table. */
    public static UsageCharts of(String table, Schema schema, String time, UsageChart... charts) {
        return new UsageCharts(table, schema, time, List.of(charts));
    }

    /** Charts of what {@link UsageLog} writes: events, rows, bytes and time, by day and activity, and what went wrong. */
    public static UsageCharts platform() {
        UsageMeasure amount = UsageMeasure.sum("amount", "Amount", "amount");
        UsageMeasure events = amount.named("events", "Events").where("measure", UsageLog.EVENTS);
        UsageMeasure problems = events.named("problems", "Problems").where("level", "warning", "error");
        UsageMeasure rows = amount.named("rows", "Rows").where("measure", "rows");
        UsageMeasure bytes = amount.named("bytes", "Bytes").where("measure", "bytes");
        UsageMeasure hours = amount.named("hours", "Hours")
                .where("measure", "took")
                .where("unit", "nanoseconds")
                .dividedBy(NANOSECONDS_OF_AN_HOUR);
        return of(
                UsageLog.TABLE,
                UsageLog.SCHEMA,
                "period_start",
                UsageChart.total(events),
                UsageChart.total(rows),
                UsageChart.total(bytes),
                UsageChart.total(problems),
                UsageChart.trend("Events by day", events, UsageLog.ACTIVITY),
                UsageChart.trend("Rows by day", rows, UsageLog.ACTIVITY),
                UsageChart.trend("Problems by day", problems, "level"),
                UsageChart.ranking("Rows by activity", rows, UsageLog.ACTIVITY),
                UsageChart.ranking("Time by activity", hours, UsageLog.ACTIVITY));
    }

    /**
     * These charts, of a table of another name.
     *
     * @param name with the schema before a dot where there is one
     */
    @CheckReturnValue
    public UsageCharts withTable(String name) {
        return new UsageCharts(name, schema, time, charts);
    }

    /** The measures, each once, by name. */
    Map<String, UsageMeasure> measures() {
        Map<String, UsageMeasure> measures = new LinkedHashMap<>();
        charts.forEach(chart -> measures.putIfAbsent(chart.measure().name(), chart.measure()));
        return measures;
    }

    private static void require(Schema schema, String name, ColumnType.Kind... kinds) {
        Column column = schema.column(name);
        if (!List.of(kinds).contains(column.type().kind())) {
            throw new IllegalArgumentException(
                    "The column '" + column + "' cannot be charted so; one of the types " + List.of(kinds) + " can");
        }
    }

    static void checkTitle(String title) {
        Objects.requireNonNull(title, "title");
        if (title.isBlank()
                || title.length() > MAX_TITLE
                || !Cut.printable(title, MAX_TITLE).equals(title)) {
            throw new IllegalArgumentException("A title has 1 to " + MAX_TITLE + " printable characters, unlike '"
                    + Cut.printable(title, MAX_TITLE) + "'");
        }
    }

    /** Superset takes braces for templates, percent signs for formats and colons for parameters. */
    static void checkText(String text) {
        Objects.requireNonNull(text, "text");
        if (text.isEmpty()
                || text.length() > MAX_NAME
                || !Cut.printable(text, MAX_NAME).equals(text)
                || text.chars().anyMatch(c -> "{}%:\\".indexOf(c) >= 0)) {
            throw new IllegalArgumentException("Names of tables and columns, and texts in them, have 1 to " + MAX_NAME
                    + " printable characters and none of { } % : \\ where they are charted, unlike '"
                    + Cut.printable(text, MAX_NAME) + "'");
        }
    }

    @Override
    public String toString() {
        return "UsageCharts[" + table + ", " + charts.size() + " charts]";
    }
}
