package io.github.keywharf.sharing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * The files of a bundle, as Superset's {@code ImportV1…Schema} classes and the importers behind them want them: no field that one of
 * the versions from 3 on does not know, and all that they take without asking. There is no {@code type} in the metadata, so that
 * the import of dashboards and that of assets both take it.
 */
final class SupersetFiles {

    private static final String VERSION = "1.0.0";
    private static final UUID NAMESPACE = UUID.fromString("6d0fc1a4-3f5e-5c39-9b1f-6a3f3d0f8f6e");
    private static final int COLUMNS = 12;
    private static final int UUID_BYTES = 16;
    private static final int MAX_FILE_NAME = 60;

    private final String tenant;
    private final String title;
    private final String uri;
    private final UsageCharts charts;
    private final Map<String, String> files = new LinkedHashMap<>();

    SupersetFiles(String tenant, String title, String uri, UsageCharts charts) {
        this.tenant = tenant;
        this.title = title;
        this.uri = uri;
        this.charts = charts;
    }

    Map<String, String> all() {
        add("metadata", map("version", VERSION));
        add("databases/" + fileName(databaseName()), database());
        add("datasets/" + fileName(databaseName()) + "/" + fileName(charts.table()), dataset());
        for (UsageChart chart : charts.charts()) {
            add("charts/" + fileName(chart.title()), chart(chart));
        }
        add("dashboards/" + fileName(title), dashboard());
        return files;
    }

    private void add(String path, Map<String, Object> content) {
        String name = "usage_" + fileName(tenant) + "/" + path;
        String free = name;
        for (int i = 2; files.containsKey(free + ".yaml"); i++) {
            free = name + "_" + i;
        }
        files.put(free + ".yaml", YamlText.of(content));
    }

    private String databaseName() {
        return "Usage of " + tenant;
    }

    private static String fileName(String name) {
        String plain = name.replaceAll("[^A-Za-z0-9]+", "_");
        String cut = plain.substring(0, Math.min(plain.length(), MAX_FILE_NAME));
        // Superset passes over files whose names begin so.
        return cut.startsWith("_") ? "n" + cut : cut;
    }

    private Map<String, Object> database() {
        Map<String, Object> engine =
                uri.startsWith("duckdb:") ? map("connect_args", map("read_only", true)) : map();
        return map(
                "database_name", databaseName(),
                "sqlalchemy_uri", uri,
                "cache_timeout", null,
                "expose_in_sqllab", true,
                "allow_run_async", false,
                "allow_ctas", false,
                "allow_cvas", false,
                "allow_dml", false,
                "allow_csv_upload", false,
                "extra",
                map(
                        "metadata_params", map(),
                        "engine_params", engine,
                        "metadata_cache_timeout", map(),
                        "schemas_allowed_for_csv_upload", List.of(),
                        "allows_virtual_table_explore", true),
                "uuid", id("database", ""),
                "version", VERSION);
    }

    private Map<String, Object> dataset() {
        List<Object> columns = new ArrayList<>();
        for (Column column : charts.schema()) {
            ColumnType.Kind kind = column.type().kind();
            boolean isTime = kind == ColumnType.Kind.DATE
                    || kind == ColumnType.Kind.TIMESTAMP
                    || kind == ColumnType.Kind.TIMESTAMP_UTC;
            columns.add(map(
                    "column_name", column.name(),
                    "verbose_name", null,
                    "is_dttm", isTime,
                    "is_active", true,
                    "type", UsageSql.type(column.type()),
                    "groupby", true,
                    "filterable", true,
                    "expression", null,
                    "description", null,
                    "python_date_format", null));
        }
        List<Object> metrics = new ArrayList<>();
        charts.measures()
                .values()
                .forEach(measure -> metrics.add(map(
                        "metric_name", measure.name(),
                        "verbose_name", measure.title(),
                        "metric_type", null,
                        "expression", UsageSql.expression(measure),
                        "description", null,
                        "d3format", null,
                        "extra", null,
                        "warning_text", null)));
        return map(
                "table_name", charts.table().replace('.', '_') + "_charts",
                "main_dttm_col", charts.time(),
                "description", null,
                "default_endpoint", null,
                "offset", 0,
                "cache_timeout", null,
                "schema", null,
                "sql", UsageSql.dataset(charts),
                "params", null,
                "template_params", null,
                "filter_select_enabled", true,
                "fetch_values_predicate", null,
                "extra", null,
                "uuid", id("dataset", charts.table()),
                "metrics", metrics,
                "columns", columns,
                "version", VERSION,
                "database_uuid", id("database", ""));
    }

