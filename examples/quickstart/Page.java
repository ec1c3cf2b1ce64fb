package examples.quickstart;

import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Table;
import io.github.keywharf.totesys.RunReport;
import io.github.keywharf.totesys.StarSchema;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.YearMonth;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Writes what the tour showed as one HTML file that needs nothing else.
 *
 * @param runs the reports by what the run was for, in order
 * @param counts rows by table
 * @param order the versions of an order that was edited
 * @param deletions the warehouse's table of deletions
 * @param rejected the row that was rejected
 * @param checks with what they found
 */
record Page(
        Map<String, RunReport> runs, Table counts, Table order, Table deletions, RejectedRow rejected, Checks checks) {
    private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("MMM uu", Locale.ENGLISH);

    private static final String STYLE = """
            :root { color-scheme: light dark; --page: #f7f7f5; --card: #ffffff; --ink: #16161a; --soft: #55555e;
              --line: #dedee3; --head: #ececf0; --good: #00703c; --bad: #c02a1b;
              --series-1: #2a78d6; --series-2: #1baf7a; --series-3: #eb6834;
              --fact-1: #5b4bc4; --fact-2: #c2457f; --fact-3: #3b7d23; }
            @media (prefers-color-scheme: dark) { :root { --page: #131316; --card: #1c1c20; --ink: #f3f3f1;
              --soft: #b3b3ba; --line: #37373e; --head: #2b2b31; --good: #5cc98d; --bad: #ff8a7a;
              --series-1: #3987e5; --series-2: #199e70; --series-3: #d95926;
              --fact-1: #7465d8; --fact-2: #c94d85; --fact-3: #4d8a33; } }
            * { box-sizing: border-box; }
            body { margin: 0 auto; padding: 32px 20px 64px; max-width: 1080px; background: var(--page);
              color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
            h1 { font-size: 28px; line-height: 1.2; margin: 0 0 4px; }
            h2 { font-size: 18px; margin: 0 0 2px; }
            p { margin: 0 0 12px; color: var(--soft); max-width: 110ch; }
            section { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
              padding: 20px 22px; margin-top: 18px; overflow-x: auto; }
            svg { display: block; width: 100%; min-width: 720px; height: auto; margin-top: 10px;
              font-family: inherit; }
            .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(160px, 1fr)); gap: 12px;
              margin-top: 18px; }
            .tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; }
            .tile b { display: block; font-size: 24px; line-height: 1.25; }
            .tile span { color: var(--soft); font-size: 13px; }
            .legend { display: flex; gap: 18px; font-size: 13px; color: var(--soft); }
            .legend i { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 6px; }
            table { border-collapse: collapse; font-size: 13px; margin: 4px 0 6px; }
            th { text-align: left; font-weight: 600; color: var(--soft); border-bottom: 1px solid var(--line); }
            th, td { padding: 4px 18px 4px 0; white-space: nowrap; vertical-align: top; }
            td { border-bottom: 1px solid var(--line); }
            .right { text-align: right; font-variant-numeric: tabular-nums; }
            ul { list-style: none; margin: 8px 0 0; padding: 0; }
            li { padding: 3px 0; }
            li b { display: inline-block; width: 64px; font-size: 13px; }
            .good { color: var(--good); } .bad { color: var(--bad); }
            code { font: 13px ui-monospace, "SF Mono", Consolas, monospace; }
            .tick { font-size: 12px; fill: var(--soft); } .end { text-anchor: end; } .middle { text-anchor: middle; }
            .axis { font-size: 12px; fill: var(--soft); text-anchor: middle; }
            .grid { stroke: var(--line); } .base { stroke: var(--soft); }
            .box { fill: var(--card); stroke: var(--line); } .head { fill: var(--head); }
            .name { font-size: 13px; font-weight: 600; fill: var(--ink); } .fact { fill: #ffffff; }
            .column { font-size: 12px; fill: var(--ink); } .key { font-weight: 700; }
            .type { font-size: 11px; fill: var(--soft); text-anchor: end; }
            .link { fill: none; stroke-width: 1.4; opacity: .65; }
            """;

    Path write(Path folder, PostgresDatabase warehouse) throws IOException {
        List<String> parts = List.of(
                "<!doctype html><html lang='en'><meta charset='utf-8'><title>Keywharf quickstart</title>",
                "<meta name='viewport' content='width=device-width'><style>" + STYLE + "</style>",
                "<h1>A year of orders, in a star schema</h1>",
                "<p>What the Keywharf quickstart carried from a shop's database, by way of two S3 zones, into a warehouse.</p>",
                tiles(),
                section(
                        "The warehouse",
                        "Three facts keep every version of their rows; eight dimensions keep the newest. Keys are bold,"
                                + " and each line is a reference.",
                        StarDiagram.of(StarSchema.totesys().warehouseTables())),
                sales(warehouse),
                lag(),
                section(
                        "An order that was edited behind its time stamp",
                        "Both versions are kept, although <code>last_updated</code> never moved.",
                        html(order)),
                section(
                        "An order that was deleted",
                        "Its versions stay in the fact, a control table says when it went, and the view of the current state"
                                + " leaves it out.",
                        html(deletions)),
                section(
                        "A row that was rejected, and repaired",
                        "It waited in a file of JSON lines while the rest went on; put right, it was taken in.",
                        "<code>" + escaped(rejected.toString()) + "</code>"),
                section(
                        "Rows",
                        "A fact has a row for each version; its current state has one for each key.",
                        html(counts)),
                section(
                        "Handed to its owner",
                        "The orders as they are now are in Cassandra, under the key of the organisation that they belong"
                                + " to; the server refuses them to another organisation's key.",
                        "<a href='dictionary.html'>What is in Cassandra</a>: keyspaces, tables and columns, to be searched."),
                section(
                        "Compared with the source",
                        "By SQL alone, so that the library does not judge itself.",
                        judgement()));
        return Files.writeString(
                Files.createDirectories(folder).resolve("index.html").toAbsolutePath(), String.join("\n", parts));
    }

    private String tiles() {
        long rows = counts.rows().stream().mapToLong(row -> number(row, "rows")).sum();
        Duration longest = runs.values().stream()
                .flatMap(run -> run.lag().stream())
                .max(Duration::compareTo)
                .orElseThrow();
        long well = checks.faults().values().stream().filter(List::isEmpty).count();
        return "<div class='tiles'>"
                + tile(String.format(Locale.ROOT, "%,d", rows), "rows in the warehouse")
                + tile(String.valueOf(runs.size()), "runs")
                + tile(String.format(Locale.ROOT, "%.1f s", longest.toMillis() / 1e3), "longest lag behind the source")
                + tile(well + " of " + checks.faults().size(), "checks passed")
                + "</div>";
    }

    private static long number(Row row, String column) {
        return row.value(column) instanceof Number number ? number.longValue() : 0;
    }

    private static String tile(String value, String label) {
        return "<div class='tile'><b>" + value + "</b><span>" + label + "</span></div>";
    }

    private static String section(String title, String text, String content) {
        return "<section><h2>" + title + "</h2><p>" + text + "</p>" + content + "</section>";
    }

    private static String sales(PostgresDatabase warehouse) {
        Map<YearMonth, Map<String, BigDecimal>> months = new TreeMap<>();
        TreeSet<String> currencies = new TreeSet<>();
        for (Row row : warehouse.query("""
                        SELECT year, month, currency_code, sum(units_sold * unit_price)::numeric(38,2) AS amount
                        FROM current_sales_order JOIN dim_date ON date_id = created_date
                        JOIN dim_currency USING (currency_id) GROUP BY 1, 2, 3""").all()) {
            YearMonth month = YearMonth.of((int) number(row, "year"), (int) number(row, "month"));
            String currency = String.valueOf(row.string("currency_code"));
            months.computeIfAbsent(month, key -> new TreeMap<>()).put(currency, row.value("amount", BigDecimal.class));
            currencies.add(currency);
        }
        List<BarChart.Group> groups = new ArrayList<>();
        months.forEach((month, amounts) -> groups.add(new BarChart.Group(
                MONTH.format(month),
                currencies.stream()
                        .map(currency ->
                                amounts.getOrDefault(currency, BigDecimal.ZERO).doubleValue() / 1e6)
                        .toList())));
        List<String> names = List.copyOf(currencies);
        return section(
                "Sales by month and currency",
                "Units times price of the orders as they are now, by the month they were made; each bar in its own"
                        + " currency. The last month has only begun.",
                legend(names) + new BarChart("Sales by month and currency", "millions", names, groups).svg());
    }

    private static String legend(List<String> names) {
        StringBuilder legend = new StringBuilder("<div class='legend'>");
        IntStream.range(0, names.size())
                .forEach(i -> legend.append("<span><i style='background:var(--series-")
                        .append(i + 1)
                        .append(")'></i>")
                        .append(escaped(names.get(i)))
                        .append("</span>"));
        return legend.append("</div>").toString();
    }

    private String lag() {
        List<BarChart.Group> groups = runs.entrySet().stream()
                .map(run -> new BarChart.Group(
                        run.getKey(),
                        List.of(run.getValue().lag().orElse(Duration.ZERO).toMillis() / 1e3)))
                .toList();
        return section(
                "Lag of each run",
                "How far the warehouse was behind the source when a run had ended. The pipeline warns beyond"
                        + " 30 minutes.",
                new BarChart("Lag of each run", "seconds", List.of("lag"), groups).svg());
    }

    private String judgement() {
        StringBuilder list = new StringBuilder("<ul>");
        checks.faults().forEach((check, faults) -> {
            list.append("<li>").append(faults.isEmpty() ? "<b class='good'>✓ ok</b>" : "<b class='bad'>✗ failed</b>");
            list.append(escaped(check));
            faults.forEach(
                    fault -> list.append("<br><code>").append(escaped(fault)).append("</code>"));
            list.append("</li>");
        });
        return list.append("</ul>").toString();
    }

    private static String html(Table table) {
        StringBuilder html = new StringBuilder("<table><tr>");
        List<Boolean> right = table.schema().columns().stream()
                .map(column -> isNumber(column.type()))
                .toList();
        for (int c = 0; c < right.size(); c++) {
            html.append(right.get(c) ? "<th class='right'>" : "<th>")
                    .append(escaped(table.schema().column(c).name().replace('_', ' ')));
        }
        for (Row row : table) {
            html.append("<tr>");
            for (int c = 0; c < right.size(); c++) {
                Object value = row.value(c);
                html.append(right.get(c) ? "<td class='right'>" : "<td>")
                        .append(value == null ? "" : escaped(value.toString()));
            }
        }
        return html.append("</table>").toString();
    }

    private static boolean isNumber(ColumnType type) {
        return switch (type.kind()) {
            case INT32, INT64, DECIMAL -> true;
            default -> false;
        };
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;");
    }
}
