package io.github.keywharf.postgres.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.postgres.TestDatabase;
import io.github.keywharf.postgres.internal.copy.Blocks;
import io.github.keywharf.postgres.internal.copy.CopyFormat;
import io.github.keywharf.table.Rows;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TableSnapshotTest {

    @Test
    void partitions_that_are_rewritten_between_two_parts_are_noticed() {
        try (TestDatabase database = new TestDatabase()) {
            database.execute(
                    "CREATE TABLE halves (id int, n int) PARTITION BY LIST (n)",
                    "CREATE TABLE half_0 PARTITION OF halves FOR VALUES IN (0)",
                    "CREATE TABLE half_1 PARTITION OF halves FOR VALUES IN (1)",
                    "INSERT INTO halves SELECT i, i % 2 FROM generate_series(1, 1000) i");
            for (String rewriting : List.of("VACUUM FULL half_1", "TRUNCATE half_1")) {
                try (TableSnapshot snapshot = open(database, "halves", 1)) {
                    snapshot.columns();
                    snapshot.requireUnrewritten();
                    database.execute(rewriting);
                    assertThatThrownBy(snapshot::requireUnrewritten)
                            .isInstanceOfSatisfying(
                                    KeywharfException.class,
                                    e -> assertThat(e.is("postgres.table_rewritten"))
                                            .isTrue());
                }
            }
        }
    }

    /** An ALTER that waits for one connection would otherwise let the other one wait for ever. */
    @Test
    @Timeout(120)
    void a_connection_does_not_wait_for_ever_behind_somebody_who_waits_for_another() throws Exception {
        ExecutorService others = Executors.newSingleThreadExecutor();
        try (TestDatabase database = new TestDatabase()) {
            String name = database.table("id int");
            database.execute("INSERT INTO " + name + " VALUES (1)");
            CompletableFuture<Void> altered;
            try (TableSnapshot snapshot = open(database, name, 2);
                    Rows first = snapshot.raw(List.of("id"), Blocks.ALL, CopyFormat.BINARY)) {
                altered = CompletableFuture.runAsync(
                        () -> database.execute("ALTER TABLE " + name + " ADD n int"), others);
                awaitWaiting(database);
                assertThatThrownBy(() -> snapshot.raw(List.of("id"), Blocks.ALL, CopyFormat.BINARY))
                        .isInstanceOfSatisfying(
                                KeywharfException.class,
                                e -> assertThat(e.is("postgres.locked")).isTrue());
                assertThat(first.toTable().size()).isEqualTo(1);
            }
            altered.join();
        } finally {
            others.shutdown();
        }
    }

    private static void awaitWaiting(TestDatabase database) throws Exception {
        try (Connection connection = database.connection();
                Statement statement = connection.createStatement()) {
            String waiting =
                    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
            while (!statement.executeQuery(waiting).next()) {
                Thread.sleep(10);
            }
        }
    }

    private static TableSnapshot open(TestDatabase database, String table, int readers) {
        return database.source(table).open(table, readers);
    }
}
