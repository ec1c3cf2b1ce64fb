package examples.quickstart;

import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Table;
import io.github.keywharf.totesys.PipelineStep;
import io.github.keywharf.totesys.RunReport;
import io.github.keywharf.totesys.StarSchema;
import java.io.IOException;
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

/**
 * Writes what the tour showed as one HTML file that needs nothing else: first the proof, then the faults, then the data.
 *
 * @param runs the reports by what the run was for, in order
 * @param counts rows by table
 * @param faults what was injected or tried, in order
 * @param checks with what they found
 * @param tenants whether Cassandra was part of the tour
 */
record Page(Map<String, RunReport> runs, Table counts, List<Fault> faults, Checks checks, boolean tenants) {
    private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("MMM uu", Locale.ENGLISH);

    /**
     * A fault that was injected, or a wrong that was tried.
     *
     * @param title what was done
     * @param outcome what came of it
     * @param evidence by caption: a table, or a text that a server or the library wrote
     */
    record Fault(String title, String outcome, Map<String, Object> evidence) {}

    Path write(Path folder, PostgresDatabase warehouse) throws IOException {
        List<String> parts = List.of(
                "<!doctype html><html lang='en'><meta charset='utf-8'><title>Keywharf quickstart</title>",
                "<meta name='viewport' content='width=device-width, initial-scale=1'>",
                "<style>" + PageStyle.CSS + "</style>",
                "<h1>A year of orders, in a star schema</h1>",
                "<p>The Keywharf quickstart loaded a shop's database, by way of two S3 zones, into a warehouse.</p>",
                tiles(),
                Html.section(
                        "The warehouse equals the source",
                        "Compared by SQL on both servers, without the library.",
                        proof()),
                Html.section(
                        "Faults, before and after",
                        "Faults injected into the source" + (tenants ? ", and an attempt to read another's data" : "")
                                + ", in order, with the evidence.",
                        timeline()),
                Html.section(
                        "The warehouse",
                        "Three facts keep every version of their rows; eight dimensions keep the newest. Keys are bold."
                                + " Point at a table, or move to it with the Tab key, to follow its references.",
                        Html.scrolled(
                                        "Diagram of the star schema",
                                        StarDiagram.of(StarSchema.totesys().warehouseTables()))
                                + Html.asTable(
                                        StarDiagram.table(StarSchema.totesys().warehouseTables()))),
                sales(warehouse),
                Html.section(
                        "Runs",
                        "The lag is how far the warehouse was behind the source when the run had ended; the pipeline warns"
                                + " beyond 30 minutes.",
                        Html.scrolled("Runs and their lag", runTable())),
                Html.section(
                        "Rows",
                        "A fact has a row for each version; its current state has one for each key.",
                        Html.scrolled("Rows by table", Html.table(counts))),
                tenants
                        ? Html.section(
                                "Handed to its owner",
                                "The current orders are in Cassandra, under the key of the organisation that owns them.",
                                "<a href='dictionary.html'>The data dictionary as that key sees it</a>")
                        : "");
        return Files.writeString(
                Files.createDirectories(folder).resolve("index.html").toAbsolutePath(), String.join("\n", parts));
    }

    private String tiles() {
        long rows = counts.rows().stream().mapToLong(row -> number(row, "rows")).sum();
        Duration longest = runs.values().stream()
                .flatMap(run -> run.lag().stream())
                .max(Duration::compareTo)
                .orElseThrow();
        long passed = checks.faults().values().stream().filter(List::isEmpty).count();
        return "<div class='tiles'>"
                + tile(passed + " of " + checks.faults().size(), "checks passed")
                + tile(String.format(Locale.ROOT, "%,d", rows), "rows in the warehouse")
                + tile(String.valueOf(runs.size()), "runs")
                + tile(seconds(longest), "longest lag behind the source")
                + "</div>";
    }

    private static String tile(String value, String label) {
        return "<div class='tile'><b>" + value + "</b><span>" + label + "</span></div>";
    }

