package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.data.CqlDuration;
import com.datastax.oss.driver.api.core.data.CqlVector;
import com.datastax.oss.driver.api.core.data.TupleValue;
import com.datastax.oss.driver.api.core.data.UdtValue;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.CassandraServer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Each value is written by the sink and read back by the driver itself. */
class CassandraSinkTypesTest {
    private static final String TIME_UUID = "50554d6e-29bb-11e5-b345-feff819cdc9f";

    private static CassandraServer server;
    private static CassandraManager cassandra;
    private static String table = "";
    private static int nextId;

    @BeforeAll
    static void create() {
        server = CassandraServer.shared();
        cassandra = CassandraManager.of(server.session());
        String keyspace = server.createKeyspace("types");
        table = keyspace + ".every_type";
        server.execute("CREATE TYPE " + keyspace + ".phone (kind text, number int)");
        server.execute("CREATE TYPE " + keyspace + ".person (name text, phones list<frozen<phone>>, \"Born\" date)");
        server.execute("CREATE TABLE " + table + " (id int PRIMARY KEY, a_ascii ascii, a_bigint bigint, a_blob blob,"
                + " a_boolean boolean, a_date date, a_decimal decimal, a_double double,"
                + " a_duration duration, a_float float, an_inet inet, an_int int,"
                + " a_smallint smallint, a_text text, a_time time, a_timestamp"
                + " timestamp, a_timeuuid timeuuid, a_tinyint tinyint, a_uuid uuid,"
                + " a_varint varint, a_list list<int>, a_set set<text>, a_map map<text,"
                + " bigint>, a_frozen frozen<list<frozen<set<int>>>>, a_map_of_lists"
                + " map<int, frozen<list<text>>>, a_tuple tuple<int, text,"
                + " frozen<list<double>>>, a_phone phone, a_person frozen<person>,"
                + " a_vector vector<float, 3>, some_texts vector<text, 2>, some_days"
                + " vector<date, 2>)");
    }

    private static List<RejectedRow> write(ColumnType type, String column, List<@Nullable Object> values) {
        int first = nextId;
        nextId += values.size();
        List<RejectedRow> rejected = new ArrayList<>();
        WriteReport report = cassandra
                .table(table)
                .write(
                        BulkRows.generated(
                                Schema.of(Column.required("id", ColumnType.INT32), Column.nullable(column, type)),
                                values.size(),
                                3,
                                row -> new @Nullable Object[] {first + row, values.get(row)}),
                        rejected::add);
        assertThat(report.written() + report.rejected()).isEqualTo(values.size());
        return rejected;
    }

    @Test
    void a_table_is_created_with_the_types_that_are_read_and_one_that_is_there_stays() {
        String name = server.createKeyspace("created") + ".Created";
        Schema schema = Schema.of(
                Column.nullable("Day", ColumnType.DATE),
                Column.nullable("no", ColumnType.INT64),
                Column.nullable("say \"who\"", ColumnType.STRING),
                Column.nullable("flag", ColumnType.BOOLEAN),
                Column.nullable("few", ColumnType.INT32),
                Column.nullable("half", ColumnType.FLOAT32),
                Column.nullable("double", ColumnType.FLOAT64),
                Column.nullable("price", CqlTypes.DECIMAL),
                Column.nullable("bytes", ColumnType.BYTES),
                Column.nullable("uuid", ColumnType.UUID),
                Column.nullable("clock", ColumnType.TIME),
                Column.nullable("at", ColumnType.TIMESTAMP_UTC),
                Column.nullable("tags", ColumnType.list(ColumnType.STRING)),
                Column.nullable("counts", ColumnType.map(ColumnType.STRING, ColumnType.INT32)));
        CassandraTable created = cassandra.table(name).create(schema, "Day", "no");

        Schema read = created.read().schema();
        assertThat(read.columns()).containsExactlyInAnyOrderElementsOf(schema.columns());
        Schema narrow = schema.select(List.of("Day"));
        assertThat(cassandra.table(name).create(narrow, "Day").read().schema()).isEqualTo(read);
        Schema json = Schema.of(Column.nullable("more", ColumnType.JSON));
        assertThat(cassandra
                        .table(name + "2")
                        .create(json, "more")
                        .read()
                        .schema()
                        .column(0)
                        .type())
                .isEqualTo(ColumnType.STRING);
        assertThatThrownBy(() -> created.create(schema)).hasMessageContaining("needs at least one key column");
        Schema local = Schema.of(Column.nullable("local", ColumnType.TIMESTAMP));
        assertThatThrownBy(() -> created.create(local, "local")).hasMessageContaining("into one in UTC");
    }

