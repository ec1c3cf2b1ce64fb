package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.CassandraServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CassandraSinkTest {
    private static final Schema READINGS = Schema.of(
            Column.nullable("device", ColumnType.STRING),
            Column.nullable("at", ColumnType.INT32),
            Column.nullable("value", ColumnType.INT32),
            Column.nullable("note", ColumnType.STRING));

    private static CassandraServer server;
    private static CassandraManager cassandra;
    private static String keyspace = "";

    @BeforeAll
    static void create() {
        server = CassandraServer.shared();
        keyspace = server.createKeyspace("bulk");
        cassandra = CassandraManager.of(server.session()).withKeyspace(keyspace);
        server.execute(
                "CREATE TABLE " + keyspace + ".readings (device text, at int, value int, note text, site text STATIC,"
                        + " PRIMARY KEY (device, at))");
        server.execute("CREATE TABLE " + keyspace + ".single (id int PRIMARY KEY, value int)");
        server.execute("CREATE TABLE " + keyspace + ".visits (page text, day int, hits counter, bytes counter,"
                + " PRIMARY KEY (page, day))");
        server.execute("CREATE TABLE " + keyspace + ".lists (id int PRIMARY KEY, items list<int>)");
        server.execute("CREATE TABLE " + keyspace + ".blobs (id int, part int, data blob, PRIMARY KEY (id, part))");
    }

    private static CassandraSink.Builder sink(String table) {
        return cassandra.table(table).sink();
    }

    private static List<Row> read(String cql) {
        return server.session().execute(cql.replace("KS", keyspace)).all();
    }

    private static void clear(String table) {
        server.execute("TRUNCATE " + keyspace + "." + table);
    }

    @Test
    void last_row_of_a_key_wins_within_a_window_and_across_windows() {
        Schema schema = Schema.of(Column.required("id", ColumnType.INT32), Column.required("value", ColumnType.INT32));
        Random random = new Random(7);
        int count = 5_000;
        int[][] rows = new int[count][];
        Map<Integer, Integer> wanted = new HashMap<>();
        for (int i = 0; i < count; i++) {
            // Falling values, since of equal timestamps the greater value would win.
            rows[i] = new int[] {random.nextInt(300), count - i};
            wanted.put(rows[i][0], rows[i][1]);
        }
        for (int window : new int[] {100, 20_000}) {
            clear("single");
            WriteReport report = sink("single")
                    .windowRows(window)
                    .build()
                    .write(BulkRows.generated(schema, count, 333, row -> new Object[] {rows[row][0], rows[row][1]}));
            assertThat(report.written()).isEqualTo(count);
            Map<Integer, Integer> stored = new HashMap<>();
            read("SELECT id, value FROM KS.single").forEach(row -> stored.put(row.getInt(0), row.getInt(1)));
            assertThat(stored).isEqualTo(wanted);
        }
    }

    @Test
    void later_load_wins_over_an_earlier_one_and_timestamps_are_consecutive() {
        Schema schema = Schema.of(Column.required("id", ColumnType.INT32), Column.required("value", ColumnType.INT32));
        CassandraSink sink = sink("single").build();
        for (int load = 9; load > 0; load--) {
            int value = load;
            sink.write(BulkRows.generated(schema, 50, 50, row -> new Object[] {-7, value}));
        }
        assertThat(read("SELECT value FROM KS.single WHERE id = -7").get(0).getInt(0))
                .isEqualTo(1);

        Instant base = Instant.parse("2024-05-20T00:00:00Z");
        sink("single").timestamp(base).build().write(BulkRows.generated(schema, 3, 3, row ->
                new Object[] {-10 - row, 1}));
        List<Long> times = new ArrayList<>();
        for (int id = -10; id > -13; id--) {
            times.add(read("SELECT writetime(value) FROM KS.single WHERE id = " + id)
                    .get(0)
                    .getLong(0));
        }
        long micros = base.toEpochMilli() * 1_000;
        assertThat(times).containsExactly(micros, micros + 1, micros + 2);
    }

    @Test
    void wide_partitions_and_single_rows_mixed_all_arrive() {
        clear("readings");
        Schema schema = READINGS;
        int count = 3_000;
        WriteReport report = sink("readings")
                .windowRows(1_000)
                .build()
                .write(BulkRows.generated(schema, count, 700, row ->
                        new Object[] {row % 3 == 0 ? "wide" : "d" + row % 97 + "-" + row / 500, row, row, "n" + row}));
        assertThat(report.written()).isEqualTo(count);
        assertThat(report.bytes()).isPositive();
        List<Row> stored = read("SELECT device, at, value, note FROM KS.readings");
        assertThat(stored).hasSize(count);
        assertThat(stored).allSatisfy(row -> {
            assertThat(row.getInt("value")).isEqualTo(row.getInt("at"));
            assertThat(row.getString("note")).isEqualTo("n" + row.getInt("at"));
        });
        assertThat(read("SELECT at FROM KS.readings WHERE device = 'wide'")).hasSize(count / 3);
    }

    @Test
    void one_row_is_written_and_no_row_is_not_an_error() {
        clear("readings");
        assertThat(sink("readings")
                        .build()
                        .write(BulkRows.of(READINGS, new Object[] {"one", 1, 1, "x"}))
                        .written())
                .isEqualTo(1);
        assertThat(sink("readings").build().write(Rows.empty(READINGS)).read()).isZero();
        assertThat(read("SELECT * FROM KS.readings")).hasSize(1);
    }

    @Test
    void absent_values_leave_the_column_as_it_is_unless_they_are_to_delete_it() {
        clear("readings");
        sink("readings").build().write(BulkRows.of(READINGS, new Object[] {"d", 1, 5, "kept"}));
        sink("readings").build().write(BulkRows.of(READINGS, new @Nullable Object[] {"d", 1, 6, null}));
        Row kept =
                read("SELECT value, note FROM KS.readings WHERE device = 'd'").get(0);
        assertThat(kept.getInt("value")).isEqualTo(6);
        assertThat(kept.getString("note")).isEqualTo("kept");

        sink("readings").nulls(CassandraSink.Nulls.NULL).build().write(BulkRows.of(READINGS, new @Nullable Object[] {
            "d", 1, 6, null
        }));
        assertThat(read("SELECT note FROM KS.readings WHERE device = 'd'")
                        .get(0)
                        .getString(0))
                .isNull();
    }

    @Test
    void rows_live_as_long_as_their_time_to_live() {
        sink("readings").timeToLive(Duration.ofHours(1)).build().write(BulkRows.of(READINGS, new Object[] {
            "ttl", 1, 5, "x"
        }));
        assertThat(read("SELECT ttl(note) FROM KS.readings WHERE device = 'ttl'")
                        .get(0)
                        .getInt(0))
                .isBetween(3_500, 3_600);
        assertThatThrownBy(() -> sink("readings").timeToLive(Duration.ofMillis(1_500)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("PT1.5S");
    }

    @Test
    void static_columns_are_written_with_rows_and_alone() {
        clear("readings");
        Schema alone =
                Schema.of(Column.required("device", ColumnType.STRING), Column.required("site", ColumnType.STRING));
        sink("readings").build().write(BulkRows.of(alone, new Object[] {"s", "first"}, new Object[] {"s", "hall"}));
        Row only = read("SELECT device, at, site FROM KS.readings").get(0);
        assertThat(only.getString("site")).isEqualTo("hall");
        assertThat(only.isNull("at")).isTrue();

        Schema both = Schema.of(
                Column.required("device", ColumnType.STRING),
                Column.required("at", ColumnType.INT32),
                Column.required("site", ColumnType.STRING));
        sink("readings").build().write(BulkRows.of(both, new Object[] {"s", 1, "roof"}, new Object[] {"s", 2, "cellar"
        }));
        assertThat(read("SELECT site FROM KS.readings WHERE device = 's'"))
                .extracting(row -> row.getString(0))
                .containsExactly("cellar", "cellar");
    }

    @Test
    void a_table_with_partitions_that_have_static_values_only_is_the_same_after_a_scan_and_a_load() {
        String columns = " (a int, b text, c int, d text, site text static, tags list<int> static, v int,"
                + " PRIMARY KEY ((a, b), c, d))";
        server.execute("CREATE TABLE " + keyspace + ".mixed_from" + columns);
        server.execute("CREATE TABLE " + keyspace + ".mixed_to" + columns);
        for (int a = 0; a < 40; a++) {
            if (a % 3 != 1) {
                server.execute("INSERT INTO " + keyspace + ".mixed_from (a, b, site, tags) VALUES (" + a + ", 'b', "
                        + (a % 2 == 0 ? "'site " + a + "', null)" : "null, [1, " + a + "])"));
            }
            for (int c = 0; c < a % 3 * 3; c++) {
                server.execute("INSERT INTO " + keyspace + ".mixed_from (a, b, c, d, v) VALUES (" + a + ", 'b', " + c
                        + ", '', " + (c == 0 ? "null" : c) + ")");
            }
        }
        List<RejectedRow> rejected = new ArrayList<>();
        for (CassandraSink.Nulls nulls : CassandraSink.Nulls.values()) {
            WriteReport report = sink("mixed_to")
                    .nulls(nulls)
                    .windowRows(30)
                    .build()
                    .write(cassandra.table("mixed_from").read(), rejected::add);
            assertThat(rejected).isEmpty();
            assertThat(report.written()).isEqualTo(14 + 13 * 3 + 13 * 6);
            assertThat(read("SELECT * FROM KS.mixed_to").stream().map(Row::getFormattedContents))
                    .containsExactlyElementsOf(read("SELECT * FROM KS.mixed_from").stream()
                            .map(Row::getFormattedContents)
                            .toList());
        }
        Schema schema = Schema.of(
                Column.required("a", ColumnType.INT32),
                Column.required("b", ColumnType.STRING),
                Column.nullable("c", ColumnType.INT32),
                Column.nullable("d", ColumnType.STRING),
                Column.nullable("site", ColumnType.STRING),
                Column.nullable("v", ColumnType.INT32));
        sink("mixed_to")
                .build()
                .write(
                        BulkRows.of(
                                schema,
                                new @Nullable Object[] {90, "b", null, null, null, null},
                                new @Nullable Object[] {91, "b", null, "d", "site", null},
                                new @Nullable Object[] {92, "b", null, null, "site", 1}),
                        rejected::add);
        assertThat(rejected).extracting(RejectedRow::column).containsExactly("c", "c", "c");
    }

    @Test
    void counters_are_added_to() {
        clear("visits");
        Schema schema = Schema.of(
                Column.required("page", ColumnType.STRING),
                Column.required("day", ColumnType.INT32),
                Column.required("hits", ColumnType.INT32),
                Column.nullable("bytes", ColumnType.INT64));
        List<RejectedRow> rejected = new ArrayList<>();
        WriteReport report = sink("visits")
                .build()
                .write(
                        BulkRows.generated(schema, 1_000, 100, row ->
                                new @Nullable Object[] {"page " + row % 7, row % 3, 2, row % 2 == 0 ? null : 10L}),
                        rejected::add);
        assertThat(rejected).isEmpty();
        assertThat(report.written()).isEqualTo(1_000);
        List<Row> stored = read("SELECT hits, bytes FROM KS.visits");
        assertThat(stored).hasSize(21);
        assertThat(stored.stream().mapToLong(row -> row.getLong("hits")).sum()).isEqualTo(2_000);
        assertThat(stored.stream().mapToLong(row -> row.getLong("bytes")).sum()).isEqualTo(5_000);
    }

    @Test
    void rows_of_a_table_with_lists_are_far_enough_apart_to_be_sent_again() {
        Schema schema = Schema.of(
                Column.required("id", ColumnType.INT32), Column.required("items", ColumnType.list(ColumnType.INT32)));
        sink("lists")
                .timestamp(Instant.EPOCH)
                .build()
                .write(BulkRows.of(schema, new Object[] {1, List.of(1, 2)}, new Object[] {1, List.of(3, 4)}));
        assertThat(read("SELECT items FROM KS.lists WHERE id = 1").get(0).getList(0, Integer.class))
                .containsExactly(3, 4);
        // What the server does with a list that is written twice with one timestamp, which is why.
        for (int i = 0; i < 2; i++) {
            server.execute("INSERT INTO " + keyspace + ".lists (id, items) VALUES (2, [5]) USING TIMESTAMP 100");
        }
        assertThat(read("SELECT items FROM KS.lists WHERE id = 2").get(0).getList(0, Integer.class))
                .containsExactly(5, 5);
    }

    @Test
    void rows_that_no_server_takes_are_rejected_and_the_others_written() {
        clear("readings");
        List<RejectedRow> rejected = new ArrayList<>();
        WriteReport report = sink("readings")
                .build()
                .write(
                        BulkRows.of(
                                READINGS,
                                new @Nullable Object[] {"a", 1, 1, "fine"},
                                new @Nullable Object[] {null, 2, 1, "no partition key"},
                                new @Nullable Object[] {"a", null, 1, "no clustering column"},
                                new @Nullable Object[] {"", 3, 1, "an empty partition key"},
                                new @Nullable Object[] {"k".repeat(65_536), 4, 1, "a long key"},
                                new @Nullable Object[] {"a", 5, 1, "x".repeat(17 << 20)},
                                new @Nullable Object[] {"a", 6, 1, "fine too"}),
                        rejected::add);
        assertThat(report.read()).isEqualTo(7);
        assertThat(report.written()).isEqualTo(2);
        assertThat(rejected).extracting(RejectedRow::position).containsExactly(2L, 3L, 4L, 5L, 6L);
        assertThat(rejected).extracting(RejectedRow::column).containsExactly("device", "at", "device", "device", "");
        assertThat(rejected.get(0).reason()).contains("primary key");
        assertThat(rejected.get(2).reason()).contains("empty");
        assertThat(rejected.get(3).reason()).contains("65536 bytes").contains("65535");
        assertThat(rejected.get(4).reason()).contains("more than the");
        assertThat(read("SELECT at FROM KS.readings WHERE device = 'a'")).hasSize(2);
    }

    @Test
    void row_that_the_server_refuses_is_found_in_its_batch() {
        // The vectors of a table hold what is not UTF-8 only by mistake, which the server notices.
        server.execute("CREATE TABLE IF NOT EXISTS " + keyspace
                + ".refused (id int, part int, note text, PRIMARY KEY (id, part))");
        Schema schema = Schema.of(
                Column.required("id", ColumnType.INT32),
                Column.required("part", ColumnType.INT32),
                Column.required("note", ColumnType.STRING));
        List<io.github.keywharf.table.ColumnVector.Builder> builders =
                io.github.keywharf.table.ColumnBatch.builders(schema, 60);
        for (int i = 0; i < 60; i++) {
            builders.get(0).appendValue(i % 2);
            builders.get(1).appendValue(i);
            byte[] bad = {'a', (byte) 0xff};
            ((io.github.keywharf.table.BytesVector.Builder) builders.get(2)).append(bad, 0, i == 31 ? 2 : 1);
        }
        Rows rows = Rows.of(schema, List.of(io.github.keywharf.table.ColumnBatch.build(schema, builders)));
        List<RejectedRow> rejected = new ArrayList<>();
        WriteReport report = sink("refused").build().write(rows, rejected::add);
        assertThat(report.written()).isEqualTo(59);
        assertThat(rejected).hasSize(1);
        assertThat(rejected.get(0).position()).isEqualTo(32);
        assertThat(rejected.get(0).reason())
                .startsWith("The server refuses the row: ")
                .contains("validate");
        assertThat(read("SELECT part FROM KS.refused")).hasSize(59);
    }

    @Test
    void large_values_are_written_in_batches_that_the_server_takes() {
        clear("blobs");
        Schema schema = Schema.of(
                Column.required("id", ColumnType.INT32),
                Column.required("part", ColumnType.INT32),
                Column.required("data", ColumnType.BYTES));
        byte[] large = new byte[200_000];
        byte[] largest = new byte[4 << 20];
        new Random(1).nextBytes(largest);
        List<RejectedRow> rejected = new ArrayList<>();
        WriteReport report = sink("blobs")
                .build()
                .write(
                        BulkRows.generated(
                                schema, 101, 20, row -> new Object[] {row % 4, row, row == 100 ? largest : large}),
                        rejected::add);
        assertThat(rejected).isEmpty();
        assertThat(report.written()).isEqualTo(101);
        assertThat(Objects.requireNonNull(read("SELECT data FROM KS.blobs WHERE id = 0 AND part = 100")
                        .get(0)
                        .getByteBuffer(0)))
                .isEqualTo(java.nio.ByteBuffer.wrap(largest));
    }

    @Test
    void load_stops_after_as_many_rejects_as_allowed() {
        assertThatThrownBy(() -> sink("readings")
                        .maxRejects(2)
                        .build()
                        .write(
                                BulkRows.generated(READINGS, 10, 10, row -> new @Nullable Object[] {null, row, 1, "x"}),
                                row -> {}))
                .isInstanceOf(KeywharfException.class)
                .extracting("code")
                .isEqualTo("cassandra.too_many_rejects");
    }

    @Test
    void progress_is_reported_to_the_listener_of_the_sink() {
        List<Event> events = new CopyOnWriteArrayList<>();
        Work work = Work.of(Organisation.of("acme"));
        WriteReport report = sink("readings")
                .work(work.withTask("monday"))
                .events(events::add)
                .build()
                .write(BulkRows.of(READINGS, new Object[] {"p", 1, 1, "x"}));
        assertThat(events)
                .containsExactly(
                        new Progress(work.withTask("monday"), "load " + keyspace + ".readings", 1, 1, "rows", true),
                        Event.of(
                                Event.Level.INFO,
                                "cassandra.load.finished",
                                work.withTask("monday"),
                                keyspace + ".readings",
                                report.toString(),
                                Fact.count("rows", 1),
                                Fact.count("rejected", 0),
                                Fact.bytes("bytes", report.bytes()),
                                Fact.time("took", report.took())));
        sink("readings").events(events::add).build().write(BulkRows.of(READINGS, new Object[] {"p", 1, 1, "x"}));
        sink("readings").events(events::add).build().write(BulkRows.of(READINGS, new Object[] {"p", 1, 1, "x"}));
        assertThat(events.stream().map(event -> event.work().task()).distinct()).hasSize(3);
    }

    @Test
    void rate_is_kept_below_the_cap() {
        long start = System.nanoTime();
        sink("single")
                .rowsPerSecond(1_000)
                .batchRows(10)
                .build()
                .write(BulkRows.generated(Schema.of(Column.required("id", ColumnType.INT32)), 500, 500, row ->
                        new Object[] {1_000_000 + row}));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(450));
    }

    @Test
    void hundred_thousand_partitions_of_one_row_arrive() {
        clear("single");
        Schema schema = Schema.of(Column.required("id", ColumnType.INT32), Column.required("value", ColumnType.INT32));
        WriteReport report = sink("single").build().write(BulkRows.generated(schema, 100_000, 20_000, row ->
                new Object[] {row, -row}));
        assertThat(report.written()).isEqualTo(100_000);
        assertThat(read("SELECT id FROM KS.single")).hasSize(100_000);
        assertThat(read("SELECT value FROM KS.single WHERE id = 77777").get(0).getInt(0))
                .isEqualTo(-77_777);
    }

    @Test
    void settings_out_of_range_are_refused_with_the_value() {
        CassandraSink.Builder builder = sink("single");
        assertThatThrownBy(() -> builder.windowRows(0)).hasMessageContaining("0");
        assertThatThrownBy(() -> builder.parallelism(1_001)).hasMessageContaining("1001");
        assertThatThrownBy(() -> builder.rowsPerSecond(Double.NaN)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> builder.resendWindow(Duration.ofSeconds(-1))).hasMessageContaining("PT-1S");
        assertThatThrownBy(() -> builder.maxRejects(-1)).hasMessageContaining("-1");
    }
}
