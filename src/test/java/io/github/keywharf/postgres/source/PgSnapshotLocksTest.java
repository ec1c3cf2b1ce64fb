package io.github.keywharf.postgres.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.postgres.TestDatabase;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SqlSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TRUNCATE, rewriting ALTERs and swaps, which do not follow MVCC, beside a snapshot that is being read. */
@Timeout(120)
class PgSnapshotLocksTest {

    private static final Duration WAIT = Duration.ofSeconds(20);

    private TestDatabase database;

    @BeforeEach
    void create() {
        database = new TestDatabase();
        database.execute(
                "CREATE TABLE item (id int PRIMARY KEY, name text)",
                "INSERT INTO item SELECT i, 'n' FROM generate_series(1, 50) i",
                "CREATE TABLE other (id int PRIMARY KEY)",
                "INSERT INTO other VALUES (1)");
    }

    @AfterEach
    void drop() {
        database.close();
    }

    private static int rows(SourceSnapshot snapshot, String table) {
        return Math.toIntExact(snapshot.read(ReadRequest.all(table)).toTable().size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TRUNCATE item; INSERT INTO item VALUES (1, 'again')",
                "ALTER TABLE item ALTER name TYPE varchar(9)",
                "DROP TABLE item; CREATE TABLE item (id int PRIMARY KEY, name text)",
                "ALTER TABLE item RENAME TO item_old; CREATE TABLE item (id int PRIMARY KEY, name text)"
            })
    void a_table_that_loses_the_rows_of_a_snapshot_is_never_read_as_empty(String statements) {
        try (SourceSnapshot snapshot = database.database().source().snapshot()) {
            database.execute(statements);
            int read;
            try {
                read = rows(snapshot, "item");
            } catch (KeywharfException e) {
                assertThat(e.code()).isEqualTo("postgres.table_rewritten");
                assertThat(e).hasMessageStartingWith("[item]");
                return;
            }
            assertThat(read).isEqualTo(50);
        }
    }

    @Test
    void locked_tables_keep_their_rows_until_the_snapshot_is_closed() throws Exception {
        CompletableFuture<Void> truncate;
        try (SourceSnapshot snapshot = database.database().source().snapshot(List.of("item", "other"), WAIT)) {
            assertThat(snapshot.unlocked()).isEmpty();
            truncate = CompletableFuture.runAsync(() -> database.execute("TRUNCATE item"));
            awaitWaiting();
            // A lock asked for now would queue behind the TRUNCATE, which waits for this snapshot.
            assertThat(rows(snapshot, "item")).isEqualTo(50);
            assertThat(rows(snapshot, "other")).isEqualTo(1);
            assertThat(rows(snapshot, "item")).isEqualTo(50);
            assertThat(truncate).isNotDone();
        }
        truncate.get(60, TimeUnit.SECONDS);
        try (SourceSnapshot snapshot = database.database().source().snapshot(List.of("item"), WAIT)) {
            assertThat(rows(snapshot, "item")).isZero();
        }
    }

