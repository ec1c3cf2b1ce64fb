package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Csv;
import io.github.keywharf.format.JsonLines;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.http.Pause;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Row;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.CassandraServer;
import io.github.keywharf.testing.RecordingListener;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableUnloadTest {
    private static final int PARTITIONS = 90;
    private static final int ROWS = 20;

    private static CqlSession raw;
    private static String keyspace;
    private static List<String> readings;

    private final ObjectStore store = ObjectStore.inMemory();
    private final RecordingListener events = new RecordingListener();
    private CassandraManager cassandra;

    @TempDir
    Path directory;

    @BeforeAll
    static void fill() {
        CassandraServer server = CassandraServer.shared();
        raw = server.session();
        keyspace = server.createKeyspace("unload");
        UnloadFixture.fill(raw, keyspace + ".reading", PARTITIONS, ROWS);
        readings = UnloadFixture.expected(raw, keyspace + ".reading");
        shared = UnloadFixture.connect(server, keyspace, event -> listener.onEvent(event));
    }

    private static CassandraManager shared;
    private static volatile RecordingListener listener = new RecordingListener();

    @BeforeEach
    void listen() {
        listener = events;
        cassandra = shared;
    }

    @AfterAll
    static void close() {
        shared.close();
    }

    private List<String> parquet(UnloadReport report) {
        return report.files().stream()
                .flatMap(file ->
                        UnloadFixture.lines(Parquet.reader(store, "out/" + file.key()).rows().stream()).stream())
                .sorted()
                .toList();
    }

    @Test
    void parquet_files_hold_every_row_once_as_duckdb_reads_them() throws SQLException {
        ObjectStore disk = ObjectStore.ofDirectory(directory);
        UnloadReport report =
                cassandra.table("reading").unload(disk, "out").files(5).run();
        assertThat(report.rows()).isEqualTo(PARTITIONS * ROWS);
        assertThat(report.files())
                .hasSize(5)
                .allSatisfy(file -> assertThat(file.rows()).isPositive());
        assertThat(report.bytes())
                .isEqualTo(disk.list("out/part-").mapToLong(it -> it.size()).sum());
        List<String> lines = new ArrayList<>();
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT device, \"at\", reading, note FROM '" + directory + "/out/*.parquet'")) {
            while (rows.next()) {
                lines.add(rows.getInt(1) + "|" + rows.getInt(2) + "|" + rows.getDouble(3) + "|" + rows.getString(4));
            }
        }
        lines.sort(null);
        assertThat(lines).isEqualTo(readings);
    }

    @Test
    void csv_and_json_lines_hold_every_row_once() {
        UnloadReport csv = cassandra
                .table("reading")
                .unload(store, "csv")
                .csv(it -> it.separator(';'))
                .files(3)
                .run();
        List<String> lines = csv.files().stream()
                .flatMap(file ->
                        UnloadFixture.lines(Csv.reader(store, "csv/" + file.key()).separator(';').rows().stream())
                                .stream())
                .sorted()
                .toList();
        assertThat(lines).isEqualTo(readings);
        UnloadReport json = cassandra
                .table("reading")
                .unload(store, "json")
                .jsonLines()
                .files(2)
                .run();
        assertThat(json.files().get(0).key()).isEqualTo("part-00000-0001.jsonl");
        long rows = json.files().stream()
                .mapToLong(file -> JsonLines.reader(store, "json/" + file.key()).rows().stream()
                        .count())
                .sum();
        assertThat(rows).isEqualTo(PARTITIONS * ROWS);
    }

    @Test
    void one_file_is_written_from_several_readers_with_partitions_in_one_piece() {
        UnloadReport report = cassandra
                .table("reading")
                .scan()
                .parallelism(3)
                .pageSize(33)
                .unload(store, "out")
                .files(1)
                .run();
        assertThat(report.files()).hasSize(1);
        List<Object> devices = Parquet.reader(
                        store, "out/" + report.files().get(0).key())
                .rows()
                .stream()
                .map(row -> row.value("device"))
                .toList();
        int changes = 1;
        for (int i = 1; i < devices.size(); i++) {
            changes += devices.get(i).equals(devices.get(i - 1)) ? 0 : 1;
        }
        assertThat(changes).isEqualTo(PARTITIONS);
        assertThat(parquet(report)).isEqualTo(readings);
    }

    @Test
    void the_manifest_says_what_the_report_said() {
        UnloadReport report = cassandra.table("reading").unload(store, "out").run();
        assertThat(UnloadReport.find(store, "out")).contains(report);
        assertThat(UnloadReport.find(store, "elsewhere")).isEmpty();
        assertThat(report.toString()).contains(keyspace + ".reading", "1,800 rows", "8 parquet files");
        assertThat(events.named("cassandra.unload.finished")).hasSize(1);
        assertThat(events.named("cassandra.unload.file_finished")).hasSize(8);
    }

    @Test
    void a_table_without_rows_leaves_one_file_with_its_columns() {
        raw.execute("CREATE TABLE " + keyspace + ".nothing (id uuid PRIMARY KEY, tags set<text>)");
        UnloadReport report = cassandra.table("nothing").unload(store, "out").run();
        assertThat(report.rows()).isZero();
        assertThat(report.files()).hasSize(1);
        assertThat(Parquet.reader(store, "out/" + report.files().get(0).key())
                        .rows()
                        .schema()
                        .names())
                .containsExactly("id", "tags");
    }

    @Test
    void what_broke_anywhere_goes_on_where_it_ended_and_gives_the_same_rows() {
        for (int writes = 0; writes < 11; writes++) {
            ObjectStore whole = ObjectStore.inMemory();
            BreakingStore breaking = new BreakingStore(whole, writes);
            assertThatThrownBy(() -> unload(breaking).run()).hasMessageContaining("broke");
            List<String> finished = UnloadFixture.keys(whole, "out/_unload/part-");
            BreakingStore again = new BreakingStore(whole, Integer.MAX_VALUE);
            UnloadReport report = unload(again).run();

            assertThat(report.rows()).as("after %s writes", writes).isEqualTo(readings.size());
            assertThat(report.resumedFiles()).isEqualTo(finished.size());
            assertThat(again.created()).hasSize(4 - finished.size());
            assertThat(UnloadFixture.keys(whole, "out/part-"))
                    .containsExactlyElementsOf(report.files().stream()
                            .map(file -> "out/" + file.key())
                            .toList());
            List<String> lines = report.files().stream()
                    .flatMap(file ->
                            UnloadFixture.lines(Parquet.reader(whole, "out/" + file.key()).rows().stream()).stream())
                    .sorted()
                    .toList();
            assertThat(lines).isEqualTo(readings);
        }
        assertThat(events.named("cassandra.unload.resumed")).isNotEmpty();
    }

    private TableUnload unload(ObjectStore target) {
        return cassandra
                .table("reading")
                .scan()
                .parallelism(2)
                .unload(target, "out")
                .files(4);
    }

    @Test
    void two_concurrent_runs_in_one_folder_give_one_result() {
        CompletableFuture<UnloadReport> other = Background.supply(() -> outcome(unload(store)));
        UnloadReport mine = outcome(unload(store));
        UnloadReport theirs = other.join();
        UnloadReport manifest = UnloadReport.find(store, "out").orElseThrow();
        assertThat(List.of(mine, theirs))
                .allSatisfy(it -> assertThat(it.files()).isEqualTo(manifest.files()));
        assertThat(parquet(manifest)).isEqualTo(readings);
    }

    /** One that comes late finds it finished. */
    private UnloadReport outcome(TableUnload unload) {
        try {
            return unload.run();
        } catch (KeywharfException e) {
            assertThat(e.code()).isEqualTo("cassandra.unload_finished");
            return UnloadReport.find(store, "out").orElseThrow();
        }
    }

    @Test
    void a_folder_is_for_one_unload() {
        unload(store).run();
        assertThatThrownBy(() -> unload(store).run())
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("out")
                .extracting("code")
                .isEqualTo("cassandra.unload_finished");
        ObjectStore broken = ObjectStore.inMemory();
        assertThatThrownBy(() -> unload(new BreakingStore(broken, 4)).run()).hasMessageContaining("broke");
        assertThatThrownBy(() -> unload(broken).csv().run())
                .hasMessageContaining("parquet")
                .extracting("code")
                .isEqualTo("cassandra.unload_mismatch");
        assertThatThrownBy(() -> cassandra
                        .table("reading")
                        .scan()
                        .columns("at")
                        .unload(broken, "out")
                        .run())
                .hasMessageContaining("[at]")
                .extracting("code")
                .isEqualTo("cassandra.unload_mismatch");
    }

    @Test
    void a_table_recreated_since_the_unload_began_is_refused() {
        UnloadFixture.fill(raw, keyspace + ".recreated", 10, 5);
        assertThatThrownBy(() -> cassandra
                        .table("recreated")
                        .unload(new BreakingStore(store, 5), "out")
                        .run())
                .hasMessageContaining("broke");
        raw.execute("DROP TABLE " + keyspace + ".recreated");
        UnloadFixture.fill(raw, keyspace + ".recreated", 10, 5);
        assertThatThrownBy(
                        () -> cassandra.table("recreated").unload(store, "out").run())
                .isInstanceOf(KeywharfException.class)
                .extracting("code")
                .isEqualTo("cassandra.schema_changed");
    }

    @Test
    void nested_values_are_structs_in_parquet_and_json_in_csv() throws SQLException {
        raw.execute("CREATE TYPE " + keyspace + ".place (street text, no int)");
        String table = keyspace + ".rich";
        raw.execute("CREATE TABLE " + table + " (id int PRIMARY KEY, l list<int>, m map<text, bigint>, p frozen<place>,"
                + " ps frozen<list<frozen<place>>>, f tuple<int, text>)");
        raw.execute(
                "INSERT INTO " + table + " (id, l, m, p, ps, f) VALUES (1, [3, 1], {'k': 9}, {street: 'Long \"Road',"
                        + " no: 7}, [{street: 'A', no: 1}, {street: null, no: 2}], (4, 'four'))");
        raw.execute("INSERT INTO " + table + " (id) VALUES (2)");
        ObjectStore disk = ObjectStore.ofDirectory(directory);
        cassandra.table("rich").unload(disk, "out").files(1).run();
        try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = duckdb.createStatement();
                ResultSet rows = statement.executeQuery("SELECT l[1], m['k'], p.street, ps[2].no, ps[2].street, f.f2"
                        + " FROM '" + directory + "/out/*.parquet' ORDER BY id")) {
            rows.next();
            assertThat(rows.getInt(1)).isEqualTo(3);
            assertThat(rows.getObject(2).toString()).contains("9");
            assertThat(rows.getString(3)).isEqualTo("Long \"Road");
            assertThat(rows.getInt(4)).isEqualTo(2);
            assertThat(rows.getString(5)).isNull();
            assertThat(rows.getString(6)).isEqualTo("four");
            rows.next();
            assertThat(rows.getObject(1)).isNull();
        }
        UnloadReport csv =
                cassandra.table("rich").unload(store, "csv").csv().files(1).run();
        try (Stream<Row> rows = Csv.reader(store, "csv/" + csv.files().get(0).key()).rows().stream()) {
            assertThat(rows.filter(row -> row.value("id").equals("1")).map(Row::toMap))
                    .containsExactly(java.util.Map.of(
                            "id", "1",
                            "l", "[3,1]",
                            "m", "{\"k\":9}",
                            "p", "{\"street\":\"Long \\\"Road\",\"no\":7}",
                            "ps", "[{\"street\":\"A\",\"no\":1},{\"street\":null,\"no\":2}]",
                            "f", "{\"f1\":4,\"f2\":\"four\"}"));
        }
    }

    @Test
    void what_was_unloaded_is_loaded_again_as_it_was() {
        String columns = "id int PRIMARY KEY, a ascii, b bigint, c blob, d boolean, e date, f double, g float, h inet,"
                + " i smallint, j text, k time, l timestamp, m timeuuid, n tinyint, o uuid, p varint, q duration,"
                + " r decimal, s set<text>, t map<text, frozen<list<int>>>, u frozen<spot>, v tuple<int, text>";
        raw.execute("CREATE TYPE " + keyspace + ".spot (name text, at tuple<double, double>)");
        for (String table : List.of("origin", "from_csv", "from_json", "from_parquet")) {
            raw.execute("CREATE TABLE " + keyspace + "." + table + " (" + columns + ")");
        }
        raw.execute("INSERT INTO " + keyspace
                + ".origin (id, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u,"
                + " v) VALUES (1, 'x,y', -9223372036854775808, 0x00ff, true, '2024-05-20', 0.1, 2.5, '10.0.0.1', -7,"
                + " 'say \"so\"\nthen', '12:10:03.998', '2024-05-20T12:10:03.998Z',"
                + " 50554d6e-29bb-11e5-b345-feff819cdc9f, -128, 9f3c9f30-6e0c-4c5c-8d5f-3a3b0c9d4e21, 12345678901234567890,"
                + " 1mo2d3ns, 12.50, {'b', 'a, b'}, {'k': [1, 2]}, {name: 'here', at: (1.5, -2)}, (4, null))");
        raw.execute("INSERT INTO " + keyspace + ".origin (id, j, c) VALUES (2, '', 0x)");
        raw.execute("INSERT INTO " + keyspace + ".origin (id) VALUES (3)");
        String csv = onlyFile(cassandra.table("origin").unload(store, "csv").csv());
        cassandra.table("from_csv").write(Csv.reader(store, "csv/" + csv).rows());
        String json = onlyFile(cassandra.table("origin").unload(store, "json").jsonLines());
        cassandra
                .table("from_json")
                .write(JsonLines.reader(store, "json/" + json).rows());
        String parquet = onlyFile(cassandra.table("origin").unload(store, "parquet"));
        cassandra
                .table("from_parquet")
                .write(Parquet.reader(store, "parquet/" + parquet).rows());
        for (String table : List.of("from_csv", "from_json", "from_parquet")) {
            for (int id = 1; id <= 3; id++) {
                String select = " WHERE id = " + id;
                assertThat(contents(table, select)).as("%s, row %s", table, id).isEqualTo(contents("origin", select));
            }
        }
    }

    private static String onlyFile(TableUnload unload) {
        UnloadReport report = unload.files(1).run();
        assertThat(report.rows()).isEqualTo(3);
        return report.files().get(0).key();
    }

    private static String contents(String table, String where) {
        var row = raw.execute("SELECT * FROM " + keyspace + "." + table + where).one();
        // Numbers of the same value, whatever scale they were written with.
        return row.getFormattedContents().replace("12.500000000000000000", "12.50");
    }

    @Test
    void a_value_that_fits_no_type_stops_the_unload_and_leaves_no_file() {
        raw.execute("CREATE TABLE " + keyspace + ".money (id int PRIMARY KEY, price decimal)");
        raw.execute("INSERT INTO " + keyspace + ".money (id, price) VALUES (1, 1E-30)");
        assertThatThrownBy(() -> cassandra.table("money").unload(store, "out").run())
                .hasMessageContaining("price")
                .extracting("code")
                .isEqualTo("cassandra.value_out_of_range");
        assertThat(UnloadFixture.keys(store, "out/part-")).isEmpty();
        UnloadReport report = cassandra
                .table("money")
                .scan()
                .columnType("price", ColumnType.STRING)
                .unload(store, "text")
                .run();
        assertThat(report.rows()).isOne();
    }

    @Test
    void an_interruption_ends_a_scan_whose_next_page_has_arrived() {
        TableScan settings = cassandra.table("reading").scan().ranges(1).pageSize(10);
        UnloadScan scan = new UnloadScan(cassandra.context(), settings.source(), settings, "read");
        UnloadPages pages = new UnloadPages(scan, settings.spans(1).get(0));
        assertThat(pages.next()).isNotNull();
        Pause.SLEEP.of(Duration.ofMillis(500), "the next page");
        Thread.currentThread().interrupt();
        assertThatThrownBy(pages::next).extracting("code").isEqualTo(KeywharfException.INTERRUPTED);
        assertThat(Thread.interrupted()).isTrue();
    }
}