    /** Writes one value and gives what the driver reads. */
    private static @Nullable Object stored(ColumnType type, String column, Object value) {
        assertThat(write(type, column, List.of(value))).isEmpty();
        return read(column).getObject(0);
    }

    private static Row read(String column) {
        return Objects.requireNonNull(server.session()
                .execute("SELECT " + column + " FROM " + table + " WHERE id = " + (nextId - 1))
                .one());
    }

    private static @Nullable Object text(String column, String value) {
        return stored(ColumnType.STRING, column, value);
    }

    private static String refused(ColumnType type, String column, Object value) {
        List<RejectedRow> rejected = write(type, column, List.of(value));
        assertThat(rejected).hasSize(1);
        RejectedRow row = rejected.get(0);
        assertThat(row.position()).isEqualTo(1);
        assertThat(row.column()).isEqualTo(column);
        assertThat(row.source()).isEqualTo(table);
        assertThat(row.row()).containsEntry("id", nextId - 1);
        assertThat(row.reason().length()).isLessThan(300);
        return row.reason();
    }

    @Test
    void whole_numbers_of_either_width_go_into_each_type_that_holds_them() {
        for (String column : List.of("a_tinyint", "a_smallint", "an_int", "a_bigint", "a_varint", "a_decimal")) {
            for (int value : new int[] {0, 1, -1, 127, -128}) {
                assertThat(stored(ColumnType.INT32, column, value)).hasToString("" + value);
                assertThat(stored(ColumnType.INT64, column, (long) value)).hasToString("" + value);
                assertThat(text(column, "" + value)).hasToString("" + value);
                assertThat(stored(ColumnType.decimal(5, 0), column, BigDecimal.valueOf(value)))
                        .hasToString("" + value);
            }
        }
        assertThat(stored(ColumnType.INT64, "an_int", (long) Integer.MIN_VALUE)).isEqualTo(Integer.MIN_VALUE);
        assertThat(stored(ColumnType.INT64, "a_bigint", Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
        assertThat(stored(ColumnType.FLOAT64, "an_int", 3.0)).isEqualTo(3);
        assertThat(text("an_int", "1e3")).isEqualTo(1_000);
        assertThat(text("a_varint", "123456789012345678901234567890"))
                .isEqualTo(new BigInteger("123456789012345678901234567890"));
    }

    @Test
    void numbers_that_do_not_fit_are_rejected() {
        assertThat(refused(ColumnType.INT32, "a_tinyint", 128)).isEqualTo("'128' is out of the range from -128 to 127");
        assertThat(refused(ColumnType.INT32, "a_smallint", -32_769)).contains("-32768 to 32767");
        assertThat(refused(ColumnType.INT64, "an_int", 1L << 31)).contains("'2147483648' is out of the range");
        assertThat(refused(ColumnType.decimal(20, 0), "a_bigint", new BigDecimal("9223372036854775808")))
                .contains("is out of the range");
        assertThat(refused(ColumnType.FLOAT64, "an_int", 1.5)).isEqualTo("'1.5' is not a whole number");
        assertThat(refused(ColumnType.FLOAT64, "an_int", Double.NaN)).contains("'NaN'");
        assertThat(refused(ColumnType.FLOAT64, "a_decimal", Double.POSITIVE_INFINITY))
                .contains("'Infinity'");
        assertThat(refused(ColumnType.STRING, "an_int", "twelve")).isEqualTo("'twelve' is not a number");
        assertThat(refused(ColumnType.STRING, "an_int", "")).isEqualTo("'' is not a number");
        assertThat(refused(ColumnType.STRING, "a_varint", "1e999999999")).contains("digits");
        assertThat(refused(ColumnType.STRING, "a_varint", "9".repeat(20_000))).contains("longer than 10000");
    }

    @Test
    void floating_numbers_keep_their_value_or_are_rejected() {
        assertThat(stored(ColumnType.FLOAT64, "a_double", 0.1)).isEqualTo(0.1);
        assertThat(stored(ColumnType.FLOAT64, "a_double", Double.NaN)).isEqualTo(Double.NaN);
        assertThat(stored(ColumnType.FLOAT64, "a_double", -0.0)).isEqualTo(-0.0);
        assertThat(stored(ColumnType.FLOAT32, "a_float", 0.1f)).isEqualTo(0.1f);
        assertThat(stored(ColumnType.FLOAT64, "a_float", 0.5)).isEqualTo(0.5f);
        assertThat(stored(ColumnType.FLOAT64, "a_float", Double.NEGATIVE_INFINITY))
                .isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(stored(ColumnType.decimal(10, 2), "a_double", new BigDecimal("12.34")))
                .isEqualTo(12.34);
        assertThat(text("a_double", "1.5e300")).isEqualTo(1.5e300);
        assertThat(text("a_double", "-Infinity")).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(text("a_float", "0.1")).isEqualTo(0.1f);

        assertThat(refused(ColumnType.FLOAT64, "a_float", 0.1)).isEqualTo("'0.1' has more digits than a float keeps");
        assertThat(refused(ColumnType.INT64, "a_double", (1L << 53) + 1)).contains("more digits than a double keeps");
        assertThat(refused(ColumnType.STRING, "a_double", "1e400")).contains("out of the range of a double");
        assertThat(refused(ColumnType.STRING, "a_double", "1e-400")).contains("too near to zero");
        assertThat(refused(ColumnType.STRING, "a_float", "-0.1e-50")).contains("too near to zero");
        assertThat(refused(ColumnType.STRING, "a_float", "1e40")).contains("out of the range of a float");
        assertThat(refused(ColumnType.STRING, "a_double", "0x1p3")).contains("is not a number");
    }

    @Test
    void decimals_keep_every_digit_and_their_scale() {
        assertThat(stored(ColumnType.decimal(10, 2), "a_decimal", new BigDecimal("-5.00")))
                .isEqualTo(new BigDecimal("-5.00"));
        assertThat(stored(ColumnType.decimal(18, 0), "a_decimal", new BigDecimal("-128")))
                .isEqualTo(new BigDecimal("-128"));
        assertThat(stored(ColumnType.decimal(18, 4), "a_decimal", new BigDecimal("99999999999999.9999")))
                .isEqualTo(new BigDecimal("99999999999999.9999"));
        BigDecimal big = new BigDecimal("12345678901234567890123456789.012345678");
        assertThat(stored(ColumnType.decimal(38, 9), "a_decimal", big)).isEqualTo(big);
        assertThat(stored(ColumnType.FLOAT64, "a_decimal", 0.1)).isEqualTo(new BigDecimal("0.1"));
        assertThat(text("a_decimal", "1.10")).isEqualTo(new BigDecimal("1.10"));
    }

    @Test
    void text_of_any_alphabet_and_length_is_kept() {
        assertThat(text("a_text", "")).isEqualTo("");
        assertThat(text("a_text", "Grüße, 世界 🙂\n\"quoted\"")).isEqualTo("Grüße, 世界 🙂\n\"quoted\"");
        String big = "x".repeat(1_000_000);
        assertThat(text("a_text", big)).isEqualTo(big);
        assertThat(stored(ColumnType.JSON, "a_text", "{\"a\": 1}")).isEqualTo("{\"a\": 1}");
        assertThat(stored(ColumnType.INT32, "a_text", 7)).isEqualTo("7");
        assertThat(stored(ColumnType.decimal(10, 2), "a_text", new BigDecimal("7.50")))
                .isEqualTo("7.50");
        assertThat(stored(ColumnType.DATE, "a_text", LocalDate.of(2024, 5, 20))).isEqualTo("2024-05-20");
        assertThat(text("a_ascii", "plain")).isEqualTo("plain");
        assertThat(refused(ColumnType.STRING, "a_ascii", "Grüße"))
                .isEqualTo("'Grüße' holds a character that is not ASCII");
    }

    @Test
    void days_and_times_are_kept_to_the_unit_that_the_column_has() {
        for (LocalDate day :
                List.of(LocalDate.of(1969, 12, 31), LocalDate.of(2024, 2, 29), LocalDate.of(-5_000, 1, 1))) {
            assertThat(stored(ColumnType.DATE, "a_date", day)).isEqualTo(day);
        }
        assertThat(text("a_date", "2024-05-20")).isEqualTo(LocalDate.of(2024, 5, 20));
        assertThat(stored(ColumnType.TIMESTAMP, "a_date", LocalDateTime.of(2024, 5, 20, 0, 0)))
                .isEqualTo(LocalDate.of(2024, 5, 20));
        assertThat(stored(ColumnType.TIME, "a_time", LocalTime.of(23, 59, 59, 999_999_000)))
                .isEqualTo(LocalTime.of(23, 59, 59, 999_999_000));
        assertThat(text("a_time", "12:10:03.123456789")).isEqualTo(LocalTime.of(12, 10, 3, 123_456_789));
        Instant instant = Instant.parse("2024-05-20T12:10:03.998Z");
        assertThat(stored(ColumnType.TIMESTAMP_UTC, "a_timestamp", instant)).isEqualTo(instant);
        assertThat(stored(ColumnType.TIMESTAMP, "a_timestamp", LocalDateTime.parse("1950-01-01T00:00:00.001")))
                .isEqualTo(Instant.parse("1950-01-01T00:00:00.001Z"));
        assertThat(stored(ColumnType.DATE, "a_timestamp", LocalDate.of(2024, 5, 20)))
                .isEqualTo(Instant.parse("2024-05-20T00:00:00Z"));
        assertThat(stored(ColumnType.INT64, "a_timestamp", instant.toEpochMilli()))
                .isEqualTo(instant);
        for (String spelling : List.of(
                "2024-05-20T12:10:03.998Z",
                "2024-05-20 12:10:03.998",
                "2024-05-20T14:10:03.998+02:00",
                "2024-05-20 14:10:03.998+02",
                "2024-05-20 14:10:03.998+0200")) {
            assertThat(text("a_timestamp", spelling)).isEqualTo(instant);
        }
        assertThat(text("a_timestamp", "2024-05-20")).isEqualTo(Instant.parse("2024-05-20T00:00:00Z"));

        assertThat(refused(ColumnType.TIMESTAMP, "a_date", LocalDateTime.of(2024, 5, 20, 1, 0)))
                .contains("time of day");
        assertThat(refused(ColumnType.STRING, "a_date", "2023-02-29")).contains("is not a day");
        assertThat(refused(ColumnType.STRING, "a_date", "20.05.2024")).contains("is not a day such as 2024-05-20");
        assertThat(refused(ColumnType.STRING, "a_time", "24:00")).contains("is not a time of day");
        assertThat(refused(ColumnType.STRING, "a_timestamp", "yesterday")).contains("is not a point in time");
        assertThat(refused(ColumnType.TIMESTAMP_UTC, "a_timestamp", Instant.parse("2024-05-20T12:10:03.998001Z")))
                .contains("finer than a millisecond");
        assertThat(refused(ColumnType.STRING, "a_timestamp", "2024-05-20T12:10:03.998001Z"))
                .contains("finer than a millisecond");
    }

    @Test
    void timestamps_are_cut_to_milliseconds_only_on_request() {
        Instant fine = Instant.parse("1969-12-31T23:59:59.999999Z");
        int id = nextId++;
        cassandra
                .table(table)
                .sink()
                .cutTimestamps(true)
                .build()
                .write(BulkRows.of(
                        Schema.of(
                                Column.required("id", ColumnType.INT32),
                                Column.required("a_timestamp", ColumnType.TIMESTAMP_UTC)),
                        new Object[] {id, fine}));
        assertThat(read("a_timestamp").getInstant(0)).isEqualTo(Instant.parse("1969-12-31T23:59:59.999Z"));
    }

    @Test
    void booleans_uuids_bytes_addresses_and_durations_are_kept() throws Exception {
        assertThat(stored(ColumnType.BOOLEAN, "a_boolean", true)).isEqualTo(true);
        assertThat(text("a_boolean", "F")).isEqualTo(false);
        UUID uuid = UUID.fromString("123e4567-e89b-42d3-a456-426614174000");
        assertThat(stored(ColumnType.UUID, "a_uuid", uuid)).isEqualTo(uuid);
        assertThat(text("a_uuid", uuid.toString().toUpperCase(java.util.Locale.ROOT)))
                .isEqualTo(uuid);
        assertThat(stored(ColumnType.UUID, "a_timeuuid", UUID.fromString(TIME_UUID)))
                .hasToString(TIME_UUID);
        assertThat(text("a_timeuuid", TIME_UUID)).hasToString(TIME_UUID);
        byte[] bytes = {0, -1, 127, 10};
        assertThat(stored(ColumnType.BYTES, "a_blob", bytes)).isEqualTo(ByteBuffer.wrap(bytes));
        assertThat(text("a_blob", "0x00ff7f0a")).isEqualTo(ByteBuffer.wrap(bytes));
        assertThat(text("a_blob", "\\x00FF7F0A")).isEqualTo(ByteBuffer.wrap(bytes));
        assertThat(text("a_blob", "AP9/Cg==")).isEqualTo(ByteBuffer.wrap(bytes));
        // One in 4,096 texts in Base64 begins like hexadecimal digits.
        assertThat(text("a_blob", "0xZMtYhN"))
                .isEqualTo(ByteBuffer.wrap(Base64.getDecoder().decode("0xZMtYhN")));
        assertThat(text("a_blob", "")).isEqualTo(ByteBuffer.allocate(0));
        assertThat(text("an_inet", "192.0.2.1")).isEqualTo(InetAddress.getByName("192.0.2.1"));
        assertThat(text("an_inet", "2001:db8::1")).isEqualTo(InetAddress.getByName("2001:db8::1"));
        assertThat(text("a_duration", "P1M2DT3H")).isEqualTo(CqlDuration.newInstance(1, 2, 10_800_000_000_000L));
        assertThat(text("a_duration", "-1y3mo")).isEqualTo(CqlDuration.newInstance(-15, 0, 0));

        assertThat(refused(ColumnType.STRING, "a_boolean", "yes")).isEqualTo("'yes' is not true or false");
        assertThat(refused(ColumnType.STRING, "a_uuid", "1-2-3-4-5")).contains("is not a UUID");
        assertThat(refused(ColumnType.UUID, "a_timeuuid", uuid)).contains("of version 4");
        assertThat(refused(ColumnType.STRING, "a_timeuuid", uuid.toString())).contains("of version 4");
        assertThat(refused(ColumnType.STRING, "a_blob", "0xzzz")).contains("neither");
        assertThat(refused(ColumnType.STRING, "a_blob", "0x123")).contains("neither");
        assertThat(refused(ColumnType.STRING, "a_blob", "\\xzz")).contains("neither");
        assertThat(refused(ColumnType.STRING, "an_inet", "localhost")).contains("is not an address");
        assertThat(refused(ColumnType.STRING, "an_inet", "1.2.3")).contains("is not an address");
        assertThat(refused(ColumnType.STRING, "an_inet", "1.2.3.256")).contains("is not an address");
        assertThat(refused(ColumnType.STRING, "a_duration", "soon")).contains("is not a duration");
    }

    @Test
    void collections_are_kept_given_as_values_or_as_json() {
        assertThat(stored(ColumnType.list(ColumnType.INT32), "a_list", List.of(3, 1, 3)))
                .isEqualTo(List.of(3, 1, 3));
        assertThat(text("a_list", "[3, 1, 3]")).isEqualTo(List.of(3, 1, 3));
        assertThat(stored(ColumnType.list(ColumnType.STRING), "a_set", List.of("b", "a", "b")))
                .isEqualTo(Set.of("a", "b"));
        assertThat(text("a_set", "[\"b\", \"a\"]")).isEqualTo(Set.of("a", "b"));
        assertThat(stored(ColumnType.map(ColumnType.STRING, ColumnType.INT64), "a_map", Map.of("k", 1L << 40)))
                .isEqualTo(Map.of("k", 1L << 40));
        assertThat(text("a_map", "{\"k\": 1099511627776, \"\": 2}")).isEqualTo(Map.of("k", 1L << 40, "", 2L));
        assertThat(text("a_frozen", "[[2, 1], []]")).isEqualTo(List.of(Set.of(1, 2), Set.of()));
        assertThat(text("a_map_of_lists", "{\"1\": [\"x\"], \"-2\": []}"))
                .isEqualTo(Map.of(1, List.of("x"), -2, List.of()));

        assertThat(refused(ColumnType.STRING, "a_list", "[1, null]"))
                .isEqualTo("element 2 is null, which a collection does not hold");
        assertThat(refused(ColumnType.STRING, "a_list", "[1, \"x\"]")).isEqualTo("element 2: 'x' is not a number");
        assertThat(refused(ColumnType.STRING, "a_list", "{}")).contains("is not a list");
        assertThat(refused(ColumnType.STRING, "a_list", "[1] [2]")).contains("more than one JSON value");
        assertThat(refused(ColumnType.STRING, "a_list", "[1")).contains("is not JSON");
        assertThat(refused(ColumnType.STRING, "a_list", "null")).contains("null");
        assertThat(refused(ColumnType.STRING, "a_list", "[".repeat(5_000))).contains("is not JSON");
        assertThat(refused(ColumnType.STRING, "a_map", "{\"k\": 1, \"k\": 2}")).contains("is not JSON");
        assertThat(refused(ColumnType.STRING, "a_map_of_lists", "{\"x\": []}")).isEqualTo("key 1: 'x' is not a number");
        assertThat(refused(ColumnType.list(ColumnType.INT64), "a_list", List.of(1L, 1L << 40)))
                .contains("element 2: ");
    }

    @Test
    void tuples_user_defined_types_and_vectors_are_kept() {
        TupleValue tuple = (TupleValue) Objects.requireNonNull(text("a_tuple", "[1, null, [0.5]]"));
        assertThat(tuple.getInt(0)).isEqualTo(1);
        assertThat(tuple.getString(1)).isNull();
        assertThat(tuple.getObject(2)).isEqualTo(List.of(0.5));

        UdtValue phone = (UdtValue) Objects.requireNonNull(text("a_phone", "{\"number\": 5}"));
        assertThat(phone.getString("kind")).isNull();
        assertThat(phone.getInt("number")).isEqualTo(5);

        ColumnType struct = ColumnType.struct(List.of(
                Column.nullable("Name", ColumnType.STRING),
                Column.nullable("Born", ColumnType.DATE),
                Column.nullable(
                        "phones",
                        ColumnType.list(ColumnType.struct(List.of(
                                Column.nullable("kind", ColumnType.STRING),
                                Column.nullable("number", ColumnType.INT32)))))));
        UdtValue person = (UdtValue) Objects.requireNonNull(stored(
                struct,
                "a_person",
                Map.of(
                        "Name", "Ada",
                        "Born", LocalDate.of(1815, 12, 10),
                        "phones", List.of(Map.of("kind", "home", "number", 1)))));
        assertThat(person.getString("name")).isEqualTo("Ada");
        assertThat(person.getLocalDate("\"Born\"")).isEqualTo(LocalDate.of(1815, 12, 10));
        assertThat(Objects.requireNonNull(person.getList("phones", UdtValue.class))
                        .get(0)
                        .getString("kind"))
                .isEqualTo("home");

        assertThat(text("a_vector", "[1.5, -2, 0]")).isEqualTo(CqlVector.newInstance(1.5f, -2f, 0f));
        assertThat(stored(ColumnType.list(ColumnType.FLOAT32), "a_vector", List.of(1f, 2f, 3f)))
                .isEqualTo(CqlVector.newInstance(1f, 2f, 3f));
        assertThat(text("some_texts", "[\"\", \"" + "y".repeat(300) + "\"]"))
                .isEqualTo(CqlVector.newInstance("", "y".repeat(300)));
        assertThat(text("some_days", "[\"2024-05-20\", \"1969-12-31\"]"))
                .isEqualTo(CqlVector.newInstance(LocalDate.of(2024, 5, 20), LocalDate.of(1969, 12, 31)));

        assertThat(refused(ColumnType.STRING, "a_tuple", "[1]")).contains("A tuple of 3 was given 1 values");
        assertThat(refused(ColumnType.STRING, "a_phone", "{\"fax\": 1}"))
                .contains("no field 'fax', but kind, number")
                .contains("The type phone");
        assertThat(refused(ColumnType.STRING, "a_person", "{\"phones\": [{\"number\": \"x\"}]}"))
                .isEqualTo("phones: element 1: number: 'x' is not a number");
        assertThat(refused(ColumnType.STRING, "a_vector", "[1, 2]")).contains("A vector of 3 was given 2 values");
        assertThat(refused(ColumnType.STRING, "a_vector", "[1, 2, null]")).contains("element 3 is null");
    }

    @Test
    void duration_of_nothing_is_read_as_text_that_can_be_written_again() {
        assertThat(text("a_duration", "0s")).isEqualTo(CqlDuration.newInstance(0, 0, 0));
        String read = cassandra
                .execute("SELECT a_duration FROM " + table + " WHERE id = ?", nextId - 1)
                .one()
                .orElseThrow()
                .value("a_duration", String.class);
        assertThat(read).isEqualTo("0s");
    }

    @Test
    void shown_values_are_cut() {
        assertThat(refused(ColumnType.STRING, "an_int", "z".repeat(5_000)))
                .hasSizeLessThan(120)
                .contains("…");
    }
}
