package io.github.keywharf.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.TextValues;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.PostgresServer;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresQueryTest {

    private static PostgresServer server;
    private static PostgresDatabase database;

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
        server.execute(
                "postgres",
                "CREATE TABLE staff (id int PRIMARY KEY, name text, joined timestamp(3), pay numeric(10,2))",
                "INSERT INTO staff SELECT i, 'O''Keefe ' || i, timestamp '2024-01-01' + i * interval '1 day', i / 4.0"
                        + " FROM generate_series(1, 50000) i");
        database = PostgresDatabase.builder()
                .host(server.host())
                .port(server.port())
                .database("postgres")
                .credentials(server.user(), Secret.of(server.password()))
                .build();
    }

    @AfterAll
    static void stop() {
        database.close();
        server.close();
    }

    @Test
    void values_are_bound_by_name_and_text_compares_with_any_type() {
        Table table = database.query("SELECT id, name FROM staff WHERE joined >= :from AND joined < :to AND id <> :id"
                        + " AND name = ANY(:names) AND id = ANY(:ids) ORDER BY id")
                .bind("from", "2024-01-02")
                .bind(Map.of("to", LocalDateTime.of(2024, 1, 9, 0, 0), "id", 3))
                .bind("names", List.of("O'Keefe 1", "O'Keefe 3", "O'Keefe 5", "x,\"{y}"))
                .bind("ids", new int[] {1, 3, 5, 7})
                .table();
        assertThat(table).extracting(row -> row.string("name")).containsExactly("O'Keefe 1", "O'Keefe 5");
    }

    @Test
    void value_is_never_part_of_the_statement() {
        String attempt = "'; DROP TABLE staff; --";
        assertThat(database.query("SELECT :it::text AS it")
                        .bind("it", attempt)
                        .one()
                        .map(row -> row.string("it")))
                .contains(attempt);
        assertThat(database.query("SELECT id FROM staff WHERE name = :name")
                        .bind("name", attempt)
                        .one())
                .isEmpty();
    }

    @Test
    void one_row_is_one_row() {
        assertThatThrownBy(() -> database.query("SELECT id FROM staff").one())
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("postgres.many_rows"));
        assertThatThrownBy(() -> database.query("INSERT INTO staff SELECT id + 100000, name FROM staff RETURNING id")
                        .one())
                .hasMessageContaining("more than one row");
        assertThat(database.query("SELECT count(*) AS n FROM staff WHERE id > 100000")
                        .one()
                        .orElseThrow()
                        .value("n"))
                .isEqualTo(0L);
    }

    @Test
    void large_result_is_streamed_and_may_be_left_midway() {
        PostgresQuery query = database.query("SELECT * FROM staff ORDER BY id");
        try (Rows rows = query.rows()) {
            assertThat(rows.schema()).hasToString("(id int32, name string, joined timestamp, pay decimal(10,2))");
            assertThat(rows.next()).satisfies(batch -> assertThat(batch.size()).isEqualTo(20_000));
        }
        assertThat(query.table().size()).isEqualTo(50_000);
    }

    @Test
    void every_type_comes_back_as_it_went_in() {
        Map<String, Object> values = Map.of(
                "i",
                7,
                "l",
                8L,
                "t",
                true,
                "d",
                new BigDecimal("1.50"),
                "u",
                UUID.randomUUID(),
                "day",
                LocalDate.of(2024, 2, 29),
                "time",
                LocalTime.of(1, 2, 3, 4000),
                "at",
                LocalDateTime.of(2024, 2, 29, 1, 2, 3, 4000),
                "instant",
                Instant.parse("2024-02-29T01:02:03.000004Z"));
        Row row = database.query(
                        "SELECT :i::int AS i, :l::bigint AS l, :t::bool AS t, :d::numeric(5,2) AS d, :u::uuid AS u,"
                                + " :day::date AS day, :time::time AS time, :at::timestamp AS at, :instant::timestamptz AS instant")
                .bind(values)
                .one()
                .orElseThrow();
        values.forEach((name, value) -> assertThat(row.value(name)).as(name).isEqualTo(value));
        assertThat(database.query(
                                "SELECT :x::float8 AS x, :y::float4 AS y, :b::bytea AS b, :n::int AS n, :j::jsonb AS j")
                        .bind("x", 1.5)
                        .bind("y", 2.5f)
                        .bind("b", new byte[] {1, 0})
                        .bind("n", null)
                        .bind("j", "{\"a\": 1}")
                        .one()
                        .orElseThrow()
                        .toString())
                .startsWith("{x=1.5, y=2.5, b=[B")
                .endsWith("n=null, j={\"a\": 1}}");
    }

    @Test
    void values_are_bound_by_position() {
        PostgresQuery query = database.query("SELECT $2::text AS b, $1::int AS a, $2 || '!' AS c");
        assertThat(query.values(1, "x").one().orElseThrow()).hasToString("{b=x, a=1, c=x!}");
        assertThat(query.values(2, null).one().orElseThrow()).hasToString("{b=null, a=2, c=null}");
        assertThatThrownBy(() -> query.values(1).table()).hasMessageContaining("no value for $2");
        assertThatThrownBy(() -> query.values(1, 2, "hunter2"))
                .hasMessageContaining("'$3'")
                .hasMessageContaining("it has $2, $1")
                .hasMessageNotContaining("hunter2");
    }

    record Staff(int id, String name, LocalDateTime joined) {}

    @Test
    void rows_come_as_records() {
        try (Stream<Staff> staff = database.query("SELECT joined, id, name FROM staff WHERE id < 3 ORDER BY id")
                .records(Staff.class)) {
            assertThat(staff)
                    .containsExactly(
                            new Staff(1, "O'Keefe 1", LocalDateTime.of(2024, 1, 2, 0, 0)),
                            new Staff(2, "O'Keefe 2", LocalDateTime.of(2024, 1, 3, 0, 0)));
        }
        assertThatThrownBy(() -> database.query("SELECT 1 AS id").records(Staff.class))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void statement_that_only_reads_goes_by_copy_and_others_by_a_cursor() {
        assertThat(current("SELECT current_query() AS it -- the end; ")).startsWith("COPY (SELECT current_query()");
        assertThat(current("SELECT 1::numeric, current_query() AS it ;")).startsWith("COPY (SELECT ");
        assertThat(current("(VALUES ('{\"a\": 1}'::jsonb ? 'a', current_query())) ORDER BY 1"))
                .startsWith("COPY ((VALUES");
        assertThat(current("EXPLAIN SELECT 1")).contains("Result");
        assertThat(database.query("SELECT current_query() AS it WHERE $1")
                        .values(true)
                        .table()
                        .row(0)
                        .string("it"))
                .startsWith("SELECT current_query()");
    }

    private static String current(String sql) {
        Row row = database.query(sql).table().row(0);
        return String.valueOf(row.value(row.schema().size() - 1));
    }

    @Test
    void order_stays_where_columns_are_turned_into_text() {
        Table table = database.query("SELECT id, pay::numeric * 2 AS twice FROM staff ORDER BY id DESC")
                .table();
        assertThat(table.schema()).hasToString("(id int32, twice string)");
        assertThat(table.size()).isEqualTo(50_000);
        int expected = 50_000;
        for (Row row : table) {
            assertThat(row.intValue("id")).isEqualTo(expected--);
        }
        assertThat(table.row(0).string("twice")).isEqualTo("25000.00");
    }

    @Test
    void what_a_query_changed_is_committed_whether_it_goes_by_copy_or_by_a_cursor() {
        server.execute(
                "postgres",
                "CREATE TABLE log (id int)",
                "CREATE FUNCTION note(int) RETURNS int LANGUAGE sql AS 'INSERT INTO log VALUES ($1) RETURNING id'");
        assertThat(database.query("SELECT note(1)").table().size()).isEqualTo(1);
        assertThat(database.query("WITH made AS (INSERT INTO log VALUES (2) RETURNING id) SELECT id FROM made")
                        .table()
                        .size())
                .isEqualTo(1);
        try (Rows rows = database.query("INSERT INTO log SELECT generate_series(3, 5000) RETURNING id")
                .rows()) {
            rows.next();
        }
        assertThat(database.query("SELECT count(*) FROM log").one()).hasToString("Optional[{count=5000}]");
    }

    @Test
    void rows_are_numbered_where_a_value_cannot_be_read_and_where_a_step_refuses_it() {
        String third = "SELECT i, CASE WHEN i = 3 THEN date 'infinity' ELSE date '2024-01-01' END AS day FROM"
                + " generate_series(1, 5) i";
        assertThatThrownBy(() -> database.query(third).table()).hasMessageContaining("[query] Row 3, column 'day'");
        assertThatThrownBy(
                        () -> database.query(third + " WHERE i > $1").values(1).table())
                .hasMessageContaining("[query] Row 2, column 'day'");
        for (PostgresQuery query : List.of(
                database.query("SELECT 'x' || i AS number FROM generate_series(1, 5) i"),
                database.query("SELECT 'x' || i AS number FROM generate_series(1, $1) i")
                        .values(5))) {
            List<String> rejected = new ArrayList<>();
            try (Rows rows = query.rows()
                    .filter(Condition.eq("number", "x4"))
                    .through(
                            TextValues.STANDARD.retype("number", ColumnType.INT32),
                            row -> rejected.add(row.toString()))) {
                assertThat(rows.next()).isNull();
            }
            assertThat(rejected).singleElement().asString().startsWith("[query:4] number");
        }
    }

    @Test
    void wide_rows_do_not_pile_up() {
        for (PostgresQuery query : List.of(
                database.query("SELECT repeat('x', 1000000) AS wide FROM generate_series(1, 40)"),
                database.query("SELECT repeat('x', $1) AS wide FROM generate_series(1, 40)")
                        .values(1_000_000))) {
            long all = 0;
            try (Rows rows = query.rows()) {
                for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                    assertThat(batch.size()).isLessThan(10);
                    all += batch.size();
                }
            }
            assertThat(all).isEqualTo(40);
        }
    }

    @Test
    void empty_and_typed_arrays_are_bound() {
        for (List<?> ids : List.of(List.of(), List.of(1L), List.of((short) 1), List.of("1"), List.of(BigDecimal.ONE))) {
            assertThat(database.query("SELECT id FROM staff WHERE id = ANY(:ids)")
                            .bind("ids", ids)
                            .table()
                            .size())
                    .isEqualTo(ids.size());
        }
    }

    @Test
    void update_returns_how_many_rows_it_changed_and_commits() {
        PostgresQuery update = database.query("UPDATE staff SET pay = :pay WHERE id <= :id")
                .bind("pay", 9)
                .bind("id", 4);
        assertThat(update.update()).isEqualTo(4);
        assertThat(database.query("SELECT count(*) AS n FROM staff WHERE pay = 9 AND id <= 4")
                        .one()
                        .orElseThrow()
                        .value("n"))
                .isEqualTo(4L);
    }

    @Test
    void statement_that_changes_and_returns_rows_commits_when_they_are_closed() {
        assertThat(database.query("INSERT INTO staff (id, name) VALUES (:id, 'new') RETURNING id")
                        .bind("id", 60_000)
                        .table()
                        .size())
                .isEqualTo(1);
        assertThat(database.query("DELETE FROM staff WHERE id = 60000").update())
                .isEqualTo(1);
    }

    @Test
    void mistakes_are_reported_by_name_and_never_by_value() {
        assertThatThrownBy(() -> database.query("SELECT :from").bind("form", "hunter2"))
                .hasMessageContaining("':form'")
                .hasMessageContaining("it has :from")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(() ->
                        database.query("SELECT :b, :a, :c").bind("a", "hunter2").table())
                .hasMessageContaining("no value for :b, :c")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> database.query("SELECT 1 AS x, 2 AS x").table())
                .hasMessageContaining("'x'");
        assertThatThrownBy(
                        () -> database.query("DELETE FROM staff WHERE id < 0").table())
                .hasMessageContaining("update()");
        assertThatThrownBy(() -> database.query("SELECT nothing FROM staff").table())
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("column \"nothing\" does not exist");
        assertThatThrownBy(() ->
                        database.query("SELECT timestamp 'infinity' AS forever").table())
                .hasMessageContaining("'forever'")
                .hasMessageContaining("infinite");
    }

    @Test
    void texts_of_a_query_are_those_of_a_table_whatever_zone_and_styles_the_session_begins_with() {
        TimeZone before = TimeZone.getDefault();
        try (TestDatabase test = new TestDatabase()) {
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Kolkata"));
            test.execute(
                    "ALTER DATABASE " + test.name() + " SET intervalstyle = 'sql_standard'",
                    "ALTER DATABASE " + test.name() + " SET bytea_output = 'escape'",
                    "ALTER DATABASE " + test.name() + " SET extra_float_digits = -5");
            test.execute("""
                    CREATE TABLE styled AS SELECT 1 AS id, interval '1 day -2 hours' AS lasts,
                      tstzrange('2024-01-01 00:00+00', '2024-01-02 00:00+00') AS during,
                      ARRAY[timestamptz '2024-01-01 00:00+00'] AS at, ARRAY['\\x00ff'::bytea] AS raw,
                      ARRAY[0.1::float8 + 0.2::float8] AS sums\
                    """);
            try (PostgresDatabase fresh =
                    test.as(TestDatabase.server().user(), TestDatabase.server().password())) {
                List<Map<String, Object>> read =
                        maps(fresh.table("styled").rows().toTable());
                assertThat(read.get(0).get("during")).asString().contains("+00");
                assertThat(maps(fresh.query("SELECT * FROM styled").table())).isEqualTo(read);
                assertThat(maps(fresh.query("SELECT * FROM styled WHERE id = $1")
                                .values(1)
                                .table()))
                        .isEqualTo(read);
                assertThat(fresh.query("SELECT * FROM styled")
                                .one()
                                .orElseThrow()
                                .toMap())
                        .isEqualTo(read.get(0));
            }
        } finally {
            TimeZone.setDefault(before);
        }
    }

    private static List<Map<String, Object>> maps(Table table) {
        List<Map<String, Object>> maps = new ArrayList<>();
        table.forEach(row -> maps.add(row.toMap()));
        return maps;
    }
}
