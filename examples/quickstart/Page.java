package examples.quickstart;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.keywharf.internal.HtmlPage;
import io.github.keywharf.pipeline.PipelineStep;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Table;
import io.github.keywharf.totesys.StarSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    /**
     * A fault that was injected, or a wrong that was tried.
     *
     * @param title what was done
     * @param outcome what came of it
     * @param evidence by caption: a table, or a text that a server or the library wrote
     */
    record Fault(String title, String outcome, Map<String, Object> evidence) {}

    Path write(Path folder, PostgresDatabase warehouse) throws IOException {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("checks", checks.found());
        data.put("totals", checks.totals());
        data.put("queries", List.of(Checks.SALES, Checks.STARRED_SALES));
        data.put("faults", faults.stream().map(Page::shown).toList());
        data.put(
                "schema",
                StarSchema.totesys().warehouseTables().stream().map(Page::shown).toList());
        data.put("months", shown(warehouse.query("""
                        SELECT year, month, currency_code, sum(units_sold * unit_price)::numeric(38,2) AS amount
                        FROM current_sales_order JOIN dim_date ON date_id = created_date
                        JOIN dim_currency USING (currency_id) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3""").table()));
        data.put("runs", shownRuns());
        data.put("counts", shown(counts));
        data.put("tenants", tenants);
        return Files.writeString(
                Files.createDirectories(folder).resolve("index.html").toAbsolutePath(),
                HtmlPage.of(Page.class, "page.html").with(new ObjectMapper().writeValueAsString(data)));
    }

    private static Map<String, Object> shown(Fault fault) {
        List<Map<String, Object>> evidence = new ArrayList<>();
        fault.evidence()
                .forEach((caption, found) -> evidence.add(
                        found instanceof Table table
                                ? Map.of("caption", caption, "result", shown(table))
                                : Map.of("caption", caption, "text", found.toString())));
        return Map.of("title", fault.title(), "outcome", fault.outcome(), "evidence", evidence);
    }

    private static Map<String, Object> shown(WarehouseTable table) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("name", table.name());
        shown.put("fact", table.isFact());
        table.recordId().ifPresent(name -> shown.put("recordId", name));
        shown.put("references", table.references());
        shown.put(
                "columns",
                table.schema().columns().stream()
                        .map(column -> Map.of(
                                "name", column.name(),
                                "type", column.type().toString(),
                                "key", !table.isFact() && table.key().contains(column.name())))
                        .toList());
        return shown;
    }

    private List<Map<String, Object>> shownRuns() {
        List<Map<String, Object>> shown = new ArrayList<>();
        runs.forEach((name, run) -> shown.add(Map.of(
                "name",
                name,
                "read",
                run.written(PipelineStep.EXTRACT),
                "loaded",
                run.written(PipelineStep.LOAD),
                "lag",
                run.lag().orElse(Duration.ZERO).toMillis() / 1e3)));
        return shown;
    }

    /** The columns of a table, and its values as texts, so that no digit is lost. */
    private static Map<String, Object> shown(Table table) {
        List<List<String>> rows = new ArrayList<>();
        for (Row row : table) {
            rows.add(row.toMap().values().stream()
                    .map(value -> value == null ? "" : value.toString())
                    .toList());
        }
        return Map.of(
                "columns",
                table.schema().columns().stream()
                        .map(column -> Map.of("name", column.name(), "number", isNumber(column.type())))
                        .toList(),
                "rows",
                rows);
    }

    private static boolean isNumber(ColumnType type) {
        return switch (type.kind()) {
            case INT32, INT64, DECIMAL -> true;
            default -> false;
        };
    }
}
