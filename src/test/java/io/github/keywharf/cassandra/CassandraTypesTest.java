package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.data.CqlDuration;
import com.datastax.oss.driver.api.core.data.CqlVector;
import com.datastax.oss.driver.api.core.uuid.Uuids;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.testing.CassandraServer;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every type of CQL, written by us and read by the driver, written by the driver and read by us. */
class CassandraTypesTest {
    private static CqlSession raw;
    private static CassandraManager cassandra;
    private static String keyspace;
    private static final List<String> SCALARS = List.of(
            "ascii",
            "text",
            "varchar",
            "boolean",
            "tinyint",
            "smallint",
            "int",
            "bigint",
            "varint",
            "decimal",
            "float",
            "double",
            "uuid",
            "timeuuid",
            "date",
            "time",
            "timestamp",
            "blob",
            "inet",
            "duration");

    @BeforeAll
    static void connect() {
        CassandraServer server = CassandraServer.shared();
        raw = server.session();
        keyspace = server.createKeyspace("types");
        cassandra = SharedCassandra.builder().keyspace(keyspace).connect();
        cassandra.execute("CREATE TYPE address (street text, house_no int)");
        cassandra.execute("CREATE TYPE person (name text, homes frozen<list<frozen<address>>>)");
        StringBuilder columns = new StringBuilder();
        SCALARS.forEach(type -> columns.append(", c_").append(type).append(' ').append(type));
        cassandra.execute("CREATE TABLE scalar (id int PRIMARY KEY" + columns + ")");
        cassandra.execute("CREATE TABLE nested (id int PRIMARY KEY, l list<int>, s set<text>, m map<text, timestamp>,"
                + " t tuple<int, text, timestamp>, a address, p frozen<person>, v vector<float, 3>,"
                + " ll list<frozen<list<int>>>, ld list<decimal>, la frozen<list<tuple<int, inet>>>)");
        cassandra.execute("CREATE TABLE counted (id int PRIMARY KEY, c counter)");
    }

    @AfterAll
    static void close() {
        cassandra.close();
    }

    private static int nextId;

    /** Writes with our binding, reads with the driver and with our decoding. */
    private static void roundTrip(String column, Object value, Object inDriver, Object inTable) {
        int id = ++nextId;
        cassandra.execute("INSERT INTO scalar (id, c_" + column + ") VALUES (?, ?)", id, value);
        Object stored = raw.execute("SELECT c_" + column + " FROM " + keyspace + ".scalar WHERE id = " + id)
                .one()
                .getObject(0);
        assertThat(stored).as(column).isEqualTo(inDriver);
        assertThat(read("SELECT c_" + column + " FROM scalar WHERE id = ?", id))
                .as(column)
                .isEqualTo(inTable);
    }

    private static @Nullable Object read(String cql, Object... values) {
        return cassandra.execute(cql, values).one().orElseThrow().value(0);
    }

    private static KeywharfException refusal(String column, Object value) {
        return Assertions.catchThrowableOfType(
                KeywharfException.class,
                () -> cassandra.execute("INSERT INTO scalar (id, c_" + column + ") VALUES (0, ?)", value));
    }

