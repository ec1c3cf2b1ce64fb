package io.github.keywharf.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.PostgresServer;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class NamedQueryTest {

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
                .user(server.user())
                .password(Secret.of(server.password()))
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
        NamedQuery query = database.query("SELECT * FROM staff ORDER BY id");
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
        NamedQuery update = database.query("UPDATE staff SET pay = :pay WHERE id <= :id")
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
}
