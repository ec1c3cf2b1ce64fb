package io.github.keywharf.sharing.usage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.keywharf.query.duckdb.DuckDbFile;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.PostgresServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SupersetBundleTest {
    private static final String DUCKDB = "duckdb:////data/acme.duckdb";

    private static SupersetBundle.Builder acme() {
        return SupersetBundle.builder().tenant("acme").database(DUCKDB);
    }

    @Test
    void superset_takes_a_database_a_dataset_charts_and_a_dashboard() {
        SupersetRules bundle = SupersetRules.of(acme().build().bytes());

        assertThat(bundle.faults).isEmpty();
        assertThat(bundle.files.keySet())
                .contains(
                        "metadata.yaml",
                        "databases/Usage_of_acme.yaml",
                        "datasets/Usage_of_acme/platform_aggregated_usage.yaml",
                        "charts/Rows_by_day.yaml",
                        "dashboards/Platform_usage.yaml");
        assertThat(bundle.folder("charts"))
                .hasSize(UsageCharts.platform().charts().size());
        assertThat(bundle.files.get("metadata.yaml")).containsOnlyKeys("version");
        assertThat(bundle.files.get("dashboards/Platform_usage.yaml"))
                .containsEntry("dashboard_title", "Platform usage: acme");
    }

    @Test
    void each_field_too_many_and_each_one_that_is_missing_is_refused() {
        Map<String, String> files = acme().build().files();
        files.forEach((path, text) -> {
            Map<String, String> more = new LinkedHashMap<>(files);
            more.put(path, text + "surprise: 1\n");
            assertThat(SupersetRules.of(more).faults).singleElement().asString().contains("surprise is unknown");
            Map<String, String> less = new LinkedHashMap<>(files);
            less.put(path, text.replaceFirst("(?m)^(uuid|version): .*\n", ""));
            assertThat(SupersetRules.of(less).faults)
                    .as(path)
                    .singleElement()
                    .asString()
                    .contains("is missing");
        });
    }

    @Test
    void the_same_input_gives_the_same_bytes_in_every_time_zone() {
        byte[] here = acme().build().bytes();
        TimeZone zone = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
            assertThat(acme().build().bytes()).isEqualTo(here);
        } finally {
            TimeZone.setDefault(zone);
        }
    }

    @Test
    void ids_stay_when_the_database_moves_and_are_other_ones_for_another_tenant() {
        List<Object> ids = ids(acme().build());

        assertThat(ids(acme().database("postgresql://reader@db/usage")
                        .title("Usage")
                        .build()))
                .isEqualTo(ids);
        assertThat(ids(acme().tenant("Acme").build())).doesNotContainAnyElementsOf(ids);
        assertThat(ids).hasSize(12).allMatch(id -> id.toString().charAt(14) == '5');
    }

    private static List<Object> ids(SupersetBundle bundle) {
        return SupersetRules.of(bundle.bytes()).files.values().stream()
                .filter(file -> file.containsKey("uuid"))
                .map(file -> file.get("uuid"))
                .toList();
    }

    @Test
    void a_file_of_duckdb_is_opened_for_reading_only() {
        assertThat(database(acme().build()).get("extra").toString()).contains("connect_args={read_only=true}");
        assertThat(database(acme().database("postgresql://db/usage").build())
                        .get("extra")
                        .toString())
                .doesNotContain("read_only");
    }

    private static Map<String, Object> database(SupersetBundle bundle) {
        return SupersetRules.of(bundle.bytes()).files.get("databases/Usage_of_acme.yaml");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://reader:hunter2@db/usage",
                "postgresql://reader:hun/ter2@db/usage",
                "postgresql://reader:hunt@er2@db/usage",
                "postgresql://db/usage?user=reader&password=hunter2",
                "duckdb:///md:usage?motherduck_token=hunter2",
                "databricks://token:hunter2@host",
                "hunter2",
                "postgresql://db/usage\nhunter2"
            })
    void a_uri_with_a_secret_is_refused_and_not_shown(String uri) {
        assertThatThrownBy(() -> acme().database(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("ter2")
                .hasMessageNotContaining("reader:");
    }

    @Test
    void superset_asks_for_the_password_of_a_user() {
        assertThat(database(acme().database("postgresql+psycopg2://reader@db.example.com:5432/usage?sslmode=require")
                        .build()))
                .containsEntry(
                        "sqlalchemy_uri",
                        "postgresql+psycopg2://reader:XXXXXXXXXX@db.example.com:5432/usage?sslmode=require")
                .doesNotContainKey("password");
    }

    @Test
    void names_of_any_kind_are_files_and_texts() {
        UsageMeasure amount = UsageMeasure.sum("amount", "Σ: \"amount\"", "amount");
        UsageCharts charts = UsageCharts.of(
                "usage.platform",
                UsageLog.SCHEMA,
                "period_start",
                UsageChart.total(amount),
                UsageChart.trend("a/b", amount),
                UsageChart.trend("a b", amount),
                UsageChart.trend("a_b", amount),
                UsageChart.trend("../../x", amount),
                UsageChart.trend("on", amount),
                UsageChart.ranking("- y: {z} # 🐘", amount, "activity"));
        SupersetRules bundle = SupersetRules.of(
                acme().tenant("Ünï 'corp'").charts(charts).build().bytes());

        assertThat(bundle.faults).isEmpty();
        assertThat(bundle.folder("charts").values())
                .extracting(chart -> chart.get("slice_name"))
                .containsExactly("Σ: \"amount\"", "a/b", "a b", "a_b", "../../x", "on", "- y: {z} # 🐘");
        assertThat(bundle.files.keySet()).allMatch(path -> path.matches("[A-Za-z0-9_]+(/[A-Za-z0-9_]+){0,2}\\.yaml"));
        assertThat(bundle.folder("datasets")
                        .values()
                        .iterator()
                        .next()
                        .get("sql")
                        .toString())
                .endsWith("FROM \"usage\".\"platform\"");
    }

    @Property(tries = 300)
    void yaml_reads_back_as_it_was(@ForAll("documents") Map<String, Object> document) {
        assertThat(SupersetRules.parse(YamlText.of(document))).isEqualTo(document);
    }

    @Provide
    Arbitrary<Map<String, Object>> documents() {
        return maps(3);
    }

    private static Arbitrary<Map<String, Object>> maps(int depth) {
        return Arbitraries.maps(texts(), values(depth)).ofMaxSize(3);
    }

    /** Values of at most {@code depth} levels of lists and maps: an unbounded generator can fill the heap. */
    private static Arbitrary<Object> values(int depth) {
        Arbitrary<Object> scalars = Arbitraries.oneOf(
                texts().map(text -> text),
                Arbitraries.integers().map(number -> number),
                Arbitraries.of(true, false).map(flag -> flag));
        return depth == 0
                ? scalars
                : Arbitraries.oneOf(
                        scalars,
                        values(depth - 1).list().ofMaxSize(3).map(list -> list),
                        maps(depth - 1).map(map -> map));
    }

    private static Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings()
                        .excludeChars('\0', '\uffff', '\ufffe')
                        .ofMaxLength(60)
                        .filter(SupersetBundleTest::isWhole),
                Arbitraries.of(
                        "yes",
                        "No",
                        "null",
                        "1",
                        "1.0.0",
                        "0x1f",
                        "~",
                        "2026-01-01",
                        "- a",
                        "a: b",
                        "#",
                        " a",
                        "a ",
                        "="));
    }

    private static boolean isWhole(String text) {
        return text.codePoints().noneMatch(c -> Character.getType(c) == Character.SURROGATE);
    }

    @Test
    void pyyaml_with_which_superset_reads_reads_the_same(@TempDir Path folder) throws Exception {
        assumeTrue(hasPyYaml(), "python3 has no PyYAML; install python3-yaml");
        SupersetBundle bundle = acme().tenant("Ünï 'corp' 🐘: on").build();
        String text =
                bundle.files().values().stream().map(each -> "---\n" + each).collect(Collectors.joining());
        Path yaml = Files.writeString(folder.resolve("all.yaml"), text);
        Path json = folder.resolve("all.json");
        Process python = new ProcessBuilder(
                        "python3",
                        "-c",
                        "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1], encoding='utf-8')))))",
                        yaml.toString())
                .redirectOutput(json.toFile())
                .start();
        assertThat(python.waitFor(2, TimeUnit.MINUTES)).isTrue();

        JsonMapper mapper = JsonMapper.builder().build();
        assertThat(mapper.readTree(json.toFile()))
                .isEqualTo(mapper.valueToTree(
                        List.copyOf(SupersetRules.of(bundle.bytes()).files.values())));
    }

    private static boolean hasPyYaml() throws InterruptedException {
        try {
            return new ProcessBuilder("python3", "-c", "import yaml")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** The platform's charts, and one whose texts would be something else in SQL if they were not quoted. */
    private static final List<UsageCharts> CHARTS = List.of(
            UsageCharts.platform().withTable("usage." + UsageLog.TABLE),
            UsageCharts.of(
                    "usage." + UsageLog.TABLE,
                    UsageLog.SCHEMA,
                    "period_start",
                    UsageChart.total(UsageMeasure.sum("odd", "Odd", "amount")
                            .where("activity", "it's <b>odd</b>", "x') OR ('1'='1", "'; DROP TABLE usage; --")),
                    UsageChart.total(UsageMeasure.sum("former", "Former", "amount")
                            .where("activity", "BatchEvent.FileChanged.done"))));

    @Test
    void each_chart_has_the_same_numbers_in_duckdb_as_on_the_page(@TempDir Path folder) throws SQLException {
        Path file = folder.resolve("acme.duckdb");
        try (DuckDbFile landed = DuckDbFile.replace(file)) {
            landed.table("usage", UsageLog.TABLE, SampleUsage.rows(SampleUsage.some()));
            landed.commit();
        }
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:" + file)) {
            assertSameNumbersAsOnThePage(duckdb);
        }
    }

    @Test
    void each_chart_has_the_same_numbers_in_postgresql_as_on_the_page() throws SQLException {
        try (PostgresServer server = PostgresServer.start();
                Connection postgres = server.connection("postgres");
                Statement statement = postgres.createStatement()) {
            statement.execute("CREATE SCHEMA usage");
            statement.execute(
                    "CREATE TABLE usage." + UsageLog.TABLE + " (client_space_uid text, period_start timestamptz,"
                            + " activity text, level text, measure text, unit text, amount bigint)");
            try (PreparedStatement insert = postgres.prepareStatement(
                    "INSERT INTO usage." + UsageLog.TABLE + " VALUES (?, ?, ?, ?, ?, ?, ?)")) {
                for (SampleUsage usage : SampleUsage.some()) {
                    insert.setString(1, usage.clientSpaceUid());
                    insert.setObject(2, usage.periodStart().atOffset(ZoneOffset.UTC));
                    insert.setString(3, usage.activity());
                    insert.setString(4, usage.level());
                    insert.setString(5, usage.measure());
                    insert.setString(6, usage.unit());
                    insert.setLong(7, usage.amount());
                    insert.executeUpdate();
                }
            }
            assertSameNumbersAsOnThePage(postgres);
        }
    }

    /** As Superset builds queries: the dataset's SQL as a table, filters, the time grain of a day, and the metric. */
    private static void assertSameNumbersAsOnThePage(Connection database) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute("SET TimeZone = 'America/New_York'");
            for (UsageCharts charts : CHARTS) {
                SupersetRules bundle =
                        SupersetRules.of(acme().charts(charts).build().bytes());
                Map<String, Object> dataset =
                        bundle.folder("datasets").values().iterator().next();
                int at = 0;
                for (ChartFigures figures : ChartFigures.of(charts, SampleUsage.rows(SampleUsage.some()))) {
                    Map<String, Object> chart =
                            List.copyOf(bundle.folder("charts").values()).get(at++);
                    Map<String, BigDecimal> found = run(statement, dataset, chart);
                    Map<String, BigDecimal> shown = shown(figures);

                    assertThat(found.keySet()).as(figures.chart().title()).isEqualTo(shown.keySet());
                    shown.forEach((key, value) -> assertThat(found.get(key))
                            .as(figures.chart().title() + ", " + key)
                            .isCloseTo(value, within(new BigDecimal("0.00001"))));
                }
            }
        }
    }

    private static Map<String, BigDecimal> shown(ChartFigures figures) {
        Map<String, BigDecimal> shown = new LinkedHashMap<>();
        switch (figures.chart().shape()) {
            case TOTAL -> shown.put("", figures.total());
            case RANKING -> shown.putAll(figures.ranking(UsageChart.MAX_BARS));
            case TREND -> {
                for (Map.Entry<LocalDate, Map<String, BigDecimal>> day :
                        figures.trend(UsageChart.MAX_SERIES).entrySet()) {
                    day.getValue().forEach((text, value) -> {
                        if (value.signum() != 0) {
                            shown.put(day.getKey() + " " + text, value);
                        }
                    });
                }
            }
        }
        return shown;
    }

    private static Map<String, BigDecimal> run(
            Statement statement, Map<String, Object> dataset, Map<String, Object> chart) throws SQLException {
        Map<?, ?> params = (Map<?, ?>) chart.get("params");
        String metric = params.containsKey("metric")
                ? params.get("metric").toString()
                : ((List<?>) params.get("metrics")).get(0).toString();
        String expression = ((List<?>) dataset.get("metrics"))
                .stream()
                        .map(each -> (Map<?, ?>) each)
                        .filter(each -> metric.equals(each.get("metric_name")))
                        .map(each -> each.get("expression").toString())
                        .findFirst()
                        .orElseThrow();
        List<String> keys = new ArrayList<>();
        if (params.containsKey("x_axis")) {
            keys.add(
                    params.get("x_axis").equals(dataset.get("main_dttm_col"))
                            ? "CAST(DATE_TRUNC('day', " + params.get("x_axis") + ") AS DATE)"
                            : params.get("x_axis").toString());
            ((List<?>) params.get("groupby")).forEach(column -> keys.add(column.toString()));
        }
        List<String> where = new ArrayList<>(List.of("TRUE"));
        for (Object each : (List<?>) params.get("adhoc_filters")) {
            Map<?, ?> filter = (Map<?, ?>) each;
            if (filter.get("operator").equals("IN")) {
                where.add(((List<?>) filter.get("comparator"))
                        .stream()
                                .map(text -> "'" + text.toString().replace("'", "''") + "'")
                                .collect(Collectors.joining(", ", filter.get("subject") + " IN (", ")")));
            }
        }
        String sql = "SELECT " + (keys.isEmpty() ? "''" : String.join(" || ' ' || ", keys)) + ", " + expression
                + " AS m FROM (" + dataset.get("sql") + ") AS virtual_table WHERE " + String.join(" AND ", where)
                + (keys.isEmpty() ? "" : " GROUP BY " + String.join(", ", keys)) + " ORDER BY m DESC LIMIT "
                + params.toString().replaceAll(".*row_limit=(\\d+).*", "$1").replaceAll("\\D+", "1");
        Map<String, BigDecimal> found = new LinkedHashMap<>();
        try (ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.put(rows.getString(1), new BigDecimal(rows.getString(2)));
            }
        }
        return found;
    }

    @Test
    void charts_that_do_not_fit_the_columns_are_refused() {
        Schema schema = Schema.of(
                Column.required("day", ColumnType.DATE),
                Column.required("app", ColumnType.STRING),
                Column.required("n", ColumnType.INT32));
        UsageMeasure n = UsageMeasure.sum("n", "N", "n");

        assertThat(UsageCharts.of("t", schema, "day", UsageChart.trend("a", n, "app")))
                .hasToString("UsageCharts[t, 1 charts]");
        assertThatThrownBy(() -> UsageCharts.of("t", schema, "app", UsageChart.total(n)))
                .hasMessageContaining("'app string");
        assertThatThrownBy(
                        () -> UsageCharts.of("t", schema, "day", UsageChart.total(UsageMeasure.sum("n", "N", "app"))))
                .hasMessageContaining("'app string");
        assertThatThrownBy(() -> UsageCharts.of("t", schema, "day", UsageChart.ranking("a", n, "n")))
                .hasMessageContaining("'n int32");
        assertThatThrownBy(() -> UsageCharts.of("t", schema, "day", UsageChart.total(n), UsageChart.total(n)))
                .hasMessageContaining("title 'N'");
        UsageMeasure csv = n.named("csv", "CSV").where("app", "csv");
        assertThat(UsageCharts.of("t", schema, "day", UsageChart.total(n), UsageChart.total(csv))
                        .measures())
                .containsOnlyKeys("n", "csv");
        assertThatThrownBy(() -> UsageCharts.of(
                        "t", schema, "day", UsageChart.total(n), UsageChart.trend("b", n.where("app", "csv"))))
                .hasMessageContaining("named(…)");
        assertThatThrownBy(() -> UsageCharts.of("t", schema, "day")).hasMessageContaining("1 to 50");
        assertThatThrownBy(() -> n.where("app", "{{ 7 * 7 }}")).hasMessageContaining("none of { } % : \\");
        assertThatThrownBy(() -> n.where("app")).hasMessageContaining("at least one");
        assertThatThrownBy(() -> new UsageChart("a", UsageChart.Shape.RANKING, n, java.util.Optional.empty()))
                .hasMessageContaining("needs a column");
        assertThatThrownBy(() -> acme().title("a\nb").build()).hasMessageContaining("printable");
        assertThatThrownBy(() -> SupersetBundle.builder().build()).hasMessageContaining("tenant(");
    }

    @Test
    void the_file_is_replaced_whole(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("usage.zip"), "old");
        SupersetBundle bundle = acme().build();

        assertThat(bundle.write(file)).hasBinaryContent(bundle.bytes());
        assertThat(folder).isDirectoryContaining(file::equals);
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(file);
        }
        assertThatThrownBy(() -> bundle.write(folder.resolve("absent/usage.zip")))
                .extracting("code")
                .isEqualTo("sharing.not_written");
        assertThat(new String(bundle.bytes(), UTF_8)).startsWith("PK");
    }
}