    @Test
    void scalars_go_there_and_back() throws UnknownHostException {
        roundTrip("ascii", "plain", "plain", "plain");
        roundTrip("text", "d\u00e9j\u00e0 \uD83D\uDE00", "d\u00e9j\u00e0 \uD83D\uDE00", "d\u00e9j\u00e0 \uD83D\uDE00");
        roundTrip("varchar", "", "", "");
        roundTrip("boolean", true, true, true);
        roundTrip("tinyint", -128, (byte) -128, -128);
        roundTrip("smallint", 32_767, (short) 32_767, 32_767);
        roundTrip("int", Integer.MIN_VALUE, Integer.MIN_VALUE, Integer.MIN_VALUE);
        roundTrip("bigint", 5, 5L, 5L);
        roundTrip("bigint", Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);
        roundTrip("varint", 12L, BigInteger.valueOf(12), new BigDecimal("12"));
        roundTrip("decimal", new BigDecimal("1.50"), new BigDecimal("1.50"), new BigDecimal("1.500000000000000000"));
        roundTrip("decimal", 3, BigDecimal.valueOf(3), new BigDecimal("3.000000000000000000"));
        roundTrip("float", 1.5, 1.5f, 1.5f);
        roundTrip("float", Float.NaN, Float.NaN, Float.NaN);
        roundTrip("double", 0.1f, (double) 0.1f, (double) 0.1f);
        roundTrip("double", 7, 7.0, 7.0);
        UUID random = UUID.randomUUID();
        roundTrip("uuid", random, random, random);
        UUID timed = Uuids.timeBased();
        roundTrip("timeuuid", timed, timed, timed);
        LocalDate old = LocalDate.of(-4000, 1, 1);
        roundTrip("date", old, old, old);
        LocalTime fine = LocalTime.ofNanoOfDay(86_399_999_999_999L);
        roundTrip("time", fine, fine, LocalTime.of(23, 59, 59, 999_999_000));
        Instant moment = Instant.parse("2024-05-20T12:10:03.998877Z");
        Instant millis = Instant.parse("2024-05-20T12:10:03.998Z");
        roundTrip("timestamp", moment, millis, millis);
        roundTrip("timestamp", OffsetDateTime.parse("2024-05-20T14:10:03.998+02:00"), millis, millis);
        byte[] bytes = {0, 1, -1};
        InetAddress loopback = InetAddress.getByAddress(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
        roundTrip("inet", "::1", loopback, "0:0:0:0:0:0:0:1");
        InetAddress other = InetAddress.getByAddress(new byte[] {10, 1, 2, 3});
        roundTrip("inet", other, other, "10.1.2.3");
        roundTrip("duration", "1mo2d3h", CqlDuration.from("1mo2d3h"), "1mo2d3h");
        roundTrip("duration", Duration.ofMinutes(90), CqlDuration.from("1h30m"), "1h30m");
        roundTrip("duration", Period.of(1, 2, 3), CqlDuration.from("14mo3d"), "1y2mo3d");
        cassandra.execute("INSERT INTO scalar (id, c_blob) VALUES (-1, ?)", (Object) bytes);
        assertThat(raw.execute("SELECT c_blob FROM " + keyspace + ".scalar WHERE id = -1")
                        .one()
                        .getByteBuffer(0))
                .isEqualTo(ByteBuffer.wrap(bytes));
        assertThat((byte[]) read("SELECT c_blob FROM scalar WHERE id = -1")).containsExactly(bytes);
    }

    @Test
    void nulls_and_the_empty_values_of_other_types_are_null() {
        raw.execute(
                "INSERT INTO " + keyspace + ".scalar (id, c_int, c_bigint, c_timestamp, c_uuid, c_decimal, c_varint,"
                        + " c_boolean, c_double, c_inet, c_text, c_blob) VALUES (-2, blobAsInt(0x), blobAsBigint(0x),"
                        + " blobAsTimestamp(0x), blobAsUuid(0x), blobAsDecimal(0x), blobAsVarint(0x), blobAsBoolean(0x),"
                        + " blobAsDouble(0x), blobAsInet(0x), '', 0x)");
        var row = cassandra.execute("SELECT * FROM scalar WHERE id = -2").one().orElseThrow();
        for (String type : SCALARS) {
            Object value = row.value("c_" + type);
            switch (type) {
                case "text" -> assertThat(value).isEqualTo("");
                case "blob" -> assertThat((byte[]) value).isEmpty();
                default -> assertThat(value).as(type).isNull();
            }
        }
    }

    record Address(String street, Integer houseNo) {}

    record Person(String name, List<Address> homes) {}

    @Test
    void nested_values_go_there_and_back() {
        Instant at = Instant.parse("2024-05-20T12:00:00Z");
        Map<String, @Nullable Object> house = new java.util.LinkedHashMap<>();
        house.put("street", "High Street");
        house.put("house_no", null);
        cassandra.execute(
                "INSERT INTO nested (id, l, s, m, t, a, p, v, ll, ld, la) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                new int[] {3, 1, 2},
                List.of("b", "a"),
                Map.of("k", at),
                Arrays.asList(1, null, at),
                house,
                new Person("ann", List.of(new Address("Low Road", 7))),
                new float[] {1, 2, 3},
                List.of(List.of(1), List.of()),
                List.of(new BigDecimal("1.5"), 2),
                List.of(List.of(1, "10.0.0.1")));
        var stored = raw.execute("SELECT * FROM " + keyspace + ".nested WHERE id = 1")
                .one();
        assertThat(stored.getList("l", Integer.class)).containsExactly(3, 1, 2);
        assertThat(stored.getSet("s", String.class)).isEqualTo(Set.of("a", "b"));
        assertThat(stored.getMap("m", String.class, Instant.class)).isEqualTo(Map.of("k", at));
        assertThat(stored.getTupleValue("t").getInt(0)).isEqualTo(1);
        assertThat(stored.getTupleValue("t").isNull(1)).isTrue();
        assertThat(stored.getUdtValue("a").getString("street")).isEqualTo("High Street");
        assertThat(stored.getUdtValue("a").isNull("house_no")).isTrue();
        assertThat(stored.getVector("v", Float.class)).isEqualTo(CqlVector.newInstance(1f, 2f, 3f));

        var row = cassandra.execute("SELECT * FROM nested WHERE id = 1").one().orElseThrow();
        assertThat(row.value("l")).isEqualTo(List.of(3, 1, 2));
        assertThat(row.value("s")).isEqualTo(List.of("a", "b"));
        assertThat(row.value("m")).isEqualTo(Map.of("k", at));
        Map<String, @Nullable Object> tuple = new java.util.LinkedHashMap<>();
        tuple.put("f1", 1);
        tuple.put("f2", null);
        tuple.put("f3", at);
        assertThat(row.value("t")).isEqualTo(tuple);
        assertThat(row.value("a")).isEqualTo(house);
        assertThat(row.value("p"))
                .isEqualTo(Map.of("name", "ann", "homes", List.of(Map.of("street", "Low Road", "house_no", 7))));
        assertThat(row.value("v")).isEqualTo(List.of(1f, 2f, 3f));
        assertThat(row.value("ll")).isEqualTo(List.of(List.of(1), List.of()));
        assertThat(row.value("la")).isEqualTo(List.of(Map.of("f1", 1, "f2", "10.0.0.1")));

        // What was read can be written back as it is.
        cassandra.execute(
                "INSERT INTO nested (id, l, s, m, t, a, p, v, ll, ld, la) VALUES (2, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                row.value("l"),
                row.value("s"),
                row.value("m"),
                row.value("t"),
                row.value("a"),
                row.value("p"),
                row.value("v"),
                row.value("ll"),
                row.value("ld"),
                row.value("la"));
        var again = cassandra.execute("SELECT * FROM nested WHERE id = 2").one().orElseThrow();
        for (String column : List.of("l", "s", "m", "t", "a", "p", "v", "ll", "ld", "la")) {
            assertThat(again.value(column)).as(column).isEqualTo(row.value(column));
        }
    }

    @Test
    void nested_values_that_do_not_fit_say_where() {
        assertThatThrownBy(() -> cassandra.execute("INSERT INTO nested (id, l) VALUES (3, ?)", List.of(1, "two")))
                .hasMessageContaining("for 'l' (list<int>)")
                .hasMessageContaining("element 2, a java.lang.String: give a whole number")
                .hasMessageNotContaining("two");
        assertThatThrownBy(() -> cassandra.execute("INSERT INTO nested (id, l) VALUES (3, ?)", Arrays.asList(1, null)))
                .hasMessageContaining("element 2 is null");
        assertThatThrownBy(() -> cassandra.execute("INSERT INTO nested (id, v) VALUES (3, ?)", List.of(1f)))
                .hasMessageContaining("A vector of 3 was given 1 values");
        assertThatThrownBy(() -> cassandra
                        .query("INSERT INTO nested (id, a) VALUES (3, ?)")
                        .bind("a", Map.of("stret", "x"))
                        .execute())
                .hasMessageContaining("no field 'stret', but street, house_no");
        assertThatThrownBy(() -> cassandra.execute("INSERT INTO nested (id, t) VALUES (3, ?)", List.of(1)))
                .hasMessageContaining("A tuple of 3 was given 1 values");
    }

    @Test
    void counters_are_whole_numbers() {
        cassandra.execute("UPDATE counted SET c = c + ? WHERE id = 1", 3);
        assertThat(read("SELECT c FROM counted WHERE id = 1")).isEqualTo(3L);
    }

    @Test
    void what_a_column_type_cannot_hold_names_the_override_which_then_works() {
        String select = "SELECT c_decimal FROM scalar WHERE id = -3";
        cassandra.execute("INSERT INTO scalar (id, c_decimal) VALUES (-3, ?)", new BigDecimal("1E-20"));
        assertThatThrownBy(() -> read(select))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("cassandra.value_out_of_range"))
                .hasMessageContaining("columnType(\"c_decimal\", …)");
        assertThat(cassandra
                        .query(select)
                        .columnType("c_decimal", ColumnType.decimal(30, 20))
                        .execute()
                        .one()
                        .orElseThrow()
                        .value(0))
                .isEqualTo(new BigDecimal("0.00000000000000000001"));
        assertThat(cassandra
                        .execute(select)
                        .columnType("c_decimal", ColumnType.STRING)
                        .one()
                        .orElseThrow()
                        .value(0))
                .isEqualTo("1E-20");
        cassandra.execute("INSERT INTO scalar (id, c_decimal) VALUES (-3, ?)", new BigDecimal("1E+2000000000"));
        assertThatThrownBy(() -> read(select)).hasMessageContaining("1E+2000000000");
        assertThat(cassandra.execute(select).toString()).contains("does not fit");

        raw.execute("INSERT INTO " + keyspace + ".scalar (id, c_timestamp, c_time, c_varint) VALUES (-4, "
                + Long.MAX_VALUE + ", 1, 1" + "0".repeat(40) + ")");
        String times = "SELECT c_timestamp FROM scalar WHERE id = -4";
        assertThatThrownBy(() -> read(times)).hasMessageContaining("ColumnType.INT64 for its milliseconds");
        assertThat(cassandra
                        .execute(times)
                        .columnType("c_timestamp", ColumnType.INT64)
                        .one()
                        .orElseThrow()
                        .value(0))
                .isEqualTo(Long.MAX_VALUE);
        assertThat(cassandra
                        .execute("SELECT c_time FROM scalar WHERE id = -4")
                        .columnType("c_time", ColumnType.INT64)
                        .one()
                        .orElseThrow()
                        .value(0))
                .isEqualTo(1L);
        assertThatThrownBy(() -> read("SELECT c_varint FROM scalar WHERE id = -4"))
                .hasMessageContaining("c_varint");
        assertThat(cassandra
                        .execute("SELECT ld FROM nested WHERE id = 1")
                        .columnType("ld", ColumnType.list(ColumnType.decimal(10, 2)))
                        .schema()
                        .column(0)
                        .type())
                .isEqualTo(ColumnType.list(ColumnType.decimal(10, 2)));
        assertThatThrownBy(() -> cassandra
                        .execute(select)
                        .columnType("c_decimal", ColumnType.UUID)
                        .table())
                .hasMessageContaining("cannot be read as uuid");
        assertThatThrownBy(() -> cassandra
                        .execute(select)
                        .columnType("nothing", ColumnType.UUID)
                        .table())
                .hasMessageContaining("no column 'nothing'");
        LocalDateTime local = LocalDateTime.of(2024, 5, 20, 12, 0);
        cassandra.execute("INSERT INTO scalar (id, c_timestamp) VALUES (-5, '2024-05-20T12:00:00Z')");
        assertThat(cassandra
                        .execute("SELECT c_timestamp FROM scalar WHERE id = -5")
                        .columnType("c_timestamp", ColumnType.TIMESTAMP)
                        .one()
                        .orElseThrow()
                        .value(0))
                .isEqualTo(local);
    }

