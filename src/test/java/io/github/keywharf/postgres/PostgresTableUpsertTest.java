package io.github.keywharf.postgres;

import static io.github.keywharf.postgres.TestRows.row;
import static io.github.keywharf.postgres.TestRows.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.LeftOut;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an upsert leaves in a table where the server calls values equal that are not the same, and where keys are. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresTableUpsertTest {

    private static final int NEW_SERVER = Integer.MAX_VALUE;
    private static final int OLD_SERVER = 14;

    private final TestDatabase database = new TestDatabase();

    @BeforeAll
    void create() {
        database.execute(
                "CREATE EXTENSION citext",
                "CREATE COLLATION ignoring_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                "CREATE TYPE mood AS ENUM ('sad', 'happy')",
                "CREATE DOMAIN temper AS mood CHECK (VALUE IS NOT NULL)",
                "CREATE DOMAIN tempers AS temper",
                "CREATE DOMAIN email AS citext CHECK (VALUE ~ '@')");
    }

    @AfterAll
    void drop() {
        database.close();
    }

    private PostgresTable table(String name, int version) {
        return database.database().table(name).version(version);
    }

    private record Change(String declared, ColumnType from, Object before, ColumnType to, Object after) {

        static Change of(String declared, ColumnType type, Object before, Object after) {
            return new Change(declared, type, before, type, after);
        }

        @Override
        public String toString() {
            return declared + ": " + before + " -> " + after;
        }
    }

    static Stream<Change> changes() {
        return Stream.of(
                Change.of("citext", ColumnType.STRING, "bob", "Bob"),
                Change.of("tempers", ColumnType.STRING, "sad", "happy"),
                Change.of("email", ColumnType.STRING, "bob@x", "Bob@x"),
                Change.of("text COLLATE ignoring_case", ColumnType.STRING, "bob", "Bob"),
                Change.of("varchar(10) COLLATE ignoring_case", ColumnType.STRING, "bob", "BOB"),
                Change.of("char(3) COLLATE ignoring_case", ColumnType.STRING, "bob", "BOB"),
                Change.of("bpchar", ColumnType.STRING, "a", "a "),
                Change.of("char(3)", ColumnType.STRING, "a", "a "),
                Change.of("text", ColumnType.STRING, "a", "a "),
                Change.of("mood", ColumnType.STRING, "sad", "happy"),
                new Change(
                        "numeric",
                        ColumnType.decimal(9, 2),
                        new BigDecimal("1.50"),
                        ColumnType.decimal(9, 4),
                        new BigDecimal("1.5000")),
                new Change(
                        "numeric(9,3)",
                        ColumnType.decimal(9, 2),
                        new BigDecimal("1.50"),
                        ColumnType.decimal(9, 4),
                        new BigDecimal("1.5000")),
                Change.of("float8", ColumnType.FLOAT64, 0.0, -0.0),
                Change.of("float8", ColumnType.FLOAT64, -0.0, 0.0),
                Change.of("float8", ColumnType.FLOAT64, Double.NaN, 1.0),
                Change.of("float4", ColumnType.FLOAT32, 0f, -0f),
                Change.of("float4", ColumnType.FLOAT32, 1f, Float.NaN),
                Change.of("jsonb", ColumnType.JSON, "{\"a\": 1.0}", "{\"a\": 1.00}"),
                Change.of("json", ColumnType.JSON, "{\"a\":1}", "{\"a\": 1}"),
                Change.of("boolean", ColumnType.BOOLEAN, true, false),
                Change.of("bytea", ColumnType.BYTES, new byte[] {0}, new byte[] {0, 0}),
                Change.of("uuid", ColumnType.UUID, new UUID(0, 1), new UUID(1, 0)),
                Change.of("date", ColumnType.DATE, LocalDate.of(2024, 2, 29), LocalDate.of(2024, 3, 1)),
                Change.of("time", ColumnType.TIME, LocalTime.MIN, LocalTime.of(0, 0, 0, 1_000)),
                Change.of(
                        "timestamp",
                        ColumnType.TIMESTAMP,
                        LocalDateTime.of(2024, 1, 1, 0, 0),
                        LocalDateTime.of(2024, 1, 1, 0, 0, 0, 1_000)),
                Change.of("timestamptz", ColumnType.TIMESTAMP_UTC, Instant.EPOCH, Instant.EPOCH.plusNanos(1_000)));
    }

    @Test
    void a_repeated_key_is_written_once_into_an_empty_table_too() {
        Schema schema = Schema.of(Column.required("id", ColumnType.INT32), Column.nullable("n", ColumnType.INT32));
        for (int version : new int[] {NEW_SERVER, OLD_SERVER}) {
            for (String constraint : List.of("", " CHECK (n > 0)")) {
                String name = database.table("id int PRIMARY KEY, n int" + constraint);
                PostgresTable table = table(name, version).upsertBy("id");
                WriteReport empty =
                        table.write(rows(schema, row(1, 1), row(2, 2), row(1, 3), row(2, 2), row(3, 3), row(1, 3)));
                assertThat(empty.written()).isEqualTo(3);
                assertThat(empty.leftOut()).isEqualTo(LeftOut.byDistinct(3));
                WriteReport again = table.write(rows(schema, row(1, 1), row(2, 2), row(1, 4), row(2, 2)));
                assertThat(again.written()).isEqualTo(1);
                assertThat(again.leftOut()).isEqualTo(LeftOut.byDistinct(2).plus(LeftOut.asUnchanged(1)));
                assertThat(database.query("SELECT * FROM " + name + " ORDER BY id"))
                        .containsExactly("1|4", "2|2", "3|3");
            }
        }
    }

    @Test
    void a_repeated_key_is_written_once_where_the_server_refuses_another_row() {
        Schema schema = Schema.of(Column.required("id", ColumnType.INT32), Column.nullable("n", ColumnType.INT32));
        for (int version : new int[] {NEW_SERVER, OLD_SERVER}) {
            String name = database.table("id int PRIMARY KEY, n int CHECK (n > 0)");
            WriteReport report = table(name, version)
                    .upsertBy("id")
                    .write(rows(schema, row(1, 1), row(2, 0), row(1, 3), row(3, 3)), RejectListener.keep(1));
            assertThat(report.written()).isEqualTo(2);
            assertThat(report.leftOut()).isEqualTo(LeftOut.byRejection(1).plus(LeftOut.byDistinct(1)));
            assertThat(database.query("SELECT * FROM " + name + " ORDER BY id")).containsExactly("1|3", "3|3");
        }
    }

    @ParameterizedTest
    @MethodSource("changes")
    void an_upsert_leaves_what_an_insert_would_have_and_again_changes_nothing(Change change) {
        for (int version : new int[] {NEW_SERVER, OLD_SERVER}) {
            String upserted = database.table("id int PRIMARY KEY, v " + change.declared());
            String inserted = database.table("id int PRIMARY KEY, v " + change.declared());
            Schema from = Schema.of(Column.required("id", ColumnType.INT32), Column.nullable("v", change.from()));
            Schema to = Schema.of(Column.required("id", ColumnType.INT32), Column.nullable("v", change.to()));
            String[] id = {"id"};
            table(upserted, version).upsertBy(id).write(rows(from, row(1, change.before())));
            table(upserted, version).upsertBy(id).write(rows(to, row(1, change.after())));
            table(inserted, version).write(rows(to, row(1, change.after())));
            String image = "SELECT v::text, pg_column_size(v), md5(t::text) FROM ";
            assertThat(database.query(image + upserted + " t")).isEqualTo(database.query(image + inserted + " t"));

            String where = "SELECT ctid, xmin FROM " + upserted;
            List<String> before = database.query(where);
            WriteReport again = table(upserted, version).upsertBy(id).write(rows(to, row(1, change.after())));
            assertThat(database.query(where)).as("not written again").isEqualTo(before);
            assertThat(again.written()).isZero();
            assertThat(again.leftOut()).isEqualTo(LeftOut.asUnchanged(1));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "citext",
                "text COLLATE ignoring_case",
                "char(3)",
                "bpchar",
                "email",
                "varchar(5) COLLATE ignoring_case"
            })
    void of_keys_that_the_server_calls_equal_the_last_wins_in_an_empty_table_and_in_a_full_one(String declared) {
        String one = declared.equals("email") ? "a@" : "a";
        String same = declared.contains("char") && !declared.contains("COLLATE")
                ? "a "
                : one.toUpperCase(java.util.Locale.ROOT);
        for (int version : new int[] {NEW_SERVER, OLD_SERVER}) {
            String name = database.table("id " + declared + " PRIMARY KEY, n int");
            Schema schema = Schema.of(Column.required("id", ColumnType.STRING), Column.required("n", ColumnType.INT32));
            PostgresTable table = table(name, version).upsertBy("id");
            WriteReport report = table.write(rows(schema, row(one, 1), row(same, 2)));
            assertThat(report.rejects()).isEmpty();
            assertThat(database.query("SELECT octet_length(id::text), id, n FROM " + name))
                    .hasSize(1)
                    .first()
                    .asString()
                    .endsWith("|2")
                    .contains(same.strip());
            table.write(rows(schema, row(same, 3), row(one, 4)));
            assertThat(database.query("SELECT id, n FROM " + name))
                    .hasSize(1)
                    .first()
                    .asString()
                    .startsWith(one)
                    .endsWith("|4");
        }
    }

    @Test
    void keys_of_numbers_and_json_that_are_equal_but_not_the_same_are_one_key() {
        String numbers = database.table("id numeric PRIMARY KEY, n int");
        Schema decimal =
                Schema.of(Column.required("id", ColumnType.decimal(9, 1)), Column.required("n", ColumnType.INT32));
        Schema longer =
                Schema.of(Column.required("id", ColumnType.decimal(9, 2)), Column.required("n", ColumnType.INT32));
        table(numbers, NEW_SERVER).upsertBy("id").write(rows(decimal, row(new BigDecimal("1.0"), 1)));
        table(numbers, NEW_SERVER).upsertBy("id").write(rows(longer, row(new BigDecimal("1.00"), 1)));
        assertThat(database.query("SELECT * FROM " + numbers)).containsExactly("1.00|1");

        String floats = database.table("id float8 PRIMARY KEY, n int");
        Schema real = Schema.of(Column.required("id", ColumnType.FLOAT64), Column.required("n", ColumnType.INT32));
        table(floats, NEW_SERVER)
                .upsertBy("id")
                .write(rows(
                        real,
                        row(0.0, 1),
                        row(-0.0, 2),
                        row(Double.NaN, 3),
                        row(Double.longBitsToDouble(0x7ff8_0000_0000_0001L), 4)));
        assertThat(database.query("SELECT * FROM " + floats + " ORDER BY id")).containsExactly("-0|2", "NaN|4");

        Schema json = Schema.of(Column.required("id", ColumnType.JSON), Column.required("n", ColumnType.INT32));
        for (int version : new int[] {NEW_SERVER, OLD_SERVER}) {
            String objects = database.table("id jsonb PRIMARY KEY, n int");
            PostgresTable table = table(objects, version).upsertBy("id");
            table.write(rows(json, row("{\"a\": 1}", 1), row("{\"a\":1.0}", 2)));
            assertThat(database.query("SELECT n FROM " + objects)).containsExactly("2");
            WriteReport report = table.write(rows(json, row("{\"a\": 1.00}", 3), row("{\"a\":1}", 4)));
            assertThat(report.written()).isEqualTo(1);
            assertThat(report.leftOut().distinct()).isEqualTo(1);
            assertThat(database.query("SELECT n FROM " + objects)).containsExactly("4");
        }
    }

    @Test
    void rows_that_are_all_key_are_added_or_left_unchanged_without_an_update() {
        for (int version : new int[] {NEW_SERVER, OLD_SERVER}) {
            String name = database.table("id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY");
            Schema schema = Schema.of(Column.required("id", ColumnType.INT32));
            PostgresTable table = table(name, version).upsertBy("id");
            table.write(rows(schema, row(1), row(2)));

            WriteReport report = table.write(rows(schema, row(2), row(3), row(3)));

            assertThat(report.written()).isEqualTo(1);
            assertThat(report.leftOut()).hasToString("0 rejected, 1 by distinct, 1 unchanged");
            assertThat(database.query("SELECT * FROM " + name + " ORDER BY id")).containsExactly("1", "2", "3");
        }
    }

    @Test
    void an_identity_that_is_always_generated_takes_the_keys_given() {
        for (int version : new int[] {NEW_SERVER, OLD_SERVER}) {
            String name = database.table("id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text");
            Schema schema = Schema.of(Column.required("id", ColumnType.INT32), Column.nullable("v", ColumnType.STRING));
            PostgresTable table = table(name, version);
            table.upsertBy("id").write(rows(schema, row(1, "a")), RejectListener.keep(1_000));
            table.upsertBy("id").write(rows(schema, row(1, "b"), row(2, "c")), RejectListener.keep(1_000));
            WriteReport appended = table.write(rows(schema, row(3, "d"), row(1, "again")), RejectListener.keep(1_000));
            assertThat(appended.written()).isEqualTo(1);
            assertThat(appended.rejected()).isEqualTo(1);
            assertThat(database.query("SELECT * FROM " + name + " ORDER BY id")).containsExactly("1|b", "2|c", "3|d");
        }
    }

    @Test
    void what_the_server_alone_makes_is_refused_when_given_and_made_when_not() {
        String name = database.table("id int PRIMARY KEY, v int, twice int GENERATED ALWAYS AS (v * 2) STORED,"
                + " n int GENERATED ALWAYS AS IDENTITY");
        Schema all = Schema.of(
                Column.required("id", ColumnType.INT32),
                Column.required("v", ColumnType.INT32),
                Column.required("twice", ColumnType.INT32));
        Schema some = Schema.of(Column.required("id", ColumnType.INT32), Column.required("v", ColumnType.INT32));
        Schema numbered = Schema.of(Column.required("id", ColumnType.INT32), Column.required("n", ColumnType.INT32));
        assertThatThrownBy(() -> table(name, NEW_SERVER).write(rows(all, row(1, 1, 2))))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("'twice' is generated by the server");
        assertThatThrownBy(() -> table(name, NEW_SERVER).upsertBy("id").write(rows(all, row(1, 1, 2))))
                .hasMessageContaining("'twice' is generated by the server");
        assertThatThrownBy(() -> table(name, NEW_SERVER).upsertBy("id").write(rows(numbered, row(1, 1))))
                .hasMessageContaining("'n' is GENERATED ALWAYS AS IDENTITY");
        table(name, NEW_SERVER).write(rows(some, row(1, 4)));
        table(name, NEW_SERVER).upsertBy("id").write(rows(some, row(1, 5)));
        assertThat(database.query("SELECT * FROM " + name)).containsExactly("1|5|10|1");
    }

    @ParameterizedTest
    @ValueSource(ints = {NEW_SERVER, OLD_SERVER})
    void key_may_be_a_domain_over_an_enum(int version) {
        String name = database.table("temper tempers PRIMARY KEY, n int");
        Schema schema = Schema.of(Column.required("temper", ColumnType.STRING), Column.required("n", ColumnType.INT32));
        PostgresTable table = table(name, version).upsertBy("temper");
        table.write(rows(schema, row("sad", 1), row("happy", 2)));
        table.write(rows(schema, row("sad", 1), row("happy", 3), row("happy", 4)));
        assertThat(database.query("SELECT * FROM " + name + " ORDER BY temper")).containsExactly("sad|1", "happy|4");
    }
}
