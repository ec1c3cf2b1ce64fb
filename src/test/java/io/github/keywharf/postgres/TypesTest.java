package io.github.keywharf.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.PostgresServer;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TypesTest {

    private static PostgresServer server;
    private static PostgresDatabase database;

    /** From PostgreSQL 15 on. */
    private static boolean hasNegativeScales() {
        try (Connection connection = server.connection("types")) {
            return connection.getMetaData().getDatabaseMajorVersion() >= 15;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
        server.createDatabase("types");
        database = PostgresDatabase.builder()
                .host(server.host())
                .port(server.port())
                .database("types")
                .credentials(server.user(), Secret.of(server.password()))
                .build();
        server.execute(
                "types",
                "CREATE TYPE mood AS ENUM ('happy', 'so so', 'it''s bad')",
                "CREATE DOMAIN pence AS numeric(12,2) CHECK (VALUE >= 0)",
                "CREATE DOMAIN colour AS mood",
                """
                CREATE TABLE every_type (
                    id int PRIMARY KEY, b bool, i2 int2, i4 int4, i8 int8, f4 float4, f8 float8,
                    n10_2 numeric(10,2), n18_9 numeric(18,9), n18_0 numeric(18,0), n18_18 numeric(18,18),
                    n38_10 numeric(38,10), n_free numeric, n_wide numeric(60,5), n_neg %s,
                    t text, v varchar(20), c char(5), nm name, m mood, d date, tm time, ts timestamp, ts3 timestamp(3),
                    tz timestamptz, u uuid, j json, jb jsonb, raw bytea, price pence, hue colour,
                    arr int[], span interval, addr inet, rng tstzrange, "Odd ""na""me" int)""".formatted(hasNegativeScales() ? "numeric(5,-2)" : "numeric"),
                "INSERT INTO every_type (id) VALUES (0)",
                """
                INSERT INTO every_type VALUES (1, true, -32768, -2147483648, -9223372036854775808, 'NaN', '-Infinity',
                    -99999999.99, -999999999.999999999, -999999999999999999, -0.999999999999999999,
                    -9999999999999999999999999999.9999999999, 'NaN', 12345678901234567890123456789012345678901234567890.12345,
                    -12300, '', 'O''Keefe', 'ab', 'n', 'happy', '0001-01-01', '00:00', '0001-01-01 00:00:00.000001',
                    '2024-02-29 23:59:59.9996', '1969-12-31 23:59:59.999999+00', '00000000-0000-0000-0000-000000000000',
                    '{"a" : 1}', '{"a" : 1}', '\\x', 0, 'so so', '{1,NULL,3}', '1 year 2 days 03:04:05', '10.0.0.1/8',
                    '[2024-01-01 00:00+00,2024-02-01 00:00+00)', 7)""",
                """
                INSERT INTO every_type VALUES (2, false, 32767, 2147483647, 9223372036854775807, 3.4e38, 4.9e-324,
                    99999999.99, 0.000000001, 100000000000000000, 0.000000000000000001,
                    0.0000000001, 1e-30, 0.00001, 9999900, E'line\\nfeed\\t"quotes" \\\\ ☃ 😀', '', '', '', 'it''s bad',
                    '9999-12-31', '23:59:59.999999', '9999-12-31 23:59:59.999999', '1970-01-01', '2262-04-12 00:00+02',
                    'ffffffff-ffff-ffff-ffff-ffffffffffff', 'null', '"x"', '\\x00ff01', 1234567890.12, 'happy', '{}',
                    '-1 second', '2001:db8::1/64', 'empty', NULL)""",
                "INSERT INTO every_type (id, n10_2, n18_9, n38_10) SELECT 1000 + i, i * 10 ^ (i % 5) / 100.0,"
                        + " (i * 7919)::numeric / 10000 * (CASE WHEN i % 2 = 0 THEN 1 ELSE -1 END),"
                        + " (i::numeric * 99999999999999) / 1000 FROM generate_series(1, 25000) i");
    }

    @AfterAll
    static void stop() {
        database.close();
        server.close();
    }

    @Test
    void every_type_is_read_as_the_driver_reads_it() throws SQLException {
        Table ours = read("every_type");
        assertThat(ours.size()).isEqualTo(25_003);
        List<List<@Nullable Object>> expected = new ArrayList<>();
        try (Connection connection = server.connection("types");
                Statement statement = connection.createStatement()) {
            statement.execute("SET TimeZone = 'UTC'");
            try (ResultSet result = statement.executeQuery("SELECT * FROM every_type")) {
                while (result.next()) {
                    List<@Nullable Object> row = new ArrayList<>();
                    for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                        row.add(oracle(result, i));
                    }
                    expected.add(row);
                }
            }
        }
        int position = 0;
        for (Row row : ours) {
            List<@Nullable Object> values = new ArrayList<>();
            for (int i = 0; i < ours.schema().size(); i++) {
                values.add(
                        row.value(i) instanceof byte[] bytes
                                ? List.of(bytes.length, new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1))
                                : row.value(i));
            }
            assertThat(values).isEqualTo(expected.get(position++));
        }
    }

    private static @Nullable Object oracle(ResultSet result, int column) throws SQLException {
        String type = result.getMetaData().getColumnTypeName(column);
        int precision = result.getMetaData().getPrecision(column);
        if (result.getObject(column) == null) {
            return null;
        }
        return switch (type) {
            case "bool" -> result.getBoolean(column);
            case "int2", "int4" -> result.getInt(column);
            case "int8" -> result.getLong(column);
            case "float4" -> result.getFloat(column);
            case "float8" -> result.getDouble(column);
            case "date" -> result.getObject(column, LocalDate.class);
            case "time" -> result.getObject(column, LocalTime.class);
            case "timestamp" -> result.getObject(column, LocalDateTime.class);
            case "timestamptz" -> result.getObject(column, OffsetDateTime.class).toInstant();
            case "uuid" -> result.getObject(column, UUID.class);
            case "bytea" ->
                List.of(
                        result.getBytes(column).length,
                        new String(result.getBytes(column), java.nio.charset.StandardCharsets.ISO_8859_1));
            case "numeric", "pence" -> {
                String name = result.getMetaData().getColumnName(column);
                boolean declared = name.equals("price") || (precision > 0 && precision <= 38 && !name.equals("n_neg"));
                yield declared ? (Object) result.getBigDecimal(column) : result.getString(column);
            }
            default -> result.getString(column);
        };
    }

    @Test
    void query_gives_the_same_types_and_values_by_copy_and_by_a_cursor() {
        String all = "SELECT t.*, '10.0.0.1'::inet AS host, '<?xml version=\"1.0\"?><a/>'::xml AS x, '1 day'::interval,"
                + " ROW(NULL, id) AS pair, '12.5'::money AS paid, b'101' AS bits, now()::timetz = NULL AS nothing"
                + " FROM every_type t";
        Table copied = database.query(all + " ORDER BY id").table();
        Table fetched =
                database.query(all + " WHERE $1 ORDER BY id").values(true).table();
        assertThat(copied.schema()).isEqualTo(fetched.schema());
        assertThat(copied.size()).isEqualTo(25_003);
        assertThat(copied.row(1).string("host")).isEqualTo("10.0.0.1");
        for (int i = 0; i < copied.size(); i++) {
            assertThat(values(copied.row(i))).isEqualTo(values(fetched.row(i)));
        }
    }

    private static List<@Nullable Object> values(Row row) {
        List<@Nullable Object> values = new ArrayList<>();
        row.toMap()
                .values()
                .forEach(value -> values.add(value instanceof byte[] bytes ? Arrays.toString(bytes) : value));
        return values;
    }

    @Test
    void schema_says_types_keys_and_which_columns_may_be_null() {
        SourceTable table = database.source().listTables().get(0);
        assertThat(table.name()).isEqualTo("every_type");
        assertThat(table.key()).containsExactly("id");
        assertThat(table.schema().toString())
                .contains("id int32 not null", "n10_2 decimal(10,2)", "n_free string", "n_wide string", "n_neg string")
                .contains("price decimal(12,2)", "hue string", "tz timestamp_utc", "jb json", "arr string");
    }

    @Test
    void value_that_no_type_of_ours_holds_is_refused_by_the_name_of_its_column() {
        refuses("d date", "'infinity'", "infinite date");
        refuses("d date", "'-infinity'", "infinite date");
        refuses("ts timestamp", "'infinity'", "infinite timestamp");
        refuses("tz timestamptz", "'-infinity'", "infinite timestamp");
        refuses("ts timestamp", "'294276-12-31'", "after the year 294246");
        refuses("n numeric(10,2)", "'NaN'", "NaN");
        refuses("n numeric(30,2)", "'NaN'", "NaN");
        refuses("tm time", "'24:00'", "24:00:00");
    }

    private static void refuses(String column, String value, String words) {
        server.execute(
                "types",
                "DROP TABLE IF EXISTS strange",
                "CREATE TABLE strange (id int, " + column + ")",
                "INSERT INTO strange VALUES (1, " + value + ")");
        try {
            assertThatThrownBy(() -> read("strange"))
                    .isInstanceOf(KeywharfException.class)
                    .hasMessageStartingWith("[strange]")
                    .hasMessageContaining("'" + column.split(" ", 2)[0] + "'")
                    .hasMessageContaining(words)
                    .extracting(e -> ((KeywharfException) e).code())
                    .isEqualTo("postgres.unreadable_value");
        } finally {
            server.execute("types", "DROP TABLE strange");
        }
    }

    @Test
    void dates_before_christ_and_far_away_are_read() {
        server.execute(
                "types",
                "CREATE TABLE far (id int, d date, ts timestamp)",
                "INSERT INTO far VALUES (1, '4713-01-01 BC', '4713-01-01 BC'), (2, '5874897-12-31', '290000-01-01')");
        try {
            Table far = read("far");
            assertThat(far.row(0).value("d")).isEqualTo(LocalDate.of(-4712, 1, 1));
            assertThat(far.row(0).value("ts")).isEqualTo(LocalDateTime.of(-4712, 1, 1, 0, 0));
            assertThat(far.row(1).value("d")).isEqualTo(LocalDate.of(5_874_897, 12, 31));
            assertThat(far.row(1).value("ts")).isEqualTo(LocalDateTime.of(290_000, 1, 1, 0, 0));
        } finally {
            server.execute("types", "DROP TABLE far");
        }
    }

    @Test
    void decimals_of_any_size_are_read_exactly() throws SQLException {
        try (Connection connection = server.connection("types");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE exact (id int, a numeric(18,4), b numeric(38,4))");
            StringBuilder values = new StringBuilder();
            List<BigDecimal> expected = new ArrayList<>();
            java.util.Random random = new java.util.Random(7);
            for (int i = 0; i < 3_000; i++) {
                BigDecimal a = BigDecimal.valueOf(random.nextLong() % (long) Math.pow(10, 1 + random.nextInt(18)), 4);
                BigDecimal b = new BigDecimal(new java.math.BigInteger(random.nextInt(126), random), 4);
                expected.add(a);
                expected.add(b);
                values.append(i == 0 ? "" : ",")
                        .append("(" + i + "," + a.toPlainString() + "," + b.toPlainString() + ")");
            }
            statement.execute("INSERT INTO exact VALUES " + values);
            Table table = read("exact");
            List<Object> read = new ArrayList<>();
            for (Row row : table) {
                read.add(row.value(1));
                read.add(row.value(2));
            }
            assertThat(read).isEqualTo(expected);
            statement.execute("DROP TABLE exact");
        }
    }

    private static Table read(String table) {
        try (SourceSnapshot snapshot = database.source().snapshot()) {
            return snapshot.read(ReadRequest.all(table)).toTable();
        }
    }
}
