package io.github.keywharf.sharing.usage;

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
    private static final String ROOT = "ROOT_ID";
    private static final String GRID = "GRID_ID";
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
        add("metadata", new Fields().with("version", VERSION));
        add("databases/" + fileName(databaseName()), database());
        add("datasets/" + fileName(databaseName()) + "/" + fileName(charts.table()), dataset());
        for (UsageChart chart : charts.charts()) {
            add("charts/" + fileName(chart.title()), chart(chart));
        }
        add("dashboards/" + fileName(title), dashboard());
        return files;
    }

    private void add(String path, Fields content) {
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

    private Fields database() {
        Fields engine = new Fields();
        if (uri.startsWith("duckdb:")) {
            engine.with("connect_args", new Fields().with("read_only", true));
        }
        return new Fields()
                .with("database_name", databaseName())
                .with("sqlalchemy_uri", uri)
                .with("expose_in_sqllab", true)
                .with("allow_run_async", false)
                .with("allow_ctas", false)
                .with("allow_cvas", false)
                .with("allow_dml", false)
                .with("allow_csv_upload", false)
                .with(
                        "extra",
                        new Fields()
                                .with("metadata_params", new Fields())
                                .with("engine_params", engine)
                                .with("metadata_cache_timeout", new Fields())
                                .with("schemas_allowed_for_csv_upload", List.of())
                                .with("allows_virtual_table_explore", true))
                .with("uuid", id("database", ""))
                .with("version", VERSION);
    }

    private Fields dataset() {
        List<Fields> columns = new ArrayList<>();
        for (Column column : charts.schema()) {
            ColumnType.Kind kind = column.type().kind();
            boolean isTime = kind == ColumnType.Kind.DATE
                    || kind == ColumnType.Kind.TIMESTAMP
                    || kind == ColumnType.Kind.TIMESTAMP_UTC;
            columns.add(new Fields()
                    .with("column_name", column.name())
                    .with("is_dttm", isTime)
                    .with("is_active", true)
                    .with("type", UsageSql.type(column.type()))
                    .with("groupby", true)
                    .with("filterable", true));
        }
        List<Fields> metrics = new ArrayList<>();
        charts.measures()
                .values()
                .forEach(measure -> metrics.add(new Fields()
                        .with("metric_name", measure.name())
                        .with("verbose_name", measure.title())
                        .with("expression", UsageSql.expression(measure))));
        return new Fields()
                .with("table_name", charts.table().replace('.', '_') + "_charts")
                .with("main_dttm_col", charts.time())
                .with("offset", 0)
                .with("sql", UsageSql.dataset(charts))
                .with("filter_select_enabled", true)
                .with("uuid", id("dataset", charts.table()))
                .with("metrics", metrics)
                .with("columns", columns)
                .with("version", VERSION)
                .with("database_uuid", id("database", ""));
    }

    private Fields chart(UsageChart chart) {
        boolean isTotal = chart.shape() == UsageChart.Shape.TOTAL;
        String type = isTotal ? "big_number_total" : "echarts_timeseries_bar";
        String metric = chart.measure().name();
        Fields params = new Fields().with("viz_type", type).with("adhoc_filters", filters(chart.measure()));
        if (isTotal) {
            params.with("metric", metric).with("header_font_size", 0.4).with("subheader_font_size", 0.15);
        } else {
            params.with("metrics", List.of(metric)).with("order_desc", true).with("color_scheme", "supersetColors");
        }
        switch (chart.shape()) {
            case TOTAL -> {}
            case TREND ->
                params.with("x_axis", charts.time())
                        .with("time_grain_sqla", "P1D")
                        .with("groupby", chart.by().map(List::of).orElse(List.of()))
                        .with("limit", UsageChart.MAX_SERIES)
                        .with("timeseries_limit_metric", metric)
                        .with("row_limit", 10_000)
                        .with("stack", "Stack")
                        .with("show_legend", chart.by().isPresent())
                        .with("rich_tooltip", true)
                        .with("x_axis_time_format", "smart_date")
                        .with("orientation", "vertical");
            case RANKING ->
                params.with("x_axis", chart.by().orElseThrow())
                        .with("x_axis_sort", metric)
                        .with("x_axis_sort_asc", true)
                        .with("groupby", List.of())
                        .with("row_limit", UsageChart.MAX_BARS)
                        .with("show_legend", false)
                        .with("show_value", true)
                        .with("orientation", "horizontal");
        }
        return new Fields()
                .with("slice_name", chart.title())
                .with("viz_type", type)
                .with("params", params.with("y_axis_format", "SMART_NUMBER"))
                .with("uuid", id("chart", chart.title()))
                .with("version", VERSION)
                .with("dataset_uuid", id("dataset", charts.table()));
    }

    /** Only rows of the measure, so that no text of a column is shown which has none; and the time, for the dashboard's filter. */
    private List<Fields> filters(UsageMeasure measure) {
        List<Fields> filters = new ArrayList<>();
        filters.add(filter(charts.time(), "TEMPORAL_RANGE", "No filter"));
        measure.where().forEach((column, values) -> filters.add(filter(column, "IN", values)));
        return filters;
    }

    private static Fields filter(String column, String operator, Object value) {
        return new Fields()
                .with("clause", "WHERE")
                .with("expressionType", "SIMPLE")
                .with("subject", column)
                .with("operator", operator)
                .with("comparator", value);
    }

    private Fields dashboard() {
        Fields timeRange = new Fields()
                .with("id", "NATIVE_FILTER-" + id("filter", "time").substring(0, 8))
                .with("name", "Time range")
                .with("type", "NATIVE_FILTER")
                .with("filterType", "filter_time")
                .with("targets", List.of(new Fields()))
                .with(
                        "defaultDataMask",
                        new Fields().with("extraFormData", new Fields()).with("filterState", new Fields()))
                .with("controlValues", new Fields().with("enableEmptyFilter", false))
                .with("cascadeParentIds", List.of())
                .with("scope", new Fields().with("rootPath", List.of(ROOT)).with("excluded", List.of()))
                .with("description", "");
        return new Fields()
                .with("dashboard_title", dashboardTitle())
                .with("uuid", id("dashboard", ""))
                .with("position", position())
                .with(
                        "metadata",
                        new Fields()
                                .with("timed_refresh_immune_slices", List.of())
                                .with("expanded_slices", new Fields())
                                .with("refresh_frequency", 0)
                                .with("color_scheme", "supersetColors")
                                .with("native_filter_configuration", List.of(timeRange)))
                .with("version", VERSION);
    }

    private String dashboardTitle() {
        return title + ": " + tenant;
    }

    /** Charts of one height side by side, twelve columns wide. */
    private Fields position() {
        List<String> rows = new ArrayList<>();
        Fields position = new Fields()
                .with("DASHBOARD_VERSION_KEY", "v2")
                .with(ROOT, node("ROOT", ROOT, List.of(GRID)))
                .with(GRID, node("GRID", GRID, rows).with("parents", List.of(ROOT)))
                .with(
                        "HEADER_ID",
                        new Fields()
                                .with("type", "HEADER")
                                .with("id", "HEADER_ID")
                                .with("meta", new Fields().with("text", dashboardTitle())));
        List<String> inRow = new ArrayList<>();
        int left = 0;
        boolean totals = false;
        int number = 0;
        for (UsageChart chart : charts.charts()) {
            boolean isTotal = chart.shape() == UsageChart.Shape.TOTAL;
            int width = isTotal ? 3 : 6;
            if (left < width || isTotal != totals) {
                String row = "ROW-" + (rows.size() + 1);
                inRow = new ArrayList<>();
                rows.add(row);
                position.with(
                        row,
                        node("ROW", row, inRow)
                                .with("parents", List.of(ROOT, GRID))
                                .with("meta", new Fields().with("background", "BACKGROUND_TRANSPARENT")));
                left = COLUMNS;
                totals = isTotal;
            }
            left -= width;
            number++;
            String id = "CHART-" + number;
            inRow.add(id);
            position.with(
                    id,
                    node("CHART", id, List.of())
                            .with("parents", List.of(ROOT, GRID, rows.get(rows.size() - 1)))
                            .with(
                                    "meta",
                                    new Fields()
                                            .with("chartId", number)
                                            .with("uuid", id("chart", chart.title()))
                                            .with("sliceName", chart.title())
                                            .with("width", width)
                                            .with("height", isTotal ? 18 : 50)));
        }
        return position;
    }

    private static Fields node(String type, String id, List<String> children) {
        return new Fields().with("type", type).with("id", id).with("children", children);
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

    /** Fields in their order. */
    private static final class Fields extends LinkedHashMap<String, Object> {
        private static final long serialVersionUID = 1L;

        Fields with(String name, Object value) {
            put(name, value);
            return this;
        }
    }
}
