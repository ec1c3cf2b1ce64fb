package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.metadata.TokenMap;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Progress;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.CassandraServer;
import io.github.keywharf.testing.RecordingListener;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TableScanTest {
    private static final RecordingListener EVENTS = new RecordingListener();
    private static CqlSession raw;
    private static String keyspace;
    private static CassandraManager cassandra;
    private static List<String> readings;

    @BeforeAll
    static void fill() {
        CassandraServer server = CassandraServer.shared();
        raw = server.session();
        keyspace = server.createKeyspace("scan");
        UnloadFixture.fill(raw, keyspace + ".reading", 120, 25);
        readings = UnloadFixture.expected(raw, keyspace + ".reading");
        cassandra = UnloadFixture.connect(server, keyspace, EVENTS);
    }

    @AfterAll
    static void close() {
        cassandra.close();
    }

    private static String create(String name, String definition) {
        raw.execute("CREATE TABLE " + keyspace + "." + name + " (" + definition + ")");
        return keyspace + "." + name;
    }

    @Test
    void every_row_comes_once_as_the_driver_reads_it() {
        for (int parallelism : new int[] {1, 3}) {
            List<String> lines = UnloadFixture.lines(
                    cassandra.table("reading").scan().parallelism(parallelism).pageSize(70).rows().stream());
            assertThat(lines.stream().sorted().toList()).isEqualTo(readings);
        }
    }

    @Test
    void the_rows_of_a_partition_stay_together_in_their_clustering_order() {
        Map<Object, List<Object>> byDevice = new LinkedHashMap<>();
        Object last = null;
        try (Rows rows = cassandra.table("reading").scan().pageSize(7).rows()) {
            for (var batch = rows.next(); batch != null; batch = rows.next()) {
                last = null;
                for (int i = 0; i < batch.size(); i++) {
                    Object device = batch.row(i).value("device");
                    assertThat(device.equals(last) || !byDevice.containsKey(device))
                            .as("device %s comes in one piece", device)
                            .isTrue();
                    byDevice.computeIfAbsent(device, it -> new ArrayList<>())
                            .add(batch.row(i).value("at"));
                    last = device;
                }
            }
        }
        assertThat(byDevice).hasSize(120);
        List<Object> descending = new ArrayList<>();
        for (int at = 24; at >= 0; at--) {
            descending.add(at);
        }
        assertThat(byDevice.values()).allSatisfy(ats -> assertThat(ats).isEqualTo(descending));
    }

    @Test
    void a_partition_wider_than_many_pages_is_read_whole() {
        UnloadFixture.fill(raw, keyspace + ".wide", 1, 3_000);
        List<String> lines = UnloadFixture.lines(cassandra.table("wide").scan().pageSize(100).rows().stream());
        assertThat(lines).hasSize(3_000);
        assertThat(lines.get(0)).startsWith("0|2999|");
        assertThat(lines.get(2_999)).startsWith("0|0|");
    }

    @Test
    void a_table_with_more_columns_than_a_page_has_rows_is_read_with_all_of_them() {
        StringBuilder definition = new StringBuilder("id int PRIMARY KEY");
        StringBuilder names = new StringBuilder("id");
        for (int i = 0; i < 30; i++) {
            definition.append(", c").append(i).append(" int");
            names.append(", c").append(i);
        }
        String table = create("many_columns", definition.toString());
        raw.execute("INSERT INTO " + table + " (" + names + ") VALUES (" + "7, ".repeat(30) + "7)");
        try (CassandraManager small = SharedCassandra.builder().pageSize(20).connect()) {
            Table read = small.table(table).read().toTable();
            assertThat(read.schema().names()).hasSize(31).startsWith("id");
            assertThat(read.row(0).toMap().values()).hasSize(31).containsOnly(7);
        }
    }

    @Test
    void an_empty_table_has_columns_and_no_rows() {
        create("nothing", "id uuid PRIMARY KEY, name text");
        Table table = cassandra.table("nothing").read().toTable();
        assertThat(table.schema().names()).containsExactly("id", "name");
        assertThat(table.size()).isZero();
    }

    @Test
    void columns_come_keys_first_or_as_they_are_asked_for() {
        create("wanted", "a int, b int, z int static, m int, c int, PRIMARY KEY ((b), a)");
        assertThat(cassandra.table("wanted").read().toTable().schema().names())
                .containsExactly("b", "a", "z", "c", "m");
        assertThat(cassandra
                        .table("wanted")
                        .scan()
                        .columns("m", "b")
                        .rows()
                        .toTable()
                        .schema()
                        .names())
                .containsExactly("m", "b");
    }

    @Test
    void names_with_capitals_blanks_and_quotes_are_taken_as_they_are() {
        raw.execute("CREATE TABLE " + keyspace + ".\"Order\" (\"Key \"\"1\" int PRIMARY KEY, \"select\" text)");
        raw.execute("INSERT INTO " + keyspace + ".\"Order\" (\"Key \"\"1\", \"select\") VALUES (1, 'a')");
        Table table = cassandra.table("Order").scan().writetime("select").rows().toTable();
        assertThat(table.schema().names()).containsExactly("Key \"1", "select", "writetime_select");
        assertThat(table.size()).isOne();
    }

    @Test
    void times_of_writing_and_seconds_to_live_are_read_beside_the_columns() {
        String table = create("living", "id int PRIMARY KEY, a text, b text");
        raw.execute("INSERT INTO " + table + " (id, a) VALUES (1, 'x') USING TIMESTAMP 1234567890123456 AND TTL 10000");
        Row row =
                cassandra
                        .table("living")
                        .scan()
                        .columns("id")
                        .writetime("a", "b")
                        .ttl("a", "b")
                        .rows()
                        .toTable()
                        .rows()
                        .stream()
                        .findFirst()
                        .orElseThrow();
        assertThat(row.value("writetime_a")).isEqualTo(1234567890123456L);
        assertThat((Integer) row.value("ttl_a")).isBetween(9_000, 10_000);
        assertThat(row.value("writetime_b")).isNull();
        assertThat(row.value("ttl_b")).isNull();
    }

    @Test
    void static_values_counters_collections_and_structs_are_read() {
        raw.execute("CREATE TYPE " + keyspace + ".place (street text, no int)");
        String table = create(
                "rich",
                "id int, c int, s text static, l list<int>, t set<text>, m map<text, bigint>, p frozen<place>,"
                        + " f tuple<int, text>, PRIMARY KEY (id, c)");
        raw.execute("INSERT INTO " + table + " (id, s) VALUES (1, 'only static')");
        raw.execute("INSERT INTO " + table + " (id, c, l, t, m, p, f) VALUES (2, 5, [3, 1, 2], {'b', 'a'}, {'k': 9},"
                + " {street: 'Long Road', no: null}, (4, 'four'))");
        Map<Object, Map<String, Object>> byId = new HashMap<>();
        cassandra.table("rich").read().stream().forEach(row -> byId.put(row.value("id"), row.toMap()));
        assertThat(byId.get(1))
                .containsEntry("s", "only static")
                .containsEntry("c", null)
                .containsEntry("l", null);
        assertThat(byId.get(2))
                .containsEntry("c", 5)
                .containsEntry("l", List.of(3, 1, 2))
                .containsEntry("t", List.of("a", "b"))
                .containsEntry("m", Map.of("k", 9L));
        Map<String, Object> place = new LinkedHashMap<>();
        place.put("street", "Long Road");
        place.put("no", null);
        assertThat(byId.get(2)).containsEntry("p", place).containsEntry("f", Map.of("f1", 4, "f2", "four"));

        String hits = create("hits", "page text PRIMARY KEY, seen counter");
        raw.execute("UPDATE " + hits + " SET seen = seen + 41 WHERE page = 'home'");
        assertThat(cassandra.table("hits").read().stream().map(Row::toMap))
                .containsExactly(Map.of("page", "home", "seen", 41L));
    }

    @Test
    void numbers_without_a_fixed_scale_are_read_as_what_is_asked_for() {
        String table = create("money", "id int PRIMARY KEY, price decimal, big varint");
        raw.execute("INSERT INTO " + table
                + " (id, price, big) VALUES (1, 12.5, 123456789012345678901234567890123456789012)");
        Row row = cassandra
                .table("money")
                .scan()
                .columnType("price", ColumnType.decimal(10, 2))
                .columnType("big", ColumnType.STRING)
                .rows()
                .stream()
                .findFirst()
                .orElseThrow();
        assertThat(row.value("price")).isEqualTo(new BigDecimal("12.50"));
        assertThat(row.value("big")).isEqualTo("123456789012345678901234567890123456789012");
        assertThatThrownBy(() -> cassandra.table("money").read().toTable())
                .isInstanceOf(KeywharfException.class)
                .hasMessageMatching(".*\\[(big|price)].*columnType\\(.*")
                .extracting("code")
                .isEqualTo("cassandra.value_out_of_range");
        assertThatThrownBy(() -> cassandra
                        .table("money")
                        .scan()
                        .columnType("id", ColumnType.BOOLEAN)
                        .rows())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'id'");
    }

    @Test
    void decimals_of_few_digits_are_what_the_driver_reads_and_others_are_refused() {
        String table = create("prices", "id int PRIMARY KEY, price decimal");
        List<String> fit = List.of(
                "0",
                "-0.00",
                "1",
                "-1",
                "12.5",
                "-12.50",
                "0.01",
                "9.99",
                "9999999999999999.99",
                "-9999999999999999.99",
                "1.230",
                "100E3",
                "-128",
                "32768");
        for (int id = 0; id < fit.size(); id++) {
            raw.execute("INSERT INTO " + table + " (id, price) VALUES (" + id + ", " + fit.get(id) + ")");
        }
        TableScan scan = cassandra.table("prices").scan().columnType("price", ColumnType.decimal(18, 2));
        Map<Object, Object> read = new HashMap<>();
        scan.rows().stream().forEach(row -> read.put(row.value("id"), row.value("price")));
        for (int id = 0; id < fit.size(); id++) {
            assertThat(read.get(id)).isEqualTo(new BigDecimal(fit.get(id)).setScale(2));
        }
        for (String unfit :
                List.of("0.001", "10000000000000000", "-10000000000000000.00", "1E30", "92233720368547758.07")) {
            raw.execute("INSERT INTO " + table + " (id, price) VALUES (0, " + unfit + ")");
            assertThatThrownBy(() -> scan.rows().toTable())
                    .as(unfit)
                    .extracting("code")
                    .isEqualTo("cassandra.value_out_of_range");
        }
    }

    @Test
    void what_is_not_there_is_said_by_name() {
        assertThatThrownBy(() -> cassandra.table("Reading").read())
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("[" + keyspace + ".\"Reading\"]")
                .extracting("code")
                .isEqualTo("cassandra.no_table");
        assertThatThrownBy(
                        () -> cassandra.table("reading").scan().columns("noted").rows())
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("'noted'")
                .hasMessageContaining("note")
                .extracting("code")
                .isEqualTo("cassandra.unknown_column");
        assertThatThrownBy(() ->
                        cassandra.table("reading").scan().writetime("device").rows())
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("device")
                .extracting("code")
                .isEqualTo("cassandra.invalid_query");
        assertThatThrownBy(() -> cassandra.table("reading").scan().parallelism(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0");
    }

    @Test
    void a_table_that_changes_while_it_is_read_is_an_error_and_not_a_mixture() {
        List<String> changes = List.of(
                "ALTER TABLE %s DROP note",
                "DROP TABLE %1$s; CREATE TABLE %1$s (device int, at int, reading double, note text,"
                        + " PRIMARY KEY (device, at))",
                "DROP TABLE %s");
        for (String change : changes) {
            UnloadFixture.fill(raw, keyspace + ".changing", 40, 25);
            try (Rows rows = cassandra
                    .table("changing")
                    .scan()
                    .pageSize(20)
                    .parallelism(1)
                    .rowsPerSecond(4_000)
                    .rows()) {
                for (String cql : String.format(change, keyspace + ".changing").split(";")) {
                    raw.execute(cql);
                }
                assertThatThrownBy(() -> {
                            while (rows.next() != null) {
                                // All of it.
                            }
                        })
                        .as(change)
                        .isInstanceOf(KeywharfException.class)
                        .extracting("code")
                        .isEqualTo("cassandra.schema_changed");
            }
            raw.execute("DROP TABLE IF EXISTS " + keyspace + ".changing");
        }
    }

    @Test
    void readers_together_keep_below_the_rate_and_progress_is_reported() {
        long begun = System.nanoTime();
        long rows = cassandra.table("reading").scan().rowsPerSecond(5_000).rows().stream()
                .count();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(500));
        assertThat(rows).isEqualTo(3_000);
        assertThat(EVENTS.events(Progress.class).stream()
                        .filter(it -> it.subject().equals("read " + keyspace + ".reading")))
                .last()
                .satisfies(last -> assertThat(last.finished()).isTrue())
                .satisfies(last -> assertThat(last.work().task()).startsWith("read-"))
                .satisfies(last -> assertThat(last.done()).isEqualTo(3_000));
    }

    @Test
    void rows_that_are_closed_early_leave_no_thread() throws InterruptedException {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        Rows rows = cassandra
                .table("reading")
                .scan()
                .parallelism(3)
                .pageSize(10)
                .rowsPerSecond(100)
                .rows();
        // Threads of the driver and of the JVM may begin at any time; those of this scan are named after it.
        List<Thread> readers = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && thread.getName().startsWith("keywharf-cassandra-read"))
                .toList();
        assertThat(readers).hasSize(3).allMatch(Thread::isAlive);
        rows.close();
        rows.close();
        // A pool says that it has ended when its work has, a moment before its threads have.
        for (Thread reader : readers) {
            reader.join(5_000);
        }
        assertThat(readers).noneMatch(Thread::isAlive);
        assertThat(rows.next()).isNull();
    }

    @Test
    void pieces_cover_the_ring_without_gaps_however_many_there_are() {
        TokenMap tokens = raw.getMetadata().getTokenMap().orElseThrow();
        for (int pieces : new int[] {1, 2, 7, 300, 5_000}) {
            List<TokenSpan> spans = TokenSpan.ring(tokens, pieces);
            assertThat(spans.size()).isBetween(pieces, pieces + 1);
            assertThat(spans.get(0).after()).isNull();
            assertThat(spans.get(spans.size() - 1).upTo()).isNull();
            for (int i = 1; i < spans.size(); i++) {
                assertThat(spans.get(i).after()).isEqualTo(spans.get(i - 1).upTo());
                assertThat(spans.get(i).after())
                        .isGreaterThan(
                                spans.get(i - 1).after() == null
                                        ? tokens.parse(String.valueOf(Long.MIN_VALUE))
                                        : spans.get(i - 1).after());
            }
            for (TokenSpan span : spans) {
                List<String> text = span.format(tokens);
                assertThat(TokenSpan.parse(tokens, text.get(0), text.get(1))).isEqualTo(span);
            }
        }
        assertThat(TokenSpan.ring(null, 100)).containsExactly(TokenSpan.RING);
    }

    @Test
    void scalars_at_their_limits_are_what_the_driver_reads() {
        String table = create(
                "scalars",
                "id int PRIMARY KEY, a ascii, b bigint, c blob, d boolean, e date, f double, g float, h inet, i"
                        + " smallint, j text, k time, l timestamp, m timeuuid, n tinyint, o uuid, p varint, q duration");
        raw.execute("INSERT INTO " + table + " (id, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q) VALUES (1, '',"
                + " -9223372036854775808, 0x, true, '0001-01-01', NaN, -Infinity, '::1', -32768, '',"
                + " '23:59:59.999999999', -62135596800000, 50554d6e-29bb-11e5-b345-feff819cdc9f, -128,"
                + " 00000000-0000-0000-0000-000000000000, -1, 1mo2d3ns)");
        raw.execute("INSERT INTO " + table + " (id, c, e, l) VALUES (2, 0x00ff, '9999-12-31', 253402300799999)");
        raw.execute("INSERT INTO " + table + " (id) VALUES (3)");
        Map<Object, Row> byId = new HashMap<>();
        cassandra.table("scalars").read().stream().forEach(row -> byId.put(row.value("id"), row));
        for (int id = 1; id <= 3; id++) {
            var theirs =
                    raw.execute("SELECT * FROM " + table + " WHERE id = " + id).one();
            Row ours = byId.get(id);
            for (String same : List.of("a", "b", "d", "e", "f", "g", "j", "l", "m", "o")) {
                assertThat(ours.value(same)).as(same).isEqualTo(theirs.getObject(same));
            }
            byte[] bytes = (byte[]) ours.value("c");
            assertThat(bytes == null ? null : Arrays.toString(bytes))
                    .isEqualTo(
                            theirs.isNull("c")
                                    ? null
                                    : Arrays.toString(theirs.getByteBuffer("c").array()));
        }
        assertThat(byId.get(1).toMap())
                .containsEntry("h", "0:0:0:0:0:0:0:1")
                .containsEntry("i", -32768)
                .containsEntry("n", -128)
                .containsEntry("p", new BigDecimal("-1"))
                .containsEntry("q", "1mo2d3ns")
                .containsEntry("k", java.time.LocalTime.parse("23:59:59.999999"));
    }
}
