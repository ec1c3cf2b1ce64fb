package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.CassandraServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The only node is killed, started again and flooded under an open manager. */
class CassandraOutageIT {
    private static final int ROWS = 3_000;

    private static CassandraServer server;
    private static CassandraManager cassandra;

    @BeforeAll
    static void start() {
        server = CassandraServer.builder().durableCommits(true).start();
        server.execute("CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        server.execute("CREATE TABLE shop.item (id int PRIMARY KEY, name text)");
        server.execute("CREATE TABLE shop.flood (id int PRIMARY KEY, name text)");
        cassandra = CassandraManager.builder()
                .contactPoint(server.host(), server.port())
                .localDatacenter(server.localDatacenter())
                .trust(server.caCertificate())
                .credentials(server.superuser(), Secret.of(server.superuserPassword()))
                .keyspace("shop")
                .timeout(Duration.ofSeconds(5))
                .outageWait(Duration.ofSeconds(2))
                .connect();
        for (int id = 0; id < ROWS; id++) {
            cassandra.execute("INSERT INTO item (id, name) VALUES (?, ?)", id, "item " + id);
        }
    }

    @AfterAll
    static void stop() {
        cassandra.close();
        server.close();
    }

    private static long count() {
        return cassandra
                .execute("SELECT count(*) AS items FROM item")
                .one()
                .orElseThrow()
                .value("items", Long.class);
    }

    @Test
    void a_server_killed_between_two_pages_ends_the_query_clearly_and_serves_the_next_one_once_it_is_back() {
        KeywharfException broken;
        KeywharfException away;
        try (Rows rows =
                cassandra.query("SELECT * FROM item").pageSize(100).execute().rows()) {
            assertThat(rows.next()).isNotNull();
            server.kill();
            broken = catchThrowableOfType(KeywharfException.class, () -> {
                while (rows.next() != null) {
                    assertThat(server.isAlive()).isFalse();
                }
            });
            away = catchThrowableOfType(KeywharfException.class, CassandraOutageIT::count);
        } finally {
            server.restart();
        }
        assertThat(broken.code()).isIn("cassandra.connection_lost", "cassandra.unreachable", "cassandra.timeout");
        assertThat(away.code()).isIn("cassandra.connection_lost", "cassandra.unreachable", "cassandra.timeout");
        assertThat(broken.getMessage() + away.getMessage()).doesNotContain(server.superuserPassword());
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(KeywharfException.class)
                .until(() -> count() == ROWS);
    }

    @Test
    void statements_sent_without_waiting_are_all_done_or_each_says_that_it_was_not() {
        List<CompletableFuture<CassandraResult>> sent = new ArrayList<>();
        int flood = 20_000;
        for (int id = 0; id < flood; id++) {
            sent.add(cassandra
                    .executeAsync("INSERT INTO flood (id, name) VALUES (?, ?)", id, "flood")
                    .toCompletableFuture());
        }
        long refused = sent.stream()
                .filter(result -> {
                    try {
                        result.join();
                        return false;
                    } catch (CompletionException e) {
                        assertThat(e.getCause())
                                .isInstanceOfSatisfying(
                                        KeywharfException.class,
                                        refusal -> assertThat(refusal.code()).startsWith("cassandra."));
                        return true;
                    }
                })
                .count();
        // How many are sent within the wait for a busy node is the machine's affair; that none is lost in silence is
        // ours.
        assertThat(cassandra.execute("SELECT id FROM flood").rows().stream().count())
                .isBetween(flood - refused, (long) flood);
    }
}
