package io.github.keywharf.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.query.QueryEngine;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.Batches;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No statement changes an object, a file, or what the engine computes; judged by contents before and after. */
class ConfinementTest {

    private static final Schema ORDERS =
            Schema.of(Column.required("id", ColumnType.INT32), Column.nullable("day", ColumnType.STRING));

    private static final String SUM = "SELECT sum(id) AS s, count(*) AS n FROM orders";

    @TempDir
    Path directory;

    private ObjectStore lake;
    private QueryEngine engine;
    private Path data;

    @BeforeEach
    void open() throws IOException {
        lake = ObjectStore.ofDirectory(directory.resolve("lake"));
        Parquet.writer(lake, "orders.parquet").sink().write(orders());
        Files.writeString(Files.createDirectory(directory.resolve("outside")).resolve("secret.csv"), "a\n1\n");
        openEngine();
    }

    private void openEngine() throws IOException {
        engine = builder().open();
        engine.table("orders", lake, "orders.parquet");
        engine.query("CREATE TABLE own (a INTEGER)").update();
        engine.query("CREATE TABLE other (a INTEGER)").update();
        try (Stream<Path> all = Files.walk(directory.resolve("temporary"))) {
            data = all.filter(file -> file.toString().endsWith(".parquet"))
                    .findFirst()
                    .orElseThrow()
                    .getParent();
        }
    }