    @Test
    void values_that_would_lose_something_are_refused() {
        assertThat(refusal("ascii", "\u00e9")).hasMessageContaining("not ASCII");
        assertThat(refusal("text", "half \uD83D")).hasMessageContaining("half of a surrogate pair");
        assertThat(refusal("tinyint", 200)).hasMessageContaining("out of the range from -128 to 127");
        assertThat(refusal("int", new BigDecimal("1.5"))).hasMessageContaining("not a whole number");
        assertThat(refusal("int", 1.0)).hasMessageContaining("give a whole number");
        assertThat(refusal("float", 0.1)).hasMessageContaining("give a Float");
        assertThat(refusal("double", (1L << 60) + 1)).hasMessageContaining("give a Double");
        assertThat(refusal("decimal", 0.1)).hasMessageContaining("give a BigDecimal");
        assertThat(refusal("timeuuid", UUID.randomUUID())).hasMessageContaining("of version 4");
        assertThat(refusal("timestamp", LocalDateTime.MIN)).hasMessageContaining("time zone");
        assertThat(refusal("inet", "localhost")).hasMessageContaining("not an address");
        assertThat(refusal("inet", "300.1.1.1")).hasMessageContaining("not an address");
        assertThat(refusal("duration", "soon")).hasMessageContaining("not a duration");
        assertThat(refusal("uuid", "text")).hasMessageContaining("give a UUID");
    }

    @Test
    void a_field_takes_no_value_of_another_whose_name_is_alike() {
        cassandra.execute("CREATE TYPE twins (userid int, user_id int)");
        cassandra.execute("CREATE TABLE of_twins (id int PRIMARY KEY, t twins)");
        cassandra.execute("INSERT INTO of_twins (id, t) VALUES (1, :t)", Map.of("t", Map.of("user_id", 2)));
        cassandra.execute("INSERT INTO of_twins (id, t) VALUES (2, :t)", Map.of("t", Map.of("userId", 3)));
        assertThat(raw.execute("SELECT t.userid, t.user_id FROM " + keyspace + ".of_twins")
                        .all())
                .extracting(row -> Arrays.asList(row.getObject(0), row.getObject(1)))
                .containsExactlyInAnyOrder(Arrays.asList(null, 2), Arrays.asList(3, null));
    }
}
