package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.CassandraServer;
import io.github.keywharf.testing.RecordingListener;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that go away and clients that are killed, on a node of many tokens. */
@Timeout(120)
class UnloadFaultsIT {
    private static final int PARTITIONS = 400;
    private static final int ROWS = 30;

    private static CassandraServer server;
    private static String keyspace;
    private static List<String> readings;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        server = CassandraServer.builder()
                .option("num_tokens: 16")
                .durableCommits(true)
                .start();
        keyspace = server.createKeyspace("faults");
        UnloadFixture.fill(server.session(), keyspace + ".reading", PARTITIONS, ROWS);
        readings = UnloadFixture.expected(server.session(), keyspace + ".reading");
        assertThat(readings).hasSize(PARTITIONS * ROWS);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private List<String> written(UnloadReport report) {
        ObjectStore store = ObjectStore.ofDirectory(directory);
        return report.files().stream()
                .flatMap(file ->
                        UnloadFixture.lines(Parquet.reader(store, "out/" + file.key()).rows().stream()).stream())
                .sorted()
                .toList();
    }

    @Test
    void a_node_of_many_tokens_is_read_by_its_ranges_and_the_one_that_wraps_around() {
        assertThat(TokenSpan.ring(server.session().getMetadata().getTokenMap().orElseThrow(), 1))
                .hasSize(17);
        try (CassandraManager cassandra = UnloadFixture.connect(server, keyspace, new RecordingListener())) {
            List<String> lines = UnloadFixture.lines(cassandra.table("reading").read().stream());
            assertThat(lines.stream().sorted().toList()).isEqualTo(readings);
        }
    }

    @Test
    void a_server_that_is_killed_and_returns_is_waited_for_and_no_row_comes_twice() {
        RecordingListener events = new RecordingListener();
        try (CassandraManager cassandra = UnloadFixture.connect(server, keyspace, events)) {
            CompletableFuture<UnloadReport> unload = Background.supply(
                    () -> UnloadProcess.unload(cassandra, directory, 4_000).run());
            await().until(() -> !events.named("cassandra.unload.file_finished").isEmpty());
            server.kill();
            await().until(() -> !events.named("cassandra.unload.delayed").isEmpty());
            server.restart();
            UnloadReport report = unload.join();
            assertThat(report.retries()).isPositive();
            assertThat(events.named("cassandra.unload.continued")).isNotEmpty();
            assertThat(written(report)).isEqualTo(readings);
        }
    }

    @Test
    void a_server_that_stays_away_longer_than_allowed_is_an_error() {
        try (CassandraManager cassandra = UnloadFixture.connect(server, keyspace, new RecordingListener());
                Rows rows = cassandra
                        .table("reading")
                        .scan()
                        .pageSize(100)
                        .rowsPerSecond(4_000)
                        .patience(Duration.ofMillis(500))
                        .rows()) {
            server.kill();
            assertThatThrownBy(() -> {
                        while (rows.next() != null) {
                            // All of it.
                        }
                    })
                    .isInstanceOf(KeywharfException.class)
                    .hasMessageContaining("PT0.5S")
                    .extracting("code")
                    .isEqualTo("cassandra.outage");
        } finally {
            server.restart();
        }
    }

    @Test
    void a_killed_client_goes_on_where_it_ended() throws InterruptedException {
        Process process = UnloadProcess.start(server, keyspace, directory);
        ObjectStore store = ObjectStore.ofDirectory(directory);
        await().atMost(Duration.ofSeconds(60))
                .until(() -> UnloadFixture.keys(store, "out/_unload/part-").size() >= 3);
        process.destroyForcibly();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(UnloadReport.find(store, "out")).isEmpty();
        int finished = UnloadFixture.keys(store, "out/_unload/part-").size();
        try (CassandraManager cassandra = UnloadFixture.connect(server, keyspace, new RecordingListener())) {
            UnloadReport report =
                    UnloadProcess.unload(cassandra, directory, Long.MAX_VALUE).run();
            assertThat(report.resumedFiles()).isEqualTo(finished);
            assertThat(report.files().stream().filter(file -> file.key().endsWith("-0001.parquet")))
                    .hasSize(finished);
            assertThat(written(report)).isEqualTo(readings);
        }
    }
}