    private static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }

    private static long number(Row row, String column) {
        return row.value(column) instanceof Number number ? number.longValue() : 0;
    }

    private String proof() {
        StringBuilder list =
                new StringBuilder(Html.scrolled("Sales in the source and in the warehouse", checks.salesTable()));
        list.append("<ul class='checks'>");
        checks.faults().forEach((check, faults) -> {
            list.append("<li>").append(faults.isEmpty() ? "<b class='good'>✓ ok</b>" : "<b class='bad'>✗ failed</b>");
            list.append(Html.escaped(check));
            faults.forEach(fault ->
                    list.append("<br><code>").append(Html.escaped(fault)).append("</code>"));
        });
        return list + "</ul><details><summary>The two queries, grouped by month as well</summary><pre><code>"
                + Html.escaped(Checks.SALES) + "</code></pre><pre><code>" + Html.escaped(Checks.STARRED_SALES)
                + "</code></pre></details>";
    }

    private String timeline() {
        StringBuilder list = new StringBuilder("<ol class='timeline'>");
        for (Fault fault : faults) {
            list.append("<li><h3>").append(Html.escaped(fault.title())).append("</h3><p>");
            list.append(Html.escaped(fault.outcome())).append("</p>");
            fault.evidence().forEach((caption, shown) -> {
                list.append("<h4>").append(Html.escaped(caption)).append("</h4>");
                list.append(
                        shown instanceof Table table
                                ? Html.scrolled(caption, Html.table(table))
                                : "<blockquote><code>" + Html.escaped(shown.toString()) + "</code></blockquote>");
            });
        }
        return list.append("</ol>").toString();
    }

    private static String sales(PostgresDatabase warehouse) {
        Map<String, List<BarChart.Bar>> currencies = new TreeMap<>();
        Table table = warehouse.query("""
                        SELECT year, month, currency_code, sum(units_sold * unit_price)::numeric(38,2) AS amount
                        FROM current_sales_order JOIN dim_date ON date_id = created_date
                        JOIN dim_currency USING (currency_id) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""").all();
        for (Row row : table) {
            YearMonth month = YearMonth.of((int) number(row, "year"), (int) number(row, "month"));
            double millions = number(row, "amount") / 1e6;
            currencies
                    .computeIfAbsent(String.valueOf(row.string("currency_code")), code -> new ArrayList<>())
                    .add(new BarChart.Bar(MONTH.format(month), millions));
        }
        StringBuilder charts = new StringBuilder("<div class='charts'>");
        currencies.forEach((code, bars) -> charts.append("<figure><figcaption>")
                .append(Html.escaped(code))
                .append(", millions</figcaption>")
                .append(new BarChart("Sales by month in millions of " + code, bars).svg())
                .append("</figure>"));
        return Html.section(
                "Sales by month",
                "Units times price of the current orders, by the month they were made, each currency on its own scale. The"
                        + " last month has only begun.",
                charts + "</div>" + Html.asTable(Html.scrolled("Sales by month", Html.table(table))));
    }

    private String runTable() {
        double longest = runs.values().stream()
                .mapToLong(run -> run.lag().orElse(Duration.ZERO).toMillis())
                .max()
                .orElse(1);
        StringBuilder table = new StringBuilder(
                "<table><thead><tr><th scope='col'>run<th scope='col' class='right'>rows read"
                        + "<th scope='col' class='right'>new in the warehouse<th scope='col' class='right'>lag<th></thead><tbody>");
        runs.forEach((name, run) -> {
            Duration lag = run.lag().orElse(Duration.ZERO);
            table.append(String.format(
                    Locale.ROOT,
                    "<tr><td>%s<td class='right'>%,d<td class='right'>%,d<td class='right'>%s"
                            + "<td><i class='bar' style='width:%.0fpx'></i>",
                    Html.escaped(name),
                    run.written(PipelineStep.EXTRACT),
                    run.written(PipelineStep.LOAD),
                    seconds(lag),
                    240 * lag.toMillis() / Math.max(1, longest)));
        });
        return table.append("</tbody></table>").toString();
    }
}
