package io.github.keywharf.postgres.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.Increment;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class PgChangeFeedTest {

    private static PostgresServer server;
    private static PostgresDatabase database;
    private ChangeFeed feed;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(PostgresServer.Options::logicalReplication);
        database = database(server, server.user(), server.password());
        server.execute(
                "postgres",
                "CREATE TYPE mood AS ENUM ('good', 'bad')",
                """
                CREATE TABLE item (id int PRIMARY KEY, name text, price numeric(10,2), big numeric(30,3), at timestamp(3),
                    tz timestamptz, day date, tm time, ok bool, u uuid, raw bytea, j jsonb, f float8, i8 int8, m mood,
                    arr int[], free numeric)""",
                "CREATE TABLE pair (b text, a int, note text, PRIMARY KEY (a, b))",
                "CREATE TABLE whole (id int PRIMARY KEY, note text)",
                "ALTER TABLE whole REPLICA IDENTITY FULL",
                "CREATE TABLE keyless (id int)",
                "CREATE TABLE unwatched (id int PRIMARY KEY)");
    }

    @AfterAll
    static void stop() {
        database.close();
        server.close();
    }

    @BeforeEach
    void fresh() {
        server.execute("postgres", "TRUNCATE item, pair, whole, unwatched");
        feed = database.source().changeFeed("keywharf_test", List.of("item", "pair", "whole"));
        feed.drop();
        feed.ensure();
    }

    private static PostgresDatabase database(PostgresServer of, String user, String password) {
        return PostgresDatabase.builder()
                .host(of.host())
                .port(of.port())
                .database("postgres")
                .credentials(user, Secret.of(password))
                .build();
    }

    private static void run(String... statements) {
        server.execute("postgres", statements);
    }

    private static String first(String query) throws SQLException {
        try (Connection connection = server.connection("postgres");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }

    private static List<Object> column(Table table, String name) {
        List<Object> values = new ArrayList<>();
        for (Row row : table) {
            values.add(row.value(name));
        }
        return values;
    }

    @Test
    void inserts_updates_and_deletions_come_in_commit_order_until_acknowledged() {
        run(
                "INSERT INTO item (id, name) VALUES (1, 'a'), (2, 'b')",
                "UPDATE item SET name = 'c' WHERE id = 1",
                "DELETE FROM item WHERE id = 2",
                "INSERT INTO unwatched VALUES (1)");
        ChangeFeed.Changes changes = feed.read(1_000);
        assertThat(column(changes.written().get("item"), "name")).containsExactly("a", "b", "c");
        assertThat(column(changes.deleted().get("item"), "id")).containsExactly(2);
        assertThat(changes.written()).containsOnlyKeys("item");
        assertThat(changes.more()).isFalse();
        assertThat(feed.bytesBetween(changes.position(), feed.read(1_000).position()))
                .isZero();
        assertThat(column(feed.read(1_000).written().get("item"), "name")).containsExactly("a", "b", "c");
        feed.acknowledge(changes.position());
        feed.acknowledge(changes.position());
        assertThat(feed.read(1_000).isEmpty()).isTrue();
        run("INSERT INTO item (id, name) VALUES (3, 'd')");
        assertThat(column(feed.read(1_000).written().get("item"), "name")).containsExactly("d");
    }

    @Test
    void a_recreated_feed_does_not_keep_what_came_before_it() {
        run("INSERT INTO item (id) VALUES (1)");
        String position = feed.read(1_000).position();
        assertThat(feed.keepsAllSince(position)).isTrue();
        feed.acknowledge(position);
        assertThat(feed.keepsAllSince(position)).isTrue();
        feed.drop();
        run("INSERT INTO item (id) VALUES (2)");
        feed.ensure();
        assertThat(feed.keepsAllSince(position)).isFalse();
    }

    @Test
    void every_type_is_as_a_snapshot_reads_it() {
        run(
                "INSERT INTO item VALUES (1, 'O''Keefe ☃', -12.30, 123456789012345678901234567.891, '2024-02-29 01:02:03',"
                        + " '2024-02-29 01:02:03.000004+02', '0044-03-15 BC', '23:59:59.999999', true,"
                        + " 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '\\x00ff', '{\"a\": [1]}', 1e-300, -9223372036854775808, 'bad',"
                        + " '{1,NULL}', 1.500)",
                "INSERT INTO item (id) VALUES (2)");
        Table fed = feed.read(1_000).written().get("item");
        try (SourceSnapshot snapshot = database.source().snapshot()) {
            Table read = snapshot.read(ReadRequest.all("item")).toTable();
            assertThat(fed.schema()).isEqualTo(read.schema());
            assertThat(values(fed)).isEqualTo(values(read));
        }
    }

    private static List<List<Object>> values(Table table) {
        List<List<Object>> all = new ArrayList<>();
        for (Row row : table) {
            List<Object> values = new ArrayList<>();
            for (int i = 0; i < table.schema().size(); i++) {
                Object value = row.value(i);
                values.add(value instanceof byte[] bytes ? java.util.Arrays.toString(bytes) : value);
            }
            all.add(values);
        }
        return all;
    }

    @Test
    void rolled_back_work_is_not_reported_and_savepoints_are() throws SQLException {
        try (Connection connection = server.connection("postgres");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO item (id) VALUES (1)");
            connection.rollback();
            statement.execute("INSERT INTO item (id) VALUES (2)");
            statement.execute("SAVEPOINT s");
            statement.execute("INSERT INTO item (id) VALUES (3)");
            statement.execute("ROLLBACK TO s");
            statement.execute("SAVEPOINT s2");
            statement.execute("INSERT INTO item (id) VALUES (4)");
            connection.commit();
        }
        assertThat(column(feed.read(1_000).written().get("item"), "id")).containsExactly(2, 4);
    }

    @Test
    void transaction_is_never_split_and_later_ones_wait() {
        run("INSERT INTO item (id) SELECT i FROM generate_series(1, 30000) i", "INSERT INTO item (id) VALUES (0)");
        ChangeFeed.Changes first = feed.read(10);
        assertThat(first.written().get("item").size()).isEqualTo(30_000);
        assertThat(first.more()).isTrue();
        feed.acknowledge(first.position());
        ChangeFeed.Changes second = feed.read(10);
        assertThat(column(second.written().get("item"), "id")).containsExactly(0);
        assertThat(second.more()).isFalse();
    }

    @Test
    void transaction_that_began_before_and_commits_after_an_acknowledgement_is_not_lost() throws SQLException {
        try (Connection connection = server.connection("postgres");
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO item (id) VALUES (1)");
            run("INSERT INTO item (id) VALUES (2)");
            ChangeFeed.Changes changes = feed.read(1_000);
            assertThat(column(changes.written().get("item"), "id")).containsExactly(2);
            feed.acknowledge(changes.position());
            ChangeFeed.Changes nothing = feed.read(1_000);
            assertThat(nothing.isEmpty()).isTrue();
            feed.acknowledge(nothing.position());
            statement.execute("INSERT INTO item (id) VALUES (3)");
            connection.commit();
        }
        assertThat(column(feed.read(1_000).written().get("item"), "id")).containsExactly(1, 3);
    }

    private static final String LARGE = "(SELECT string_agg(md5(i::text), '') FROM generate_series(1, 5000) i)";

    private static Table completed(SourceSnapshot snapshot, ChangeFeed.Changes changes, String table) {
        return snapshot.read(new ReadRequest(
                        table,
                        List.of(),
                        new Increment.Keys(changes.incomplete().get(table))))
                .toTable();
    }

    @Test
    void a_row_with_a_large_value_that_did_not_change_is_named_to_be_read_or_left_to_its_deletion() {
        run("INSERT INTO item (id, name) VALUES (1, " + LARGE + "), (2, " + LARGE + ")");
        feed.acknowledge(feed.read(1_000).position());
        run(
                "UPDATE item SET price = 5 WHERE id = 1",
                "UPDATE item SET price = 6 WHERE id = 2",
                "DELETE FROM item WHERE id = 2");
        ChangeFeed.Changes changes = feed.read(1_000);
        assertThat(changes.written()).isEmpty();
        try (SourceSnapshot snapshot = database.source().snapshot()) {
            Table read = completed(snapshot, changes, "item");
            assertThat(column(read, "id")).containsExactly(1);
            assertThat(read.row(0).string("name")).hasSize(160_000);
            assertThat(read.row(0).string("price")).isEqualTo("5.00");
        }
        assertThat(column(changes.deleted().get("item"), "id")).containsExactly(2);
    }

    /** A second connection would queue behind an ALTER that waits for the snapshot's own locks. */
    @Test
    @Timeout(60)
    void a_row_is_completed_while_others_wait_for_the_lock_of_its_table() throws Exception {
        run("INSERT INTO item (id, name) VALUES (1, " + LARGE + ")");
        feed.acknowledge(feed.read(1_000).position());
        run("UPDATE item SET price = 5");
        CompletableFuture<Void> alter;
        try (SourceSnapshot snapshot = database.source().snapshot(List.of("item"), Duration.ofSeconds(5))) {
            // The common pool may have one thread, which this would take.
            alter = CompletableFuture.runAsync(
                    () -> run("BEGIN; LOCK TABLE item; COMMIT"), task -> new Thread(task, "locking").start());
            while (first("SELECT count(*)::text FROM pg_locks WHERE NOT granted")
                    .equals("0")) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            Table read = CompletableFuture.supplyAsync(() -> completed(snapshot, feed.read(1_000), "item"))
                    .get(20, TimeUnit.SECONDS);
            assertThat(column(read, "id")).containsExactly(1);
        }
        alter.get(20, TimeUnit.SECONDS);
    }

    @Test
    void rows_are_read_by_keys_of_every_type() {
        run(
                "CREATE TABLE keyed (n numeric, m mood, at timestamptz, ts timestamp, day date, raw bytea, t text, c char(4),"
                        + " PRIMARY KEY (n, m, at, ts, day, raw, t, c))",
                "INSERT INTO keyed SELECT i * 1e30, 'bad', '2024-02-29 01:02:03.000004+02', '0044-03-15 01:02 BC',"
                        + " '0001-12-31 BC', '\\x00ff', E'O''K\\\\', 'a' FROM generate_series(1, 2500) i");
        try (SourceSnapshot snapshot = database.source().snapshot()) {
            Table all = snapshot.read(ReadRequest.all("keyed")).toTable();
            Table found = snapshot.read(new ReadRequest("keyed", List.of(), new Increment.Keys(all)))
                    .toTable();
            assertThat(values(found))
                    .containsExactlyInAnyOrderElementsOf(values(all))
                    .hasSize(2_500);
        } finally {
            run("DROP TABLE keyed");
        }
    }

    @Test
    void a_table_whose_replica_identity_is_not_its_primary_key_is_read_whole() {
        run("CREATE UNIQUE INDEX whole_note ON whole (note)", "ALTER TABLE whole ALTER COLUMN note SET NOT NULL");
        try {
            run(
                    "ALTER TABLE whole REPLICA IDENTITY USING INDEX whole_note",
                    "INSERT INTO whole VALUES (1, 'a'), (2, 'b')");
            ChangeFeed.Changes inserts = feed.read(1_000);
            assertThat(column(inserts.written().get("whole"), "id")).containsExactly(1, 2);
            feed.acknowledge(inserts.position());
            for (String change :
                    List.of("UPDATE whole SET id = 3 WHERE note = 'a'", "DELETE FROM whole WHERE note = 'b'")) {
                run(change);
                ChangeFeed.Changes changes = feed.read(1_000);
                assertThat(changes.unnamed()).as(change).containsOnlyKeys("whole");
                assertThat(changes.written()).isEmpty();
                assertThat(changes.deleted()).isEmpty();
                feed.acknowledge(changes.position());
            }
        } finally {
            run("ALTER TABLE whole REPLICA IDENTITY FULL", "DROP INDEX whole_note");
        }
    }

    @Test
    void of_a_transaction_that_is_too_large_the_tables_are_named() {
        run(
                "INSERT INTO item (id) VALUES (1)",
                "BEGIN; INSERT INTO whole SELECT i, 'a' FROM generate_series(1, 5000) i; INSERT INTO item (id) VALUES (2); COMMIT",
                "INSERT INTO item (id) VALUES (3)");
        PgChangeFeed bounded = (PgChangeFeed) feed;
        ChangeFeed.Changes large = bounded.read(100_000, 20_000, Map.of());
        assertThat(large.unnamed()).containsOnlyKeys("item", "whole");
        assertThat(large.written()).isEmpty();
        assertThat(large.more()).isTrue();
        feed.acknowledge(large.position());
        ChangeFeed.Changes rest = bounded.read(100_000, 20_000, Map.of());
        assertThat(column(rest.written().get("item"), "id")).containsExactly(3);
        assertThat(rest.unnamed()).isEmpty();
        assertThat(rest.more()).isFalse();
    }

    @Test
    @Timeout(60)
    void a_reading_ends_where_no_other_transaction_fits() {
        run(
                "INSERT INTO whole VALUES (1, 'a')",
                "INSERT INTO whole VALUES (2, 'a')",
                "INSERT INTO whole VALUES (3, 'a')");
        List<Object> read = new ArrayList<>();
        for (boolean more = true; more; ) {
            ChangeFeed.Changes changes = ((PgChangeFeed) feed).read(100_000, 500, Map.of());
            assertThat(changes.unnamed()).isEmpty();
            read.addAll(column(changes.written().get("whole"), "id"));
            feed.acknowledge(changes.position());
            more = changes.more() && read.size() < 3;
        }
        assertThat(read).containsExactly(1, 2, 3);
    }

    @Test
    @Timeout(60)
    void a_commit_that_waits_for_a_standby_is_missing_in_a_snapshot() throws Exception {
        run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
        CompletableFuture<Void> commit;
        try {
            while (!first("SHOW synchronous_standby_names").equals("nobody")) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            commit = CompletableFuture.runAsync(() -> run("INSERT INTO item (id) VALUES (1)"));
            ChangeFeed.Changes changes = feed.read(1_000);
            while (changes.isEmpty()) {
                changes = feed.read(1_000);
            }
            assertThat(column(changes.written().get("item"), "id")).containsExactly(1);
            try (SourceSnapshot snapshot = database.source().snapshot()) {
                assertThat(snapshot.missing(changes.transactions())).isEqualTo(changes.transactions());
                assertThat(snapshot.read(ReadRequest.all("item")).toTable().size())
                        .isZero();
            }
            run("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
            commit.get(20, TimeUnit.SECONDS);
            try (SourceSnapshot snapshot = database.source().snapshot()) {
                assertThat(snapshot.missing(changes.transactions())).isEmpty();
            }
        } finally {
            run("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()");
        }
    }

    @Test
    void changed_key_is_a_deletion_and_a_new_row() {
        run("INSERT INTO pair VALUES ('x', 1, 'n')", "UPDATE pair SET a = 2 WHERE a = 1");
        ChangeFeed.Changes changes = feed.read(1_000);
        assertThat(column(changes.written().get("pair"), "a")).containsExactly(1, 2);
        Table deleted = changes.deleted().get("pair");
        assertThat(deleted.schema().names()).containsExactly("a", "b");
        assertThat(deleted.row(0)).hasToString("{a=1, b=x}");
    }

    @Test
    void table_that_logs_whole_rows_deletes_only_what_is_gone() {
        run(
                "INSERT INTO whole VALUES (1, 'a'), (2, 'b')",
                "UPDATE whole SET note = 'c'",
                "DELETE FROM whole WHERE id = 2");
        ChangeFeed.Changes changes = feed.read(1_000);
        assertThat(column(changes.written().get("whole"), "note")).containsExactly("a", "b", "c", "c");
        assertThat(column(changes.deleted().get("whole"), "id")).containsExactly(2);
    }

    @Test
    void key_that_comes_back_is_not_deleted() {
        run("INSERT INTO item (id) VALUES (1)", "DELETE FROM item", "INSERT INTO item (id, name) VALUES (1, 'again')");
        ChangeFeed.Changes changes = feed.read(1_000);
        assertThat(changes.deleted()).isEmpty();
        assertThat(changes.written().get("item").row(1).string("name")).isEqualTo("again");
    }

    @Test
    void emptied_table_is_reported_so_that_keys_can_be_compared() {
        run("INSERT INTO item (id) VALUES (1)", "TRUNCATE item, unwatched");
        ChangeFeed.Changes changes = feed.read(1_000);
        assertThat(changes.unnamed()).containsOnlyKeys("item");
        assertThat(changes.isEmpty()).isFalse();
    }

    @Test
    void column_added_since_the_change_is_read_again() {
        run("INSERT INTO whole VALUES (7, 'a')", "ALTER TABLE whole ADD COLUMN extra int NOT NULL DEFAULT 9");
        try (SourceSnapshot snapshot = database.source().snapshot()) {
            assertThat(completed(snapshot, feed.read(1_000), "whole").row(0)).hasToString("{id=7, note=a, extra=9}");
        } finally {
            run("ALTER TABLE whole DROP COLUMN extra");
        }
    }

    @Test
    void setting_up_twice_keeps_what_waits_and_takes_up_another_list_of_tables() {
        run("INSERT INTO item (id) VALUES (1)");
        feed.ensure();
        assertThat(feed.read(1_000).written()).containsOnlyKeys("item");
        ChangeFeed wider = database.source().changeFeed("keywharf_test", List.of("item", "unwatched"));
        wider.ensure();
        run("INSERT INTO unwatched VALUES (1)");
        assertThat(wider.read(1_000).written()).containsOnlyKeys("item", "unwatched");
    }

    /** The stream has neither the rows of a partition that is attached, nor the end of those of one that is truncated. */
    @Test
    void a_table_whose_partitions_change_without_a_row_has_another_identity() {
        run(
                "CREATE TABLE day (id int, at date, PRIMARY KEY (at, id)) PARTITION BY RANGE (at)",
                "CREATE TABLE day_1 PARTITION OF day FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY RANGE (at)",
                "CREATE TABLE day_1_1 PARTITION OF day_1 FOR VALUES FROM ('2024-01-01') TO ('2024-07-01')",
                "INSERT INTO day VALUES (1, '2024-02-02')");
        ChangeFeed days = database.source().changeFeed("keywharf_days", List.of("day"));
        days.ensure();
        try {
            String identity = days.identities().get("day");
            for (String change : List.of(
                    "CREATE TABLE day_2 (id int NOT NULL, at date NOT NULL, PRIMARY KEY (at, id));"
                            + " INSERT INTO day_2 VALUES (2, '2025-02-02');"
                            + " ALTER TABLE day ATTACH PARTITION day_2 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
                    "TRUNCATE day_1_1",
                    "ALTER TABLE day DETACH PARTITION day_2",
                    "ALTER TABLE day ADD COLUMN note text DEFAULT 'x'")) {
                run(change);
                String changed = days.identities().get("day");
                assertThat(changed).as(change).isNotEqualTo(identity);
                identity = changed;
            }
            run("INSERT INTO day VALUES (3, '2024-03-03')");
            assertThat(days.identities()).containsEntry("day", identity);
        } finally {
            days.drop();
            run("DROP TABLE day, day_2");
        }
    }

    @Test
    void a_key_that_was_deleted_and_written_again_is_there_though_its_values_are_other_objects() {
        run("CREATE TABLE odd_key (raw bytea, price numeric(10,3), f float8, PRIMARY KEY (raw, price, f))");
        ChangeFeed odd = database.source().changeFeed("keywharf_odd", List.of("odd_key"));
        try {
            odd.ensure();
            run(
                    "INSERT INTO odd_key VALUES ('\\x0102', 1.5, 0)",
                    "DELETE FROM odd_key",
                    "INSERT INTO odd_key VALUES ('\\x0102', 1.50, '-0')");
            assertThat(odd.read(1_000).deleted()).isEmpty();
            assertThat(odd.read(1_000).written().get("odd_key").size()).isEqualTo(2);
        } finally {
            odd.drop();
            run("DROP TABLE odd_key");
        }
    }

    private static String code(ThrowingCallable work) {
        return ((KeywharfException) org.assertj.core.api.Assertions.catchThrowable(work)).code();
    }

    @Test
    void what_stands_in_the_way_is_said() {
        assertThat(code(() -> database.source().changeFeed("Bad; name", List.of("item"))))
                .isEqualTo("sql.bad_identifier");
        assertThat(code(() ->
                        database.source().changeFeed("f", List.of("keyless")).ensure()))
                .isEqualTo("postgres.no_replica_identity");
        assertThat(code(() -> database.source()
                        .changeFeed("f", List.of("item; DROP TABLE item"))
                        .ensure()))
                .isEqualTo("sql.unknown_table");
        assertThat(code(() -> database.source().changeFeed("f", List.of("item")).read(1)))
                .isEqualTo("postgres.no_feed");
        assertThat(code(() -> database.source().changeFeed("f", List.of("item")).acknowledge("0/1")))
                .isEqualTo("postgres.no_feed");
        assertThat(code(() -> feed.acknowledge("0/1'; DROP TABLE item; --"))).isEqualTo("postgres.bad_position");
        server.createRole("postgres", "plain", "plain-secret", "GRANT SELECT ON item TO plain");
        try (PostgresDatabase plain = database(server, "plain", "plain-secret")) {
            assertThatThrownBy(() ->
                            plain.source().changeFeed("f", List.of("item")).ensure())
                    .hasMessageContaining("REPLICATION");
        }
    }

    @Test
    void server_that_keeps_no_changes_is_recognised() {
        try (PostgresServer plain = PostgresServer.start();
                PostgresDatabase over = database(plain, plain.user(), plain.password())) {
            plain.execute("postgres", "CREATE TABLE item (id int PRIMARY KEY)");
            assertThatThrownBy(
                            () -> over.source().changeFeed("f", List.of("item")).ensure())
                    .hasMessageContaining("set wal_level = logical")
                    .extracting(e -> ((KeywharfException) e).code())
                    .isEqualTo("postgres.wal_level");
        }
    }
}