    private Map<String, Object> chart(UsageChart chart) {
        String type = chart.shape() == UsageChart.Shape.TOTAL ? "big_number_total" : "echarts_timeseries_bar";
        Map<String, Object> params = map("viz_type", type, "adhoc_filters", filters(chart.measure()));
        String metric = chart.measure().name();
        switch (chart.shape()) {
            case TOTAL ->
                params.putAll(map("metric", metric, "header_font_size", 0.4, "subheader_font_size", 0.15));
            case TREND ->
                params.putAll(map(
                        "x_axis", charts.time(),
                        "time_grain_sqla", "P1D",
                        "metrics", List.of(metric),
                        "groupby", chart.by().map(List::of).orElse(List.of()),
                        "limit", UsageChart.MAX_SERIES,
                        "timeseries_limit_metric", metric,
                        "order_desc", true,
                        "row_limit", 10_000,
                        "stack", "Stack",
                        "show_legend", chart.by().isPresent(),
                        "rich_tooltip", true,
                        "x_axis_time_format", "smart_date",
                        "orientation", "vertical",
                        "color_scheme", "supersetColors"));
            case RANKING ->
                params.putAll(map(
                        "x_axis", chart.by().orElseThrow(),
                        "x_axis_sort", metric,
                        "x_axis_sort_asc", true,
                        "metrics", List.of(metric),
                        "groupby", List.of(),
                        "order_desc", true,
                        "row_limit", UsageChart.MAX_BARS,
                        "show_legend", false,
                        "show_value", true,
                        "orientation", "horizontal",
                        "color_scheme", "supersetColors"));
        }
        params.put("y_axis_format", "SMART_NUMBER");
        return map(
                "slice_name", chart.title(),
                "viz_type", type,
                "params", params,
                "cache_timeout", null,
                "uuid", id("chart", chart.title()),
                "version", VERSION,
                "dataset_uuid", id("dataset", charts.table()));
    }

    /** Only rows of the measure, so that no text of a column is shown which has none; and the time, for the dashboard's filter. */
    private List<Object> filters(UsageMeasure measure) {
        List<Object> filters = new ArrayList<>();
        filters.add(map(
                "clause", "WHERE",
                "expressionType", "SIMPLE",
                "subject", charts.time(),
                "operator", "TEMPORAL_RANGE",
                "comparator", "No filter"));
        measure.where()
                .forEach((column, values) -> filters.add(map(
                        "clause", "WHERE",
                        "expressionType", "SIMPLE",
                        "subject", column,
                        "operator", "IN",
                        "operatorId", "IN",
                        "comparator", values)));
        return filters;
    }

    private Map<String, Object> dashboard() {
        Map<String, Object> filter = map(
                "id", "NATIVE_FILTER-" + id("filter", "time").substring(0, 8),
                "name", "Time range",
                "type", "NATIVE_FILTER",
                "filterType", "filter_time",
                "targets", List.of(map()),
                "defaultDataMask", map("extraFormData", map(), "filterState", map()),
                "controlValues", map("enableEmptyFilter", false),
                "cascadeParentIds", List.of(),
                "scope", map("rootPath", List.of("ROOT_ID"), "excluded", List.of()),
                "description", "");
        return map(
                "dashboard_title", title + ": " + tenant,
                "description", null,
                "css", "",
                "slug", null,
                "uuid", id("dashboard", ""),
                "position", position(),
                "metadata",
                map(
                        "timed_refresh_immune_slices", List.of(),
                        "expanded_slices", map(),
                        "refresh_frequency", 0,
                        "color_scheme", "supersetColors",
                        "native_filter_configuration", List.of(filter)),
                "version", VERSION);
    }

    /** Charts of one height side by side, twelve columns wide. */
    private Map<String, Object> position() {
        Map<String, Object> position = map("DASHBOARD_VERSION_KEY", "v2");
        position.put("ROOT_ID", map("type", "ROOT", "id", "ROOT_ID", "children", List.of("GRID_ID")));
        List<String> rows = new ArrayList<>();
        position.put(
                "GRID_ID",
                map("type", "GRID", "id", "GRID_ID", "children", rows, "parents", List.of("ROOT_ID")));
        position.put(
                "HEADER_ID", map("type", "HEADER", "id", "HEADER_ID", "meta", map("text", title + ": " + tenant)));
        List<String> inRow = new ArrayList<>();
        int left = 0;
        boolean isTotal = false;
        int number = 0;
        for (UsageChart chart : charts.charts()) {
            boolean total = chart.shape() == UsageChart.Shape.TOTAL;
            int width = total ? 3 : 6;
            if (left < width || total != isTotal) {
                String row = "ROW-" + (rows.size() + 1);
                inRow = new ArrayList<>();
                rows.add(row);
                position.put(
                        row,
                        map(
                                "type", "ROW",
                                "id", row,
                                "children", inRow,
                                "parents", List.of("ROOT_ID", "GRID_ID"),
                                "meta", map("background", "BACKGROUND_TRANSPARENT")));
                left = COLUMNS;
                isTotal = total;
            }
            left -= width;
            number++;
            String id = "CHART-" + number;
            inRow.add(id);
            position.put(
                    id,
                    map(
                            "type", "CHART",
                            "id", id,
                            "children", List.of(),
                            "parents", List.of("ROOT_ID", "GRID_ID", rows.get(rows.size() - 1)),
                            "meta",
                            map(
                                    "chartId", number,
                                    "uuid", id("chart", chart.title()),
                                    "sliceName", chart.title(),
                                    "width", width,
                                    "height", total ? 18 : 50)));
        }
        return position;
    }

    /** A UUID by name, version 5, that no other tenant's thing and no other thing of this tenant has. */
    private String id(String kind, String name) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Each Java platform has SHA-1", e);
        }
        digest.update(ByteBuffer.allocate(UUID_BYTES)
                .putLong(NAMESPACE.getMostSignificantBits())
                .putLong(NAMESPACE.getLeastSignificantBits())
                .array());
        digest.update((tenant + '\0' + kind + '\0' + name).getBytes(UTF_8));
        ByteBuffer hash = ByteBuffer.wrap(digest.digest());
        long high = (hash.getLong() & 0xffffffffffff0fffL) | 0x5000L;
        long low = (hash.getLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }

    private static Map<String, Object> map(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }
}
