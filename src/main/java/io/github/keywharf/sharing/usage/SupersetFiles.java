package io.github.keywharf.sharing.usage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.table.Column;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * The files of a bundle, as Superset's {@code ImportV1…Schema} classes and the importers behind them want them: no field that one of
 * the versions from 3 on does not know, and all that they take without asking. There is no {@code type} in the metadata, so that
 * the import of dashboards and that of assets both take it. Their fields are in {@code superset.json}, where {@code $name} stands
 * for a value.
 */
final class SupersetFiles {
    private static final Map<String, Object> TEMPLATES = templates();
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

    private static Map<String, Object> templates() {
        try (InputStream in = SupersetFiles.class.getResourceAsStream("superset.json")) {
            return new JsonMapper()
                    .readValue(Objects.requireNonNull(in), new TypeReference<LinkedHashMap<String, Object>>() {});
        } catch (IOException e) {
            throw new UncheckedIOException("The library lacks its own file superset.json", e);
        }
    }

    /** A template with its values. */
    private static Map<?, ?> filled(String template, Map<String, ?> values) {
        return (Map<?, ?>) value(Objects.requireNonNull(TEMPLATES.get(template), template), values);
    }

    private static Object value(Object part, Map<String, ?> values) {
        if (part instanceof Map<?, ?> map) {
            Map<Object, Object> filled = new LinkedHashMap<>();
            map.forEach((name, inner) -> filled.put(name, value(inner, values)));
            return filled;
        }
        if (part instanceof List<?> list) {
            return list.stream().map(inner -> value(inner, values)).toList();
        }
        return part instanceof String text && text.startsWith("$")
                ? Objects.requireNonNull(values.get(text.substring(1)), text)
                : part;
    }

    Map<String, String> all() {
        add("metadata", filled("metadata", Map.of()));
        add("databases/" + fileName(databaseName()), database());
        add("datasets/" + fileName(databaseName()) + "/" + fileName(charts.table()), dataset());
        for (UsageChart chart : charts.charts()) {
            add("charts/" + fileName(chart.title()), chart(chart));
        }
        add("dashboards/" + fileName(title), dashboard());
        return files;
    }

    private void add(String path, Map<?, ?> content) {
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

    private Map<?, ?> database() {
        Map<String, ?> engine =
                uri.startsWith("duckdb:") ? Map.of("connect_args", Map.of("read_only", true)) : Map.of();
        return filled(
                "database", Map.of("name", databaseName(), "uri", uri, "engine", engine, "uuid", id("database", "")));
    }

    private Map<?, ?> dataset() {
        List<Map<?, ?>> columns = new ArrayList<>();
        for (Column column : charts.schema()) {
            boolean isTime = switch (column.type().kind()) {
                case DATE, TIMESTAMP, TIMESTAMP_UTC -> true;
                default -> false;
            };
            String type = UsageSql.type(column.type());
            columns.add(filled("column", Map.of("name", column.name(), "isTime", isTime, "type", type)));
        }
        List<Map<?, ?>> metrics = new ArrayList<>();
        for (UsageMeasure measure : charts.measures().values()) {
            String expression = UsageSql.expression(measure);
            metrics.add(filled(
                    "metric", Map.of("name", measure.name(), "title", measure.title(), "expression", expression)));
        }
        return filled(
                "dataset",
                Map.of(
                        "name", charts.table().replace('.', '_') + "_charts",
                        "time", charts.time(),
                        "sql", UsageSql.dataset(charts),
                        "uuid", id("dataset", charts.table()),
                        "metrics", metrics,
                        "columns", columns,
                        "database", id("database", "")));
    }

    private Map<?, ?> chart(UsageChart chart) {
        Map<String, Object> values = new HashMap<>();
        values.put("filters", filters(chart.measure()));
        values.put("metric", chart.measure().name());
        values.put("time", charts.time());
        values.put("isSplit", chart.by().isPresent());
        if (chart.shape() == UsageChart.Shape.RANKING) {
            values.put("by", chart.by().orElseThrow());
            values.put("limit", UsageChart.MAX_BARS);
        } else {
            values.put("by", chart.by().map(List::of).orElse(List.of()));
            values.put("limit", UsageChart.MAX_SERIES);
        }
        Map<?, ?> params = filled(chart.shape().name(), values);
        return filled(
                "chart",
                Map.of(
                        "title", chart.title(),
                        "type", Objects.requireNonNull(params.get("viz_type")),
                        "params", params,
                        "uuid", id("chart", chart.title()),
                        "dataset", id("dataset", charts.table())));
    }

    /** Only rows of the measure, so that no text of a column is shown which has none; and the time, for the dashboard's filter. */
    private List<Map<?, ?>> filters(UsageMeasure measure) {
        List<Map<?, ?>> filters = new ArrayList<>();
        filters.add(filter(charts.time(), "TEMPORAL_RANGE", "No filter"));
        measure.where().forEach((column, values) -> filters.add(filter(column, "IN", values)));
        return filters;
    }

    private static Map<?, ?> filter(String column, String operator, Object value) {
        return filled("filter", Map.of("column", column, "operator", operator, "value", value));
    }

    private Map<?, ?> dashboard() {
        String shown = title + ": " + tenant;
        return filled(
                "dashboard",
                Map.of(
                        "title",
                        shown,
                        "uuid",
                        id("dashboard", ""),
                        "position",
                        position(shown),
                        "filter",
                        "NATIVE_FILTER-" + id("filter", "time").substring(0, 8)));
    }

    /** Charts of one height side by side, twelve columns wide. */
    private Map<?, ?> position(String shown) {
        List<String> rows = new ArrayList<>();
        Map<String, Object> cells = new LinkedHashMap<>();
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
                cells.put(row, filled("row", Map.of("id", row, "charts", inRow)));
                left = COLUMNS;
                totals = isTotal;
            }
            left -= width;
            number++;
            String id = "CHART-" + number;
            inRow.add(id);
            cells.put(
                    id,
                    filled(
                            "cell",
                            Map.of(
                                    "id",
                                    id,
                                    "row",
                                    rows.get(rows.size() - 1),
                                    "number",
                                    number,
                                    "uuid",
                                    id("chart", chart.title()),
                                    "title",
                                    chart.title(),
                                    "width",
                                    width,
                                    "height",
                                    isTotal ? 18 : 50)));
        }
        Map<Object, Object> position = new LinkedHashMap<>(filled("position", Map.of("rows", rows, "title", shown)));
        position.putAll(cells);
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
}