    private void awaitWaiting() throws InterruptedException {
        while (database.query("SELECT 1 FROM pg_locks WHERE NOT granted").isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @Test
    void a_table_that_others_have_locked_is_named_and_the_others_are_read() throws SQLException {
        try (Connection holder = database.connection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("LOCK TABLE item IN ACCESS EXCLUSIVE MODE");
            try (SourceSnapshot snapshot =
                    database.database().source().snapshot(List.of("item", "other"), Duration.ofMillis(100))) {
                assertThat(snapshot.unlocked()).containsOnlyKeys("item");
                assertThat(snapshot.unlocked().get("item")).contains("locked by another transaction", "PT0.1S");
                assertThat(rows(snapshot, "other")).isEqualTo(1);
                assertThatThrownBy(() -> rows(snapshot, "item"))
                        .extracting(e -> ((KeywharfException) e).code())
                        .isEqualTo("postgres.locked");
            }
        }
    }

    @Test
    void a_lock_that_goes_in_time_is_waited_for() throws Exception {
        try (Connection holder = database.connection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("TRUNCATE item");
            CompletableFuture<SourceSnapshot> begun = CompletableFuture.supplyAsync(
                    () -> database.database().source().snapshot(List.of("item", "other"), WAIT));
            awaitPause();
            // The snapshot holds nothing while it waits: neither of the two would be ended because of a deadlock.
            statement.execute("SET LOCAL lock_timeout = '20s'; TRUNCATE other; INSERT INTO other VALUES (1), (2)");
            holder.commit();
            try (SourceSnapshot snapshot = begun.get(60, TimeUnit.SECONDS)) {
                assertThat(snapshot.unlocked()).isEmpty();
                assertThat(rows(snapshot, "item")).isZero();
                assertThat(rows(snapshot, "other")).isEqualTo(2);
            }
        }
    }

    private void awaitPause() throws InterruptedException {
        while (database.query("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%SAVEPOINT keywharf_wait'"
                        + " AND state = 'idle in transaction' AND datname = current_database()")
                .isEmpty()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @Test
    void a_materialized_view_that_is_refreshed_is_read_as_of_one_refresh() throws Exception {
        database.execute("CREATE MATERIALIZED VIEW items AS SELECT * FROM item");
        SqlSource viewed = database.database().source("public", true);
        try (SourceSnapshot snapshot = viewed.snapshot()) {
            database.execute("INSERT INTO item VALUES (51, 'new')", "REFRESH MATERIALIZED VIEW items");
            assertThat(rows(snapshot, "item")).isEqualTo(50);
            assertThat(rows(snapshot, "items")).isEqualTo(51);
        }
        CompletableFuture<Void> refresh;
        try (SourceSnapshot snapshot = viewed.snapshot(List.of("item", "items"), WAIT)) {
            assertThat(snapshot.unlocked()).isEmpty();
            refresh = CompletableFuture.runAsync(
                    () -> database.execute("DELETE FROM item", "REFRESH MATERIALIZED VIEW items"));
            awaitWaiting();
            assertThat(rows(snapshot, "items")).isEqualTo(51);
            assertThat(refresh).isNotDone();
        }
        refresh.get(60, TimeUnit.SECONDS);
    }

    @Test
    void a_materialized_view_that_is_being_refreshed_or_was_never_is_named_and_the_others_are_read()
            throws SQLException {
        database.execute(
                "CREATE MATERIALIZED VIEW items AS SELECT * FROM item",
                "CREATE MATERIALIZED VIEW later AS SELECT * FROM item WITH NO DATA",
                "CREATE VIEW plain AS SELECT * FROM item");
        SqlSource viewed = database.database().source("public", true);
        try (Connection holder = database.connection();
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("REFRESH MATERIALIZED VIEW items");
            try (SourceSnapshot snapshot =
                    viewed.snapshot(List.of("item", "items", "later", "plain"), Duration.ofMillis(100))) {
                assertThat(snapshot.unlocked()).containsOnlyKeys("items", "later");
                assertThat(snapshot.unlocked().get("items")).contains("locked by another transaction");
                assertThat(snapshot.unlocked().get("later")).contains("REFRESH MATERIALIZED VIEW");
                assertThat(rows(snapshot, "item")).isEqualTo(50);
                assertThat(rows(snapshot, "plain")).isEqualTo(50);
            }
        }
    }

    @Test
    void whoever_may_only_read_may_lock_and_whoever_may_read_columns_only_reads() {
        String role = database.name() + "_reader";
        database.execute(
                "CREATE ROLE " + role + " LOGIN PASSWORD 'reader-secret'",
                "GRANT SELECT ON item TO " + role,
                "GRANT SELECT (id) ON other TO " + role);
        try (PostgresDatabase reader = database.as(role, "reader-secret");
                SourceSnapshot snapshot = reader.source().snapshot(List.of("item", "other"), WAIT)) {
            assertThat(snapshot.unlocked()).isEmpty();
            assertThat(rows(snapshot, "item")).isEqualTo(50);
            assertThat(rows(snapshot, "other")).isEqualTo(1);
            assertThatThrownBy(() -> database.execute("SET lock_timeout = '100ms'; TRUNCATE item"))
                    .hasStackTraceContaining("lock timeout");
        }
        database.execute("DROP OWNED BY " + role, "DROP ROLE " + role);
    }
}
