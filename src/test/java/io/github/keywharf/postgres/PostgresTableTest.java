package io.github.keywharf.postgres;

import static io.github.keywharf.postgres.TestRows.row;
import static io.github.keywharf.postgres.TestRows.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.Batches;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostgresTableTest {

    private final TestDatabase database = new TestDatabase();

    @AfterEach
    void drop() {
        database.close();
    }

    @Test
    void a_table_is_copied_into_another_in_one_statement() {
        String from = database.table("id int PRIMARY KEY, name text, price numeric(9,2)");
        String to = database.table("id int PRIMARY KEY, name text, price numeric(9,2)");
        database.execute("INSERT INTO " + from + " SELECT n, 'item ' || n, n / 4.0 FROM generate_series(1, 50000) n");

        WriteReport report = database.database()
                .table(to)
                .write(database.database().table(from).rows());

        assertThat(report.written()).isEqualTo(50_000);
        assertThat(database.database()
                        .query("SELECT count(*) AS n FROM (TABLE " + from + " EXCEPT TABLE " + to + ") d")
                        .one()
                        .orElseThrow()
                        .value("n"))
                .isEqualTo(0L);
    }

    @Test
    void a_table_is_created_with_every_type_and_one_that_is_there_stays() {
        Schema schema = Schema.of(
                Column.required("Id", ColumnType.INT64),
                Column.nullable("say \"who\"", ColumnType.STRING),
                Column.nullable("flag", ColumnType.BOOLEAN),
                Column.nullable("few", ColumnType.INT32),
                Column.nullable("half", ColumnType.FLOAT32),
                Column.nullable("double", ColumnType.FLOAT64),
                Column.nullable("price", ColumnType.decimal(9, 2)),
                Column.nullable("more", ColumnType.JSON),
                Column.nullable("bytes", ColumnType.BYTES),
                Column.nullable("uuid", ColumnType.UUID),
                Column.nullable("day", ColumnType.DATE),
                Column.nullable("clock", ColumnType.TIME),
                Column.nullable("local", ColumnType.TIMESTAMP),
                Column.nullable("at", ColumnType.TIMESTAMP_UTC));
        PostgresTable created = database.database().table("Cre\"ated").create(schema, "Id");

        assertThat(created.rows().schema()).isEqualTo(schema);
        Rows first =
                rows(schema.select(List.of("Id", "day")), row(1L, LocalDate.EPOCH), row(1L, LocalDate.of(2026, 2, 28)));
        assertThat(created.write(first).written()).isEqualTo(1);

        Schema narrow = schema.select(List.of("Id"));
        assertThat(database.database()
                        .table("Cre\"ated")
                        .create(narrow, "Id")
                        .rows()
                        .toTable()
                        .size())
                .isEqualTo(1);
        assertThatThrownBy(() -> created.create(schema)).hasMessageContaining("needs at least one key column");
        Schema nested = Schema.of(Column.required("tags", ColumnType.list(ColumnType.STRING)));
        assertThatThrownBy(() -> created.create(nested, "tags")).hasMessageContaining("flatten it");
    }

    @Test
    void rows_of_a_table_that_is_not_there_name_those_that_are() {
        String there = database.table("id int");

        assertThatThrownBy(() -> database.database().table("missing").rows())
                .isInstanceOf(KeywharfException.class)
                .hasMessageStartingWith("[missing] Schema 'public' has no such table or view; it has: ")
                .hasMessageContaining(there);
    }

    /** Whatever may be written may be read. */
    @Test
    void any_table_of_any_schema_is_read_and_written() {
        database.execute("CREATE SCHEMA other");
        database.execute("CREATE TABLE other.\"a.b\" (id int PRIMARY KEY)");
        database.execute("CREATE TABLE other._jobs (id int PRIMARY KEY)");
        database.execute("CREATE TABLE parted (id int PRIMARY KEY) PARTITION BY RANGE (id)");
        database.execute("CREATE TABLE pg_part PARTITION OF parted FOR VALUES FROM (0) TO (10)");
        Schema schema = Schema.of(Column.required("id", ColumnType.INT32));
        Table row = Table.of(schema, List.of(Batches.build(schema, List.of(List.of(7)))));

        for (PostgresTable table : List.of(
                database.database().table("other._jobs"),
                database.database().table("other", "a.b"),
                database.database().table("public.pg_part"))) {
            assertThat(table.write(row.rows()).written()).isEqualTo(1);
            assertThat(table.rows().toTable().size()).isEqualTo(1);
            assertThat(table.schema()).isEqualTo(row.schema());
        }
        for (ThrowingCallable unknown : List.<ThrowingCallable>of(
                () -> database.database().table("_jobs").rows().toTable(),
                () -> database.database().table("_jobs").write(row.rows()),
                () -> database.database().table("_jobs").schema())) {
            assertThatThrownBy(unknown)
                    .hasMessageContaining("There is one in: other")
                    .hasMessageContaining("table(\"schema.name\")")
                    .extracting(e -> ((KeywharfException) e).code())
                    .isEqualTo("sql.unknown_table");
        }
    }

    private static final List<ColumnType> TYPES = List.of(
            ColumnType.INT64,
            ColumnType.BOOLEAN,
            ColumnType.INT32,
            ColumnType.INT32,
            ColumnType.INT64,
            ColumnType.FLOAT32,
            ColumnType.FLOAT64,
            ColumnType.decimal(18, 7),
            ColumnType.decimal(38, 13),
            ColumnType.decimal(9, 2),
            ColumnType.STRING,
            ColumnType.STRING,
            ColumnType.JSON,
            ColumnType.JSON,
            ColumnType.BYTES,
            ColumnType.UUID,
            ColumnType.DATE,
            ColumnType.TIME,
            ColumnType.TIMESTAMP,
            ColumnType.TIMESTAMP_UTC,
            ColumnType.INT32,
            ColumnType.INT64);

    private static final List<String> DECLARED = List.of(
            "bigint",
            "boolean",
            "int",
            "smallint",
            "bigint",
            "real",
            "double precision",
            "numeric",
            "numeric(38,13)",
            "numeric(10,2)",
            "varchar(40)",
            "mood",
            "json",
            "jsonb",
            "bytea",
            "uuid",
            "date",
            "time",
            "timestamp",
            "timestamptz",
            "numeric",
            "numeric(30,4)");

    private static Object value(ColumnType type, String declared, Random random) {
        long any = random.nextLong() >> random.nextInt(64);
        return switch (type.kind()) {
            case BOOLEAN -> random.nextBoolean();
            case INT32 -> declared.equals("smallint") ? (Object) (int) (short) any : (Object) (int) any;
            case INT64 -> any;
            case FLOAT32 -> Float.intBitsToFloat((int) any);
            case FLOAT64 -> Double.longBitsToDouble(any);
            case DECIMAL -> {
                long limit = BigDecimal.TEN.pow(Math.min(18, type.precision())).longValue();
                BigDecimal small = BigDecimal.valueOf(any % limit, type.scale());
                yield type.isLongDecimal()
                        ? small
                        : small.multiply(BigDecimal.valueOf(random.nextInt(1_000_000_000)))
                                .setScale(type.scale(), java.math.RoundingMode.DOWN);
            }
            case STRING -> declared.equals("mood") ? (random.nextBoolean() ? "so 'so" : "hâppy") : text(random);
            case JSON -> "{\"a\": [" + any + ", \"é\"]}";
            case BYTES -> {
                byte[] bytes = new byte[random.nextInt(10)];
                random.nextBytes(bytes);
                yield bytes;
            }
            case UUID -> new UUID(any, random.nextLong());
            case DATE -> LocalDate.ofEpochDay(any % 600_000);
            case TIME -> LocalTime.ofNanoOfDay(Math.floorMod(any, 86_400_000_000L) * 1_000);
            case TIMESTAMP -> LocalDateTime.of(1970, 1, 1, 0, 0).plus(any % 50_000_000_000_000_000L, ChronoUnit.MICROS);
            default -> Instant.EPOCH.plus(any % 50_000_000_000_000_000L, ChronoUnit.MICROS);
        };
    }

    private static String text(Random random) {
        int[] points = random.ints(random.nextInt(30), 0, 4)
                .map(kind -> new int[] {'a' + kind, '\'', 0xe9, 0x1f600}[kind])
                .toArray();
        return new String(points, 0, points.length);
    }

    @Test
    void every_type_reads_back_through_the_driver_as_it_was_written() throws Exception {
        StringBuilder ddl = new StringBuilder("CREATE TABLE all_types (");
        java.util.ArrayList<Column> columns = new java.util.ArrayList<>();
        for (int i = 0; i < TYPES.size(); i++) {
            ddl.append(i == 0 ? "" : ", ").append('c').append(i).append(' ').append(DECLARED.get(i));
            columns.add(Column.nullable("c" + i, TYPES.get(i)));
        }
        database.execute(
                "CREATE TYPE mood AS ENUM ('so ''so', 'hâppy')", ddl.append(")").toString());
        Random random = new Random(42);
        List<@Nullable Object[]> rows = new java.util.ArrayList<>();
        for (int r = 0; r < 2_000; r++) {
            @Nullable Object[] row = new Object[TYPES.size()];
            row[0] = (long) r;
            for (int i = 1; i < row.length; i++) {
                row[i] = random.nextInt(8) == 0 ? null : value(TYPES.get(i), DECLARED.get(i), random);
            }
            rows.add(row);
        }
        WriteReport report = database.database().table("all_types").write(rows(Schema.of(columns), rows));
        assertThat(report.rejects()).isEmpty();
        assertThat(report.written()).isEqualTo(2_000);
        try (Connection connection = database.connection();
                Statement statement = connection.createStatement();
                ResultSet read = statement.executeQuery("SELECT * FROM all_types ORDER BY c0")) {
            for (@Nullable Object[] row : rows) {
                assertThat(read.next()).isTrue();
                for (int i = 0; i < row.length; i++) {
                    assertSame(read, i + 1, TYPES.get(i), row[i]);
                }
            }
        }
    }

    private static void assertSame(ResultSet read, int at, ColumnType type, @Nullable Object expected)
            throws Exception {
        if (expected == null) {
            assertThat(read.getObject(at)).isNull();
            return;
        }
        switch (type.kind()) {
            case BOOLEAN -> assertThat(read.getBoolean(at)).isEqualTo(expected);
            case INT32 -> assertThat(read.getInt(at)).isEqualTo(expected);
            case INT64 -> assertThat(read.getLong(at)).isEqualTo(expected);
            case FLOAT32 -> assertThat(read.getFloat(at)).isEqualTo(expected);
            case FLOAT64 -> assertThat(read.getDouble(at)).isEqualTo(expected);
            case DECIMAL -> assertThat(read.getBigDecimal(at)).isEqualByComparingTo((BigDecimal) expected);
            case BYTES -> assertThat(read.getBytes(at)).isEqualTo((byte[]) expected);
            case UUID -> assertThat(read.getObject(at)).isEqualTo(expected);
            case DATE -> assertThat(read.getObject(at, LocalDate.class)).isEqualTo(expected);
            case TIME -> assertThat(read.getObject(at, LocalTime.class)).isEqualTo(expected);
            case TIMESTAMP ->
                assertThat(read.getObject(at, LocalDateTime.class)).isEqualTo(expected);
            case TIMESTAMP_UTC ->
                assertThat(read.getObject(at, OffsetDateTime.class).toInstant()).isEqualTo(expected);
            default -> assertThat(read.getString(at)).isEqualTo(expected);
        }
    }

    @Test
    void values_that_the_table_cannot_hold_are_rejected_with_column_and_reason() {
        database.execute("CREATE TABLE narrow (id int NOT NULL, s smallint, v varchar(3), n numeric(5,2), j jsonb)");
        Schema schema = Schema.of(
                Column.nullable("id", ColumnType.INT64),
                Column.nullable("s", ColumnType.INT32),
                Column.nullable("v", ColumnType.STRING),
                Column.nullable("n", ColumnType.decimal(12, 4)),
                Column.nullable("j", ColumnType.JSON));
        BigDecimal fits = new BigDecimal("-999.9900");
        WriteReport report = database.database()
                .table("narrow")
                .write(
                        rows(
                                schema,
                                List.of(
                                        row(1L, 32_767, "äöü", fits, "{}"),
                                        row(2L, 32_768, "a", fits, "{}"),
                                        row(3L, 1, "abcd", fits, "{}"),
                                        row(4L, 1, "a\0b", fits, "{}"),
                                        row(5L, 1, "a", new BigDecimal("1000.0000"), "{}"),
                                        row(6L, 1, "a", new BigDecimal("1.2340"), "{}"),
                                        row(null, 1, "a", fits, "{}"),
                                        row(3_000_000_000L, 1, "a", fits, "{}"),
                                        row(9L, 1, "a", fits, "not json"),
                                        row(10L, null, null, null, null))),
                        RejectListener.keep(1_000));
        assertThat(report.rejects())
                .extracting(reject -> reject.position() + " " + reject.column())
                .containsExactlyInAnyOrder("7 id", "8 id", "2 s", "3 v", "4 v", "5 n", "6 n", "9 ");
        assertThat(report.written()).isEqualTo(2);
        assertThat(database.query("SELECT id, n FROM narrow ORDER BY id")).containsExactly("1|-999.99", "10|");
    }

    @Test
    void an_upsert_by_a_text_key_takes_the_last_of_each_key() {
        database.execute("CREATE TABLE contact (id text PRIMARY KEY, name text, hits int DEFAULT 5)");
        Schema schema = Schema.of(Column.required("name", ColumnType.STRING), Column.required("id", ColumnType.STRING));
        PostgresTable contacts = database.database().table("contact").upsertBy("id");
        contacts.write(rows(schema, List.of(row("Ann", "a"), row("Bob", "b"), row("Anna", "a"))));
        assertThat(contacts.write(rows(schema, List.of(row("Bo", "b"), row("Cy", "c"))))
                        .written())
                .isEqualTo(2);
        assertThat(database.query("SELECT * FROM contact ORDER BY id")).containsExactly("a|Anna|5", "b|Bo|5", "c|Cy|5");
    }

    @Test
    void rows_that_break_a_constraint_are_rejected_one_by_one() {
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, parent int REFERENCES item (id))",
                "INSERT INTO item VALUES (1)");
        Schema schema = Schema.of(Column.required("id", ColumnType.INT32), Column.nullable("parent", ColumnType.INT32));
        WriteReport report = database.database()
                .table("item")
                .write(
                        rows(schema, List.of(row(2, 1), row(1, null), row(3, 99), row(4, 2))),
                        RejectListener.keep(1_000));
        assertThat(report.rejects()).extracting(reject -> reject.position()).containsExactly(2L, 3L);
        assertThat(database.query("SELECT id FROM item ORDER BY id")).containsExactly("1", "2", "4");
    }

    @Test
    void a_table_that_does_not_fit_is_named_with_all_that_is_wrong() {
        database.execute("CREATE TABLE odd (id date, who text NOT NULL)");
        Schema schema = Schema.of(Column.required("id", ColumnType.INT32), Column.required("x", ColumnType.INT32));
        assertThatThrownBy(() -> database.database().table("odd").write(rows(schema, List.of())))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("'id' is date, which does not take int32")
                .hasMessageContaining("'x' is missing")
                .hasMessageContaining("'who' needs a value");
        assertThatThrownBy(() -> database.database().table("none").write(Rows.empty(schema)))
                .hasMessageStartingWith("[none] ");
    }

    @Test
    void domains_over_domains_take_what_the_type_beneath_takes_and_what_any_of_them_checks() {
        database.execute(
                "CREATE TYPE mood AS ENUM ('sad', 'happy')",
                "CREATE DOMAIN short AS varchar(5)",
                "CREATE DOMAIN given AS short NOT NULL DEFAULT 'none'",
                "CREATE DOMAIN code AS given CHECK (VALUE <> 'bad')",
                "CREATE DOMAIN price AS numeric(5,2)",
                "CREATE DOMAIN fare AS price CHECK (VALUE >= 0)",
                "CREATE DOMAIN temper AS mood",
                "CREATE DOMAIN tempers AS temper",
                "CREATE DOMAIN many AS int[]",
                "CREATE TABLE d (id int, c code, f fare, t tempers)",
                "CREATE TABLE lists (l many, m code[])");
        Schema schema = Schema.of(
                Column.required("id", ColumnType.INT32),
                Column.nullable("c", ColumnType.STRING),
                Column.nullable("f", ColumnType.decimal(9, 3)),
                Column.nullable("t", ColumnType.STRING));
        BigDecimal fits = new BigDecimal("1.250");
        WriteReport report = database.database()
                .table("d")
                .write(
                        rows(
                                schema,
                                List.of(
                                        row(1, "ok", fits, "sad"),
                                        row(2, "longer", fits, "sad"),
                                        row(3, "bad", fits, "sad"),
                                        row(4, null, fits, "sad"),
                                        row(5, "ok", new BigDecimal("1.255"), "sad"),
                                        row(6, "ok", fits.negate(), "sad"),
                                        row(7, "ok", fits, "angry"))),
                        RejectListener.keep(1_000));
        assertThat(report.rejects())
                .extracting(reject -> reject.position() + " " + reject.column())
                .containsExactlyInAnyOrder("2 c", "3 ", "4 c", "5 f", "6 ", "7 t");
        assertThat(database.query("SELECT * FROM d")).containsExactly("1|ok|1.25|sad");
        database.database()
                .table("d")
                .write(
                        rows(Schema.of(Column.required("id", ColumnType.INT32)), List.<@Nullable Object[]>of(row(9))),
                        RejectListener.keep(1_000));
        assertThat(database.query("SELECT * FROM d WHERE id = 9")).containsExactly("9|none||");
        Schema texts = Schema.of(Column.nullable("l", ColumnType.STRING), Column.nullable("m", ColumnType.STRING));
        WriteReport lists = database.database()
                .table("lists")
                .write(
                        rows(texts, List.of(row("{1,2}", "{ok}"), row("{1,x}", "{ok}"), row("{1}", "{bad}"))),
                        RejectListener.keep(1_000));
        assertThat(lists.rejects()).extracting(RejectedRow::position).containsExactlyInAnyOrder(2L, 3L);
        assertThat(database.query("SELECT * FROM lists")).containsExactly("{1,2}|{ok}");
    }
}
