package io.github.keywharf.postgres.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.sql.Increment;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PgSnapshotTest {

    private static PostgresServer server;
    private static PostgresDatabase database;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(options -> options.config("autovacuum", "off"));
        database = database(server);
        server.execute(
                "postgres",
                "CREATE TABLE item (id int PRIMARY KEY, name text, last_updated timestamp(3), seen timestamptz)",
                "CREATE TABLE _hidden (id int)",
                "CREATE TABLE sql_hidden (id int)",
                "CREATE TABLE parted (id int, day date, PRIMARY KEY (day, id)) PARTITION BY RANGE (day)",
                "CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')",
                "CREATE VIEW item_view AS SELECT * FROM item",
                "CREATE SCHEMA other",
                "CREATE TABLE other.\"Odd; name\" (\"a \"\"b\" int)",
                "INSERT INTO other.\"Odd; name\" VALUES (5)",
                "INSERT INTO parted VALUES (1, '2024-05-05')",
                "INSERT INTO item SELECT i, 'n' || i, timestamp '2024-01-01' + i * interval '1 hour',"
                        + " timestamptz '2024-01-01 00:00+00' + i * interval '1 hour' FROM generate_series(1, 60000) i",
                "ANALYZE");
    }

    @AfterAll
    static void stop() {
        database.close();
        server.close();
    }

    private static PostgresDatabase database(PostgresServer of) {
        return PostgresDatabase.builder()
                .host(of.host())
                .port(of.port())
                .database("postgres")
                .credentials(of.user(), Secret.of(of.password()))
                .build();
    }

    private static SnapshotPosition position() {
        try (SourceSnapshot snapshot = database.source().snapshot()) {
            return snapshot.position();
        }
    }

    private static ReadRequest since(String table, SnapshotPosition earlier) {
        return new ReadRequest(table, List.of(), new Increment.Since(earlier));
    }

    private static Table read(ReadRequest request) {
        try (SourceSnapshot snapshot = database.source().snapshot()) {
            return snapshot.read(request).toTable();
        }
    }

    @Test
    void tables_are_listed_without_the_systems_hidden_ones_partitions_and_views() {
        assertThat(database.source().listTables())
                .extracting(SourceTable::name)
                .contains("item", "parted")
                .doesNotContain("_hidden", "sql_hidden", "parted_1", "item_view");
        assertThat(database.source("public", true).listTables())
                .extracting(SourceTable::name)
                .contains("item_view");
        SourceTable parted = table("parted");
        assertThat(parted.key()).containsExactly("day", "id");
        assertThat(table("item").estimatedRows()).isEqualTo(60_000);
        assertThat(table("item").estimatedBytes()).isGreaterThan(1_000_000);
    }

    @Test
    void the_server_notices_soon_when_the_host_of_a_reader_is_gone() {
        server.execute(
                "postgres",
                "CREATE VIEW probes AS SELECT current_setting('tcp_keepalives_idle') || ' '"
                        + " || current_setting('tcp_keepalives_interval') || ' '"
                        + " || current_setting('tcp_keepalives_count') AS set");
        try (SourceSnapshot snapshot = database.source("public", true).snapshot()) {
            assertThat(snapshot.read(ReadRequest.all("probes")).toTable().row(0).value("set"))
                    .isEqualTo("60 10 6");
        } finally {
            server.execute("postgres", "DROP VIEW probes");
        }
    }

    /** None of these moves the xmin of a row that is there. */
    @Test
    void a_column_added_with_a_default_a_renamed_and_a_dropped_one_give_a_table_another_identity() {
        server.execute(
                "postgres",
                "CREATE TABLE growing (id int PRIMARY KEY, b int)",
                "INSERT INTO growing VALUES (1, 1), (2, 2)");
        try {
            for (String change : List.of(
                    "ADD COLUMN c int DEFAULT 7",
                    "RENAME COLUMN b TO d",
                    "ALTER COLUMN c SET DEFAULT 8",
                    "DROP COLUMN d")) {
                SnapshotPosition earlier = positionOf("growing");
                assertThat(read(since("growing", earlier)).size()).isZero();
                server.execute("postgres", "ALTER TABLE growing " + change);

                int read = read(since("growing", earlier)).size();
                assertThat(read).as(change).isEqualTo(change.contains("SET DEFAULT") ? 0 : 2);
            }
        } finally {
            server.execute("postgres", "DROP TABLE growing");
        }
    }

    private static SnapshotPosition positionOf(String table) {
        try (SourceSnapshot snapshot = database.source().snapshot()) {
            return snapshot.position().ofTable(snapshot.identity(table).orElseThrow());
        }
    }

    private static SourceTable table(String name) {
        return database.source().listTables().stream()
                .filter(it -> it.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void name_that_no_table_has_never_reaches_the_server() {
        try (SourceSnapshot snapshot = database.source().snapshot()) {
            for (String name :
                    List.of("item; DROP TABLE item", "item\"; DROP TABLE item; --", "_hidden", "x".repeat(500))) {
                assertThatThrownBy(() -> snapshot.read(ReadRequest.all(name)))
                        .isInstanceOf(KeywharfException.class)
                        .hasMessageContaining("item, ")
                        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500))
                        .extracting(e -> ((KeywharfException) e).code())
                        .isEqualTo("sql.unknown_table");
            }
            ReadRequest column = new ReadRequest("item", List.of("id\", version() --"), Increment.everything());
            assertThatThrownBy(() -> snapshot.read(column))
                    .hasMessageContaining("id, name")
                    .extracting(e -> ((KeywharfException) e).code())
                    .isEqualTo("sql.unknown_column");
            ReadRequest window = new ReadRequest(
                    "item", List.of(), new Increment.Window("name", LocalDateTime.MIN, LocalDateTime.MAX));
            assertThatThrownBy(() -> snapshot.sql(window)).hasMessageContaining("not a timestamp");
        }
    }

    @Test
    void odd_names_are_quoted() {
        try (SourceSnapshot snapshot = database.source("other", false).snapshot()) {
            Table table = snapshot.read(ReadRequest.all("Odd; name")).toTable();
            assertThat(table.row(0).value("a \"b")).isEqualTo(5);
        }
    }

    @Test
    void columns_come_in_the_order_asked_for() {
        Table table = read(new ReadRequest("item", List.of("name", "id"), Increment.everything()));
        assertThat(table.schema().names()).containsExactly("name", "id");
        assertThat(table.size()).isEqualTo(60_000);
        assertThat(table.batches()).hasSize(3);
    }

    @Test
    void window_includes_its_start_and_excludes_its_end_on_both_kinds_of_timestamp() {
        LocalDateTime from = LocalDateTime.of(2024, 1, 2, 0, 0);
        for (String column : List.of("last_updated", "seen")) {
            ReadRequest request =
                    new ReadRequest("item", List.of("id"), new Increment.Window(column, from, from.plusHours(3)));
            assertThat(read(request)).extracting(row -> row.value(0)).containsExactly(24, 25, 26);
            try (SourceSnapshot snapshot = database.source().snapshot()) {
                assertThat(snapshot.estimateRows(request).orElseThrow()).isBetween(1L, 600L);
                assertThat(snapshot.estimateRows(ReadRequest.all("item"))).hasValue(60_000);
            }
        }
    }

    @Test
    void snapshot_does_not_see_what_commits_later_even_through_rows_opened_later() {
        try (SourceSnapshot snapshot = database.source().snapshot()) {
            server.execute("postgres", "INSERT INTO item VALUES (-1, 'late')");
            assertThat(snapshot.read(ReadRequest.all("item")).toTable().size()).isEqualTo(60_000);
        } finally {
            server.execute("postgres", "DELETE FROM item WHERE id = -1");
        }
    }

    @Test
    void snapshots_between_which_nothing_happened_are_known_to_be_equal() throws SQLException {
        SnapshotPosition first = position();
        try (SourceSnapshot same = database.source().snapshot()) {
            assertThat(same.unchangedSince(first)).isTrue();
            assertThat(same.estimateRows(since("item", first))).hasValue(0);
            assertThat(same.read(since("item", first)).toTable().size()).isZero();
        }
        try (Connection writer = server.connection("postgres");
                Statement statement = writer.createStatement()) {
            writer.setAutoCommit(false);
            statement.execute("UPDATE item SET name = 'changed' WHERE id = 1");
            SnapshotPosition during = position();
            writer.commit();
            try (SourceSnapshot after = database.source().snapshot()) {
                assertThat(after.unchangedSince(during)).isFalse();
                assertThat(after.unchangedSince(first)).isFalse();
                assertThat(after.read(since("item", during)).toTable())
                        .extracting(row -> row.string("name"))
                        .containsExactly("changed");
            }
        }
    }

    @Test
    void where_positions_cannot_be_compared_everything_is_read() {
        SnapshotPosition now = position();
        SnapshotPosition elsewhere = new SnapshotPosition(now.system() + "x", now.snapshot(), now.time());
        SnapshotPosition ages = new SnapshotPosition(now.system(), "99999999999:99999999999:", now.time());
        try (SourceSnapshot snapshot = database.source("public", true).snapshot()) {
            for (ReadRequest request : List.of(
                    since("item", elsewhere), since("item", ages), since("parted", now), since("item_view", now))) {
                assertThat(snapshot.sql(request)).doesNotContain("WHERE");
            }
            assertThat(snapshot.sql(since("item", now))).contains("age(xmin)");
            assertThat(snapshot.unchangedSince(elsewhere)).isFalse();
            assertThat(snapshot.read(since("item_view", now)).toTable().size()).isEqualTo(60_000);
        }
    }

    @Test
    void ordinary_role_reads_the_same_position_as_the_superuser() {
        server.createRole("postgres", "reader", "reader-secret", "GRANT SELECT ON item TO reader");
        try (PostgresDatabase asReader = PostgresDatabase.builder()
                .host(server.host())
                .port(server.port())
                .database("postgres")
                .credentials("reader", Secret.of("reader-secret"))
                .build()) {
            try (SourceSnapshot snapshot = asReader.source().snapshot()) {
                assertThat(snapshot.position().system()).isEqualTo(position().system());
                assertThat(snapshot.read(ReadRequest.all("item")).toTable().size())
                        .isEqualTo(60_000);
                assertThatThrownBy(
                                () -> snapshot.read(ReadRequest.all("parted")).toTable())
                        .extracting(e -> ((KeywharfException) e).code())
                        .isEqualTo("postgres.not_permitted");
            }
        }
    }

    @Test
    void rows_closed_midway_stop_the_copy_and_leave_the_source_usable() {
        try (SourceSnapshot snapshot = database.source().snapshot()) {
            for (int i = 0; i < 10; i++) {
                try (Rows rows = snapshot.read(ReadRequest.all("item"))) {
                    assertThat(rows.next()).isNotNull();
                }
            }
            assertThat(snapshot.read(ReadRequest.all("item")).toTable().size()).isEqualTo(60_000);
        }
        Row running = database.query(
                        "SELECT count(*) AS n FROM pg_stat_activity WHERE query LIKE 'COPY%' AND state = 'active'")
                .one()
                .orElseThrow();
        assertThat(running.value("n")).isEqualTo(0L);
    }

    @Test
    void crash_ends_the_read_with_a_clear_error_and_begins_another_history() {
        try (PostgresServer fragile = PostgresServer.start();
                PostgresDatabase over = database(fragile)) {
            fragile.execute(
                    "postgres",
                    "CREATE TABLE big AS SELECT i, repeat('x', 500) AS t FROM generate_series(1, 200000) i");
            SnapshotPosition before;
            try (SourceSnapshot snapshot = over.source().snapshot();
                    Rows rows = snapshot.read(ReadRequest.all("big"))) {
                before = snapshot.position();
                assertThat(rows.next()).isNotNull();
                fragile.kill();
                assertThatThrownBy(() -> {
                            while (rows.next() != null) {
                                // Reads on until the loss is noticed.
                            }
                        })
                        .hasMessageStartingWith("[big]")
                        .extracting(e -> ((KeywharfException) e).code())
                        .isEqualTo("postgres.connection_lost");
            }
            fragile.restart();
            try (SourceSnapshot snapshot = over.source().snapshot()) {
                assertThat(snapshot.position().system()).isNotEqualTo(before.system());
                assertThat(snapshot.sql(since("big", before))).doesNotContain("WHERE");
                before = snapshot.position();
            }
            fragile.stop();
            fragile.restart();
            try (SourceSnapshot snapshot = over.source().snapshot()) {
                assertThat(snapshot.position().system())
                        .as("it may be a copy of the data directory")
                        .isNotEqualTo(before.system());
            }
        }
    }

    @Test
    void tables_read_in_parallel_are_of_one_moment_while_money_moves_between_them() throws Exception {
        int tables = 8;
        for (int i = 0; i < tables; i++) {
            server.execute(
                    "postgres",
                    "CREATE TABLE account_" + i + " (id int PRIMARY KEY, amount int NOT NULL)",
                    "INSERT INTO account_" + i + " SELECT n, 100 FROM generate_series(1, 50) n");
        }
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(5);
        try {
            List<Future<?>> writers = new ArrayList<>();
            writers.add(threads.submit(() -> transfer(tables, done)));
            int inconsistent = 0;
            for (int round = 0; round < 15; round++) {
                try (SourceSnapshot snapshot = database.source().snapshot()) {
                    List<Future<Long>> sums = new ArrayList<>();
                    for (int i = 0; i < tables; i++) {
                        String table = "account_" + i;
                        sums.add(threads.submit(() -> snapshot.read(ReadRequest.all(table)).stream()
                                .mapToLong(row -> row.value("amount", Integer.class))
                                .sum()));
                    }
                    long total = 0;
                    for (Future<Long> sum : sums) {
                        total += sum.get();
                    }
                    inconsistent += total == tables * 5_000L ? 0 : 1;
                }
            }
            done.set(true);
            for (Future<?> writer : writers) {
                writer.get();
            }
            assertThat(inconsistent).isZero();
        } finally {
            done.set(true);
            threads.shutdown();
        }
    }

    private static Object transfer(int tables, AtomicBoolean done) throws SQLException {
        Random random = new Random(1);
        try (Connection connection = server.connection("postgres");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            while (!done.get()) {
                statement.execute("UPDATE account_" + random.nextInt(tables) + " SET amount = amount - 7 WHERE id = 1");
                statement.execute("UPDATE account_" + random.nextInt(tables) + " SET amount = amount + 7 WHERE id = 2");
                connection.commit();
            }
        }
        return done;
    }

    @Test
    void increments_miss_nothing_that_windows_miss() throws Exception {
        server.execute(
                "postgres",
                "CREATE TABLE late (id int PRIMARY KEY, version int, last_updated timestamp(3) NOT NULL DEFAULT"
                        + " (clock_timestamp() AT TIME ZONE 'UTC'))");
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                int number = writer;
                writers.add(threads.submit(() -> write(number, done)));
            }
            Map<Object, Object> byIncrement = new HashMap<>();
            Map<Object, Object> byWindow = new HashMap<>();
            SnapshotPosition previous = null;
            long end = System.nanoTime() + 5_000_000_000L;
            boolean last = false;
            while (!last) {
                last = System.nanoTime() > end;
                if (last) {
                    done.set(true);
                    for (Future<?> writer : writers) {
                        writer.get();
                    }
                }
                try (SourceSnapshot snapshot = database.source().snapshot()) {
                    Increment since = previous == null ? Increment.everything() : new Increment.Since(previous);
                    Increment window = previous == null
                            ? Increment.everything()
                            : new Increment.Window(
                                    "last_updated",
                                    previous.time(),
                                    snapshot.position().time());
                    collect(snapshot, since, byIncrement);
                    collect(snapshot, window, byWindow);
                    previous = snapshot.position();
                }
                Thread.sleep(20);
            }
            Map<Object, Object> truth = new HashMap<>();
            try (SourceSnapshot snapshot = database.source().snapshot()) {
                collect(snapshot, Increment.everything(), truth);
            }
            assertThat(truth).hasSizeGreaterThan(200);
            assertThat(byIncrement).isEqualTo(truth);
            assertThat(byWindow).isNotEqualTo(truth);
        } finally {
            done.set(true);
            threads.shutdown();
        }
    }

    private static void collect(SourceSnapshot snapshot, Increment increment, Map<Object, Object> into) {
        for (Row row : snapshot.read(new ReadRequest("late", List.of("id", "version"), increment))
                .toTable()) {
            into.put(row.value("id"), row.value("version"));
        }
    }

    private static Object write(int writer, AtomicBoolean done) throws Exception {
        Random random = new Random(writer);
        try (Connection connection = server.connection("postgres");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            for (int i = 0; !done.get(); i++) {
                int id = writer * 1_000_000 + i;
                statement.execute("INSERT INTO late (id, version) VALUES (" + id + ", 0)");
                Savepoint savepoint = connection.setSavepoint();
                statement.execute("UPDATE late SET version = version + 1 WHERE id = " + (id - random.nextInt(5)));
                if (random.nextInt(4) == 0) {
                    connection.rollback(savepoint);
                }
                Thread.sleep(random.nextInt(20) == 0 ? 300 : random.nextInt(8));
                if (random.nextInt(20) == 0) {
                    connection.rollback();
                } else {
                    connection.commit();
                }
            }
        }
        return done;
    }
}
