package io.github.keywharf.postgres;

import static io.github.keywharf.postgres.TestRows.assertCounts;
import static io.github.keywharf.postgres.TestRows.row;
import static io.github.keywharf.postgres.TestRows.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a write reports where the table decides by itself about rows: triggers, policies, deferred constraints, types. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresTableServerRulesTest {

    private static final Schema ID_AND_N =
            Schema.of(Column.required("id", ColumnType.INT32), Column.nullable("n", ColumnType.INT32));

    private final TestDatabase database = new TestDatabase();

    @AfterAll
    void drop() {
        database.close();
    }

    private void skipOdd(String table) {
        database.execute(
                "CREATE OR REPLACE FUNCTION skip_odd() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN IF NEW.n % 2 = 1 THEN RETURN NULL; END IF; RETURN NEW; END'",
                "CREATE TRIGGER skip BEFORE INSERT OR UPDATE ON " + table
                        + " FOR EACH ROW EXECUTE FUNCTION skip_odd()");
    }

    @ParameterizedTest
    @ValueSource(ints = {14, Integer.MAX_VALUE})
    void rows_that_a_trigger_suppresses_are_not_reported_as_written(int version) {
        String name = database.table("id int PRIMARY KEY, n int CHECK (n < 100)");
        skipOdd(name);
        PostgresTable table = database.database().table(name).version(version);
        assertCounts(
                table.write(rows(ID_AND_N, row(1, 1), row(2, 2), row(3, 200), row(4, 4)), RejectListener.keep(1_000)),
                2,
                1,
                1);
        PostgresTable upsert = table.upsertBy("id");
        WriteReport report = upsert.write(
                rows(
                        ID_AND_N,
                        row(2, 2), // there just so
                        row(4, 5), // update suppressed
                        row(5, 6), // superseded
                        row(5, 8),
                        row(6, 7), // insert suppressed
                        row(7, 500)),
                RejectListener.keep(1_000)); // rejected by the check
        // The row of key 5 that is superseded was written before the other one, as the rejected row was looked for in
        // halves.
        assertCounts(report, 2, 1, 2);
        assertThat(report.leftOut()).hasToString("1 rejected, 1 unchanged, 2 by trigger");
        assertThat(database.query("SELECT * FROM " + name + " ORDER BY id")).containsExactly("2|2", "4|4", "5|8");
    }

    @Test
    void rows_that_vanish_without_a_reason_in_the_catalog_roll_the_write_back() {
        String name = database.table("id int PRIMARY KEY, n int");
        PostgresTable table = database.database().table(name);
        for (PostgresTable way : List.of(table, table.upsertBy("id"))) {
            assertThatThrownBy(() ->
                            // The trigger is created after the catalog was read.
                            way.write(rows(ID_AND_N, row(1, 1), row(2, 2)).peek(batch -> skipOdd(name))))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("table.counts_open"))
                    .hasMessageContaining("2 rows were read, but 1 written and 0 left out");
            assertThat(database.query("SELECT * FROM " + name)).isEmpty();
            database.execute("DROP TRIGGER skip ON " + name);
        }
        table.write(rows(ID_AND_N, row(1, 5), row(2, 2)));
        assertThatThrownBy(() -> table.upsertBy("id")
                        .write(rows(ID_AND_N, row(1, 1), row(2, 2)).peek(batch -> skipOdd(name))))
                .hasMessageContaining("2 rows were read, but 0 written and 1 left out (0 rejected, 1 unchanged)");
        assertThat(database.query("SELECT n FROM " + name + " ORDER BY id")).containsExactly("5", "2");
    }

    @Test
    void a_key_of_a_child_is_replaced_there_and_one_of_parent_and_child_rolls_the_write_back() {
        String parent = database.table("id int PRIMARY KEY, n int");
        database.execute(
                "CREATE TABLE child_of_" + parent + " () INHERITS (" + parent + ")",
                "INSERT INTO child_of_" + parent + " VALUES (1, 1)");
        PostgresTable table = database.database().table(parent).upsertBy("id");
        assertThat(table.write(rows(ID_AND_N, row(1, 2), row(2, 2))).written()).isEqualTo(2);
        assertThat(database.query("SELECT * FROM child_of_" + parent)).containsExactly("1|2");
        assertThat(database.query("SELECT * FROM ONLY " + parent)).containsExactly("2|2");

        database.execute("INSERT INTO child_of_" + parent + " VALUES (2, 2)");
        assertThatThrownBy(() -> table.write(rows(ID_AND_N, row(2, 3))))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("table.counts_open"));
        assertThat(database.query("SELECT * FROM " + parent + " ORDER BY id")).containsExactly("1|2", "2|2", "2|2");
    }

    @Test
    void a_trigger_of_a_partition_and_a_row_without_a_partition_are_counted_too() {
        database.execute(
                "CREATE TABLE parts (id int PRIMARY KEY, n int) PARTITION BY RANGE (id)",
                "CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM (0) TO (10)");
        skipOdd("part_1");
        PostgresTable table = database.database().table("parts");
        assertCounts(
                table.write(rows(ID_AND_N, row(1, 1), row(2, 2), row(30, 2)), RejectListener.keep(1_000)), 1, 1, 1);
        assertCounts(
                table.upsertBy("id")
                        .write(rows(ID_AND_N, row(1, 1), row(2, 2), row(30, 2)), RejectListener.keep(1_000)),
                0,
                1,
                1);
        assertThat(database.query("SELECT * FROM parts")).containsExactly("2|2");
    }

    @Test
    void a_table_with_a_rule_is_refused_by_the_server_and_nothing_is_reported_as_written() {
        String name = database.table("id int PRIMARY KEY, n int");
        database.execute("CREATE RULE nothing AS ON INSERT TO " + name + " DO INSTEAD NOTHING");
        assertThatThrownBy(() -> database.database().table(name).write(rows(ID_AND_N, row(1, 1))))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("cannot perform INSERT RETURNING on relation");
        assertThatThrownBy(() ->
                        database.database().table(name).upsertBy("id").write(rows(ID_AND_N, row(1, 1), row(1, 2))))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("cannot execute MERGE on relation");
    }

    @Test
    void rows_that_a_policy_refuses_are_rejected_and_a_missing_right_is_an_error() {
        String name = database.table("id int PRIMARY KEY, n int");
        TestDatabase.server()
                .createRole(
                        database.name(),
                        "careful",
                        "secret",
                        "ALTER TABLE " + name + " ENABLE ROW LEVEL SECURITY",
                        "CREATE POLICY small ON " + name + " USING (true) WITH CHECK (n < 10)",
                        "GRANT SELECT, INSERT, UPDATE ON " + name + " TO careful");
        try (PostgresDatabase careful = database.as("careful", "secret")) {
            assertCounts(
                    careful.table(name)
                            .write(rows(ID_AND_N, row(1, 1), row(2, 20), row(3, 3)), RejectListener.keep(1_000)),
                    2,
                    1,
                    0);
            assertCounts(
                    careful.table(name)
                            .upsertBy("id")
                            .write(rows(ID_AND_N, row(1, 11), row(3, 4), row(4, 4)), RejectListener.keep(1_000)),
                    2,
                    1,
                    0);
            database.execute("REVOKE INSERT ON " + name + " FROM careful");
            assertThatThrownBy(() -> careful.table(name).write(rows(ID_AND_N, row(9, 9)), RejectListener.keep(1_000)))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("postgres.not_permitted"));
        }
        assertThat(database.query("SELECT * FROM " + name + " ORDER BY id")).containsExactly("1|1", "3|4", "4|4");
        database.execute("DROP OWNED BY careful", "DROP ROLE careful");
    }

    @Test
    void a_row_that_breaks_a_deferred_constraint_is_rejected_and_the_rest_is_written() {
        String parent = database.table("id int PRIMARY KEY");
        database.execute("INSERT INTO " + parent + " VALUES (1)");
        String foreign =
                database.table("id int PRIMARY KEY, n int REFERENCES " + parent + " DEFERRABLE INITIALLY DEFERRED");
        PostgresTable table = database.database().table(foreign);
        assertCounts(
                table.write(rows(ID_AND_N, row(1, 1), row(2, 99), row(3, null)), RejectListener.keep(1_000)), 2, 1, 0);
        assertCounts(
                table.upsertBy("id")
                        .write(rows(ID_AND_N, row(1, 98), row(4, 1), row(5, 97)), RejectListener.keep(1_000)),
                1,
                2,
                0);

        String unique = database.table("id int PRIMARY KEY, n int UNIQUE DEFERRABLE INITIALLY DEFERRED");
        table = database.database().table(unique);
        assertCounts(table.write(rows(ID_AND_N, row(1, 1), row(2, 1), row(3, 3)), RejectListener.keep(1_000)), 2, 1, 0);
        assertCounts(
                table.upsertBy("id").write(rows(ID_AND_N, row(1, 1), row(4, 3), row(5, 5)), RejectListener.keep(1_000)),
                1,
                1,
                0);

        String checked = database.table("id int PRIMARY KEY, n int");
        database.execute(
                "CREATE FUNCTION refuse_seven() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN IF NEW.n = 7 THEN RAISE EXCEPTION ''no sevens''; END IF; RETURN NULL; END'",
                "CREATE CONSTRAINT TRIGGER sevens AFTER INSERT OR UPDATE ON " + checked
                        + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_seven()");
        table = database.database().table(checked);
        WriteReport report = table.write(rows(ID_AND_N, row(1, 7), row(2, 2)), RejectListener.keep(1_000));
        assertCounts(report, 1, 1, 0);
        assertThat(report.rejects().get(0).reason()).isEqualTo("no sevens");
        assertCounts(
                table.upsertBy("id").write(rows(ID_AND_N, row(2, 7), row(3, 3)), RejectListener.keep(1_000)), 1, 1, 0);
    }

    @Test
    void times_that_a_column_would_round_are_rejected() {
        String name = database.table("id int, a timestamp(0), b time(3), c timestamptz(3), d timestamp(6)");
        Schema schema = Schema.of(
                Column.required("id", ColumnType.INT32),
                Column.nullable("a", ColumnType.TIMESTAMP),
                Column.nullable("b", ColumnType.TIME),
                Column.nullable("c", ColumnType.TIMESTAMP_UTC),
                Column.nullable("d", ColumnType.TIMESTAMP));
        LocalDateTime a = LocalDateTime.of(2023, 12, 31, 23, 59, 59);
        LocalTime b = LocalTime.of(23, 59, 59, 999_000_000);
        Instant c = Instant.parse("1969-12-31T23:59:59.999Z");
        LocalDateTime d = LocalDateTime.of(2024, 1, 1, 0, 0, 0, 1_000);
        WriteReport report = database.database()
                .table(name)
                .write(
                        rows(
                                schema,
                                row(1, a, b, c, d),
                                row(2, a.plusNanos(600_000_000), b, c, d),
                                row(3, a, b.plusNanos(1_000), c, d),
                                row(4, a, b, c.minusNanos(1_000), d),
                                row(5, null, null, null, null)),
                        RejectListener.keep(1_000));
        assertThat(report.rejects())
                .extracting(reject -> reject.position() + " " + reject.column() + ": " + reject.reason())
                .containsExactly(
                        "2 a: 2023-12-31T23:59:59.600 has more digits after the second than timestamp(0) without time"
                                + " zone keeps",
                        "3 b: 23:59:59.999001 has more digits after the second than time(3) without time zone keeps",
                        "4 c: 1969-12-31T23:59:59.998999Z has more digits after the second than timestamp(3) with time"
                                + " zone keeps");
        assertThat(database.query("SELECT a, b::text, d FROM " + name + " WHERE id = 1"))
                .containsExactly("2023-12-31 23:59:59|23:59:59.999|2024-01-01 00:00:00.000001");
    }

    @Test
    void whole_numbers_of_all_digits_fit_wide_numerics_and_no_narrower_ones() {
        String name =
                database.table("v numeric(38,0), w numeric(19,0), x numeric(20,1), y numeric(18,0), z numeric(3,-20)");
        long[] values = {Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1, 0, 999_999_999_999_999_999L};
        for (String column : List.of("v", "w", "x")) {
            for (long value : values) {
                Schema schema = Schema.of(Column.required(column, ColumnType.INT64));
                assertCounts(
                        database.database().table(name).write(rows(schema, row(value)), RejectListener.keep(1_000)),
                        1,
                        0,
                        0);
                assertThat(database.query("SELECT " + column + "::numeric(38,0) = " + value + " FROM " + name))
                        .containsExactly("t");
                database.execute("TRUNCATE " + name);
            }
        }
        Schema narrow = Schema.of(Column.required("y", ColumnType.INT64));
        assertCounts(
                database.database()
                        .table(name)
                        .write(
                                rows(
                                        narrow,
                                        row(values[0]),
                                        row(values[1]),
                                        row(values[2]),
                                        row(values[3]),
                                        row(values[4]),
                                        row(values[4] + 1),
                                        row(-values[4] - 1)),
                                RejectListener.keep(1_000)),
                2,
                5,
                0);
        Schema coarse = Schema.of(Column.required("z", ColumnType.INT64));
        assertCounts(
                database.database()
                        .table(name)
                        .write(
                                rows(coarse, row(1_000_000_000_000_000_000L), row(0L), row(Long.MIN_VALUE)),
                                RejectListener.keep(1_000)),
                1,
                2,
                0);
        Schema decimal = Schema.of(Column.required("x", ColumnType.decimal(18, 1)));
        assertCounts(
                database.database()
                        .table(name)
                        .write(
                                rows(decimal, row(new BigDecimal("99999999999999999.9")), row(new BigDecimal("-0.1"))),
                                RejectListener.keep(1_000)),
                2,
                0,
                0);
    }

    @Test
    void a_column_may_have_any_name() {
        String name = database.table(
                "keywharf_row int PRIMARY KEY, keywharf_nth int CHECK (keywharf_nth < 5), keywharf_row_ int");
        Schema schema = Schema.of(
                Column.required("keywharf_row", ColumnType.INT32),
                Column.required("keywharf_nth", ColumnType.INT32),
                Column.nullable("keywharf_row_", ColumnType.INT32));
        PostgresTable table = database.database().table(name);
        assertCounts(
                table.write(rows(schema, row(10, 1, 1), row(20, 9, 1), row(30, 2, null)), RejectListener.keep(1_000)),
                2,
                1,
                0);
        assertCounts(
                table.upsertBy("keywharf_row")
                        .write(rows(schema, row(10, 3, 7), row(40, 4, 1), row(50, 5, 1)), RejectListener.keep(1_000)),
                2,
                1,
                0);
        assertThat(database.query("SELECT * FROM " + name + " ORDER BY 1"))
                .containsExactly("10|3|7", "30|2|", "40|4|1");
    }
}
