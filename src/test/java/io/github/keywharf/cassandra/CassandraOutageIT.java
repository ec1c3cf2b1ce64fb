package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.CassandraServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The only node is killed, started again and flooded under an open manager. */
class CassandraOutageIT {
    private static final int ROWS = 3_000;

    @TempDir
    private Path directory;

    private static CassandraServer server;
    private static CassandraManager cassandra;

    @BeforeAll
    static void start() {
        server = CassandraServer.builder().durableCommits(true).start();
        server.execute("CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        server.execute("CREATE TABLE shop.item (id int PRIMARY KEY, name text)");
        server.execute("CREATE TABLE shop.flood (id int PRIMARY KEY, name text)");
        server.execute("CREATE TABLE shop.hasty (id int PRIMARY KEY, name text)");
        cassandra = connection()
                .timeout(Duration.ofSeconds(5))
                .patience(Duration.ofSeconds(2))
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

    private static CassandraManager.Builder connection() {
        return CassandraManager.builder()
                .contactPoint(server.host(), server.port())
                .localDatacenter(server.localDatacenter())
                .trust(server.caCertificate())
                .credentials(server.superuser(), Secret.of(server.superuserPassword()))
                .keyspace("shop");
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
    void statements_sent_without_waiting_wait_for_their_turn_and_are_all_done() {
        int flood = 20_000;
        List<CompletableFuture<CassandraResult>> sent = new ArrayList<>();
        try (CassandraManager patient =
                connection().timeout(Duration.ofMinutes(2)).connect()) {
            for (int id = 0; id < flood; id++) {
                sent.add(patient.executeAsync("INSERT INTO flood (id, name) VALUES (?, ?)", id, "flood")
                        .toCompletableFuture());
            }
            sent.forEach(CompletableFuture::join);
        }
        assertThat(cassandra.execute("SELECT id FROM flood").rows().stream()).hasSize(flood);
    }

    @Test
    void statements_beyond_what_may_wait_are_each_refused_by_name() throws IOException {
        Path few = Files.writeString(
                directory.resolve("few.conf"),
                "datastax-java-driver.advanced.throttler { max-concurrent-requests = 2, max-queue-size = 10 }");
        int flood = 2_000;
        List<CompletableFuture<CassandraResult>> sent = new ArrayList<>();
        int refused = 0;
        try (CassandraManager hasty =
                connection().configuration(few).patience(Duration.ZERO).connect()) {
            for (int id = 0; id < flood; id++) {
                sent.add(hasty.executeAsync("INSERT INTO hasty (id, name) VALUES (?, ?)", id, "flood")
                        .toCompletableFuture());
            }
            for (CompletableFuture<CassandraResult> result : sent) {
                try {
                    result.join();
                } catch (CompletionException e) {
                    refused++;
                    assertThat(e.getCause())
                            .isInstanceOf(KeywharfException.class)
                            .hasMessageContaining("too many requests")
                            .extracting(refusal -> ((KeywharfException) refusal).code())
                            .isEqualTo("cassandra.overloaded");
                }
            }
        }
        assertThat(refused).isPositive();
        assertThat(cassandra.execute("SELECT id FROM hasty").rows().stream()).hasSize(flood - refused);
    }
}