    private DuckDbEngine.Builder builder() {
        return DuckDbEngine.builder()
                .tempDirectory(directory.resolve("temporary"))
                .memoryLimit(128 << 20)
                .parallelism(1);
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private static Rows orders() {
        return Rows.of(ORDERS, List.of(Batches.build(ORDERS, List.of(List.of(1, "a"), List.of(2, "b")))));
    }

    /** The statement with the paths of this engine in place of their names. */
    private String placed(String statement) throws IOException {
        try (Stream<Path> files = Files.list(data)) {
            Path object = files.findFirst().orElseThrow();
            return statement
                    .replace("{object}", object.toString())
                    .replace("{data}", data.toString())
                    .replace("{spill}", data.resolveSibling("spill").toString())
                    .replace("{lake}", directory.resolve("lake").toString())
                    .replace("{outside}", directory.resolve("outside").toString());
        }
    }

    /** All objects by the store's own listing and content, all files by their path, and what the engine says of the table. */
    private Map<String, String> contents() throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<StoredObject> listed = lake.list("")) {
            listed.forEach(object -> contents.put("object " + object, Arrays.toString(lake.readSmall(object.key()))));
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                boolean spill = file.startsWith(data.resolveSibling("spill"));
                boolean part = file.getFileName().toString().startsWith("duckdb_temp");
                if (!(spill && part)) {
                    contents.put(
                            "file " + directory.relativize(file),
                            Files.isRegularFile(file) ? Arrays.toString(Files.readAllBytes(file)) : "directory");
                }
            }
        }
        contents.put("table", engine.query(SUM).table().row(0).toMap().toString());
        return contents;
    }

    /** Runs a statement in both ways, and returns the codes of the errors. */
    private List<String> run(String statement) {
        List<String> codes = new ArrayList<>();
        for (Runnable call : List.<Runnable>of(
                () -> engine.query(statement).timeout(Duration.ofSeconds(20)).table(),
                () -> engine.query(statement).timeout(Duration.ofSeconds(20)).update())) {
            try {
                call.run();
                codes.add("done");
            } catch (KeywharfException e) {
                codes.add(e.code());
            }
        }
        return codes;
    }

    private void assertHarmless(String statement) throws IOException {
        Map<String, String> before = contents();
        List<String> codes = run(statement);
        assertThat(codes)
                .as(statement)
                .isSubsetOf(
                        "done",
                        "query.denied",
                        "query.bad_sql",
                        "query.bad_value",
                        "query.name_taken",
                        "sql.missing_parameter");
        assertThat(contents()).as(statement).isEqualTo(before);
    }

    @Test
    void the_engine_shares_no_file_with_a_store() throws IOException {
        try (Stream<Path> files = Files.list(data)) {
            assertThat(files)
                    .hasSize(1)
                    .allSatisfy(file ->
                            assertThat(Files.getAttribute(file, "unix:nlink")).isEqualTo(1));
        }
        // What reaches the engine's own file, here from outside, does not reach the object.
        Files.writeString(Path.of(placed("{object}")), "overwritten");
        assertThat(Parquet.reader(lake, "orders.parquet").rows().toTable().size())
                .isEqualTo(2);
    }

    @Test
    void a_copy_in_a_with_is_refused_and_the_object_stays() throws IOException {
        String statement = placed("WITH x AS (COPY (SELECT 1 AS a) TO '{object}' (FORMAT parquet)) SELECT 1");
        Map<String, String> before = contents();
        assertThat(run(statement)).containsExactly("query.bad_sql", "query.denied");
        assertThat(run(placed("CREATE TABLE y AS WITH x AS (COPY orders TO '{data}/x.csv') SELECT 1")))
                .containsExactly("query.denied", "query.denied");
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void a_copy_within_a_statement_held_as_data_is_refused_and_the_object_stays() throws IOException {
        String from = placed("FROM json_execute_serialized_sql(json_serialize_sql("
                + "'WITH x AS (COPY (SELECT 1 AS a) TO ''{object}'' (FORMAT parquet)) SELECT 1'))");
        Map<String, String> before = contents();
        assertThat(run(from).get(0)).isEqualTo("query.denied");
        for (String hidden : List.of(
                "CREATE VIEW v AS " + from,
                "CREATE MACRO m() AS TABLE " + from,
                "INSERT INTO own SELECT 1 " + from,
                "FROM query('FROM own')")) {
            assertThat(run(hidden)).as(hidden).contains("query.denied").doesNotContain("done");
        }
        assertThat(contents()).isEqualTo(before);
    }

    @Test
    void a_macro_does_not_take_the_place_of_what_the_engine_calls() throws IOException {
        String two =
                placed("SELECT 1) AS a; COPY (SELECT 1 AS a) TO '{object}' (FORMAT parquet); SELECT * FROM (SELECT 1");
        Map<String, String> before = contents();
        for (String macro : List.of(
                "json_serialize_sql(x) AS '{\"error\":false,\"statements\":[1]}'",
                "isinf(x) AS false",
                "contains(x, y) AS false",
                "error(x) AS NULL",
                "current_schema() AS 'other'",
                "\"~~\"(x, y) AS true",
                "duckdb_views() AS TABLE SELECT 1 AS view_name")) {
            for (String create : List.of("CREATE MACRO ", "CREATE OR REPLACE FUNCTION ", "CREATE TEMP MACRO ")) {
                assertThat(run(create + macro).get(1)).as(macro).isEqualTo("query.name_taken");
            }
        }
        assertThat(run(two)).containsExactly("query.bad_sql", "query.bad_sql");
        assertThatThrownBy(() -> engine.query("SELECT 'infinity'::DATE AS d").table())
                .isInstanceOf(KeywharfException.class);
        assertThat(contents()).isEqualTo(before);
        engine.query("CREATE MACRO twice(x) AS 2 * x").update();
        assertThat(engine.query("SELECT twice(2) AS n").table().row(0).intValue("n"))
                .isEqualTo(4);
    }

    @Test
    void a_file_with_a_macro_of_a_built_in_name_is_refused_or_without_effect() throws Exception {
        Path file = directory.resolve("kept.db");
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE MACRO isinf(x) AS false");
            statement.execute("CREATE MACRO duckdb_views() AS TABLE SELECT 'v' AS view_name, 'c' AS comment");
        }
        assertThatThrownBy(() -> builder().file(file).open())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("query.cannot_open"))
                .hasMessageContainingAll("kept.db", "isinf", "fileAccess(true)");
        try (QueryEngine host = builder().file(file).fileAccess(true).open()) {
            assertThatThrownBy(() -> host.query("SELECT 'infinity'::DATE AS d").table())
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("query.bad_value"));
        }
    }

    @Test
    void a_file_with_statements_that_run_by_themselves_or_by_name_is_refused() throws Exception {
        String copy =
                "json_execute_serialized_sql(json_serialize_sql('WITH x AS (COPY (SELECT 1) TO ''a.csv'') SELECT 1'))";
        Map<String, String> definitions = Map.of(
                "trigger 'g'", "CREATE TRIGGER g AFTER INSERT ON own FOR EACH STATEMENT INSERT INTO other SELECT 1",
                "view 'v'", "CREATE VIEW v AS FROM " + copy,
                "macro 'm'", "CREATE MACRO m() AS TABLE FROM query('SELECT 1')");
        for (Map.Entry<String, String> definition : definitions.entrySet()) {
            Path file = directory.resolve("kept-" + definition.getKey().charAt(0) + ".db");
            try (Connection connection = DriverManager.getConnection("jdbc:duckdb:" + file);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE own (a INTEGER)");
                statement.execute("CREATE TABLE other (a INTEGER)");
                statement.execute(definition.getValue());
            }
            assertThatThrownBy(() -> builder().file(file).open())
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("query.cannot_open"))
                    .hasMessageContainingAll(definition.getKey(), "fileAccess(true)");
        }
    }

    @Test
    void a_comment_of_a_statement_neither_drops_a_view_nor_keeps_a_file_shut() throws Exception {
        Path file = directory.resolve("kept.db");
        try (QueryEngine first = builder().file(file).open()) {
            first.query("CREATE SCHEMA s").update();
            first.query("CREATE VIEW v AS SELECT 1 AS a").update();
            first.query("CREATE VIEW s.v AS SELECT 2 AS a").update();
            first.query("COMMENT ON VIEW s.v IS 'keywharf-duckdb-'").update();
        }
        try (QueryEngine second = builder().file(file).open()) {
            assertThat(second.query("SELECT a FROM v UNION ALL SELECT a FROM s.v")
                            .table()
                            .size())
                    .isEqualTo(2);
        }
    }

    @Test
    void hostile_statements_of_every_category_change_nothing() throws IOException {
        int count = 0;
        for (Map.Entry<String, List<String>> category : corpus().entrySet()) {
            for (String statement : category.getValue()) {
                assertHarmless(placed(statement));
                count++;
            }
            engine.close();
            openEngine();
        }
        assertThat(count).isGreaterThanOrEqualTo(130);
    }

    private static Map<String, List<String>> corpus() throws IOException {
        Map<String, List<String>> categories = new LinkedHashMap<>();
        try (InputStream file = ConfinementTest.class.getResourceAsStream("hostile.sql.txt")) {
            String text = new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.UTF_8);
            List<String> statements = new ArrayList<>();
            for (String line : text.split("\n")) {
                if (line.startsWith("[")) {
                    statements = new ArrayList<>();
                    categories.put(line, statements);
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    statements.add(line.replace("\\n", "\n"));
                }
            }
        }
        return categories;
    }

    @Test
    void statements_that_two_lexers_read_differently_change_nothing() throws IOException {
        List<String> tricks = LexerTricks.all();
        assertThat(tricks).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(500);
        for (String trick : tricks) {
            assertHarmless(placed(trick));
        }
    }
}
