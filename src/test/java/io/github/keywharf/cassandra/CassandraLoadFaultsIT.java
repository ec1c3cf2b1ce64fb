package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.CassandraServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads while servers and clients die. The judge is what the driver reads afterwards. */
@Tag("long")
class CassandraLoadFaultsIT {
    private static final Schema SCHEMA = Schema.of(
            Column.required("part", ColumnType.INT32),
            Column.required("id", ColumnType.INT32),
            Column.required("value", ColumnType.STRING));
    private static final int ROWS = 60_000;

    private final List<Event> events = new CopyOnWriteArrayList<>();

    /** Rows that do something when a row is reached. */
    private static Rows rows(int count, int at, Runnable what) {
        return BulkRows.generated(SCHEMA, count, 1_000, row -> {
            if (row == at) {
                what.run();
            }
            return new Object[] {row % 50, row, "value " + row};
        });
    }

    private static String table(CassandraServer server) {
        String table = server.createKeyspace("faults") + ".target";
        server.execute("CREATE TABLE " + table + " (part int, id int, value text, PRIMARY KEY (part, id))");
        return table;
    }

    private static void requireAll(CassandraServer server, String table, int count) {
        int seen = 0;
        for (Row row : server.session().execute("SELECT part, id, value FROM " + table)) {
            assertThat(row.getString(2)).isEqualTo("value " + row.getInt(1));
            assertThat(row.getInt(0)).isEqualTo(row.getInt(1) % 50);
            seen++;
        }
        assertThat(seen).isEqualTo(count);
    }

    /** A manager whose requests are given up soon. */
    private static CassandraManager connect(CassandraServer server) {
        return CassandraManager.builder()
                .contactPoint(server.host(), server.port())
                .localDatacenter(server.localDatacenter())
                .credentials(server.superuser(), Secret.of(server.superuserPassword()))
                .timeout(Duration.ofSeconds(2))
                .connect();
    }

    private CassandraSink.Builder sink(CassandraManager cassandra, String table) {
        return cassandra.table(table).sink().windowRows(2_000).events(events::add);
    }

    private List<Event> named(String name) {
        return events.stream().filter(event -> event.name().equals(name)).toList();
    }

    @Test
    void nothing_is_lost_when_a_server_with_durable_commits_is_killed_or_paused_and_dropped_tables_are_reported()
            throws Exception {
        try (CassandraServer server =
                        CassandraServer.builder().durableCommits(true).start();
                CassandraManager cassandra = connect(server)) {
            String table = table(server);
            CompletableFuture<?>[] restart = {CompletableFuture.completedFuture(null)};
            WriteReport report = sink(cassandra, table).build().write(rows(ROWS, ROWS / 2, () -> {
                server.kill();
                restart[0] = Background.run(server::restart);
            }));
            restart[0].get(60, TimeUnit.SECONDS);
            assertThat(report.written()).isEqualTo(ROWS);
            requireAll(server, table, ROWS);
            assertThat(named("cassandra.load.outage_began")).isNotEmpty();
            assertThat(named("cassandra.load.outage_ended")).isNotEmpty();
            assertThat(named("cassandra.load.rows_resent")).isNotEmpty();

            events.clear();
            server.execute("TRUNCATE " + table);
            // Longer than a request may take, so that answers are given up.
            CompletableFuture<?>[] resume = {CompletableFuture.completedFuture(null)};
            sink(cassandra, table).build().write(rows(20_000, 10_000, () -> {
                server.pause();
                resume[0] = Background.run(() -> {
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(5));
                    server.resume();
                });
            }));
            resume[0].get(60, TimeUnit.SECONDS);
            requireAll(server, table, 20_000);
            assertThat(named("cassandra.load.outage_ended")).isNotEmpty();
            assertThat(named("cassandra.load.rows_resent")).isEmpty();

            List<RejectedRow> rejected = new ArrayList<>();
            assertThatThrownBy(() -> sink(cassandra, table)
                            .build()
                            .write(rows(20_000, 10_000, () -> server.execute("DROP TABLE " + table)), rejected::add))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("cassandra.schema_changed"))
                    .hasMessageContaining("was dropped");
            assertThat(rejected).isEmpty();
        }
    }

    @Test
    void what_a_killed_server_forgot_is_sent_again_or_reported() throws Exception {
        try (CassandraServer server = CassandraServer.builder().start();
                CassandraManager cassandra = connect(server)) {
            String table = table(server);
            CompletableFuture<?>[] restart = {CompletableFuture.completedFuture(null)};
            WriteReport report = sink(cassandra, table).build().write(rows(ROWS, ROWS - 5_000, () -> {
                server.kill();
                restart[0] = Background.run(server::restart);
            }));
            restart[0].get(60, TimeUnit.SECONDS);
            assertThat(report.written()).isEqualTo(ROWS);
            requireAll(server, table, ROWS);

            // What cannot be kept in memory is reported, and loading again from the checkpoint corrects it.
            server.execute("TRUNCATE " + table);
            ObjectStore store = ObjectStore.inMemory();
            assertThatThrownBy(() -> sink(cassandra, table)
                            .resendMemory(1)
                            .checkpoint(store, "load", "rows")
                            .build()
                            .write(rows(ROWS, ROWS - 5_000, () -> {
                                server.kill();
                                restart[0] = Background.run(server::restart);
                            })))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("cassandra.rows_at_risk"))
                    .hasMessageContaining("rows 1 to ");
            restart[0].get(60, TimeUnit.SECONDS);
            events.clear();
            assertThat(sink(cassandra, table)
                            .checkpoint(store, "load", "rows")
                            .build()
                            .write(rows(ROWS, -1, () -> {}))
                            .written())
                    .isEqualTo(ROWS);
            requireAll(server, table, ROWS);
            assertThat(named("cassandra.load.resumed")).isEmpty();

            // A server that stays away ends the load.
            assertThatThrownBy(() -> sink(cassandra, table)
                            .patience(Duration.ofSeconds(1))
                            .build()
                            .write(rows(ROWS, 10_000, server::kill)))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("cassandra.outage"))
                    .hasMessageContaining("1 s");
        }
    }

    private static String logged(Path directory) {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void killed_client_goes_on_from_its_checkpoint(@TempDir Path directory) throws Exception {
        CassandraServer server = CassandraServer.shared();
        String table = table(server).replace("target", "by_client");
        server.execute("CREATE TABLE " + table + " (part int, id int, value text, PRIMARY KEY (part, id))");
        Path notes = directory.resolve("notes");
        Process process = BulkLoadProcess.start(server, table, notes, directory.resolve("log"));
        BulkNotes read = new BulkNotes(ObjectStore.ofDirectory(notes), "load");
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(read.latest())
                        .as(() -> process.isAlive() + ": " + logged(directory))
                        .hasValueSatisfying(
                                note -> assertThat(note.acknowledged().rows()).isGreaterThan(20_000)));
        process.destroyForcibly().waitFor();
        Optional<BulkNote> left = read.latest();
        assertThat(left).get().extracting(BulkNote::finished).isEqualTo(false);

        WriteReport report = BulkLoadProcess.sink(CassandraManager.of(server.session()), table, notes)
                .events(events::add)
                .build()
                .write(BulkLoadProcess.rows());
        assertThat(report.written()).isEqualTo(BulkLoadProcess.ROWS);
        assertThat(named("cassandra.load.resumed"))
                .flatExtracting(Event::facts)
                .containsExactly(Fact.count("rows", left.get().acknowledged().rows()));
        int seen = 0;
        for (Row row : server.session().execute("SELECT id, value, writetime(value) FROM " + table)) {
            assertThat(row.getString(1)).isEqualTo("value " + row.getInt(0));
            assertThat(row.getLong(2)).isEqualTo(left.get().base() + row.getInt(0));
            seen++;
        }
        assertThat(seen).isEqualTo(BulkLoadProcess.ROWS);
    }

    @Test
    void load_waits_while_too_few_replicas_are_there() {
        CassandraServer server = CassandraServer.shared();
        String table = table(server);
        String alter = "ALTER KEYSPACE " + table.substring(0, table.indexOf('.'))
                + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': %d}";
        server.execute(String.format(java.util.Locale.ROOT, alter, 3));
        WriteReport report = CassandraManager.of(server.session())
                .table(table)
                .sink()
                .consistency(ConsistencyLevel.LOCAL_QUORUM)
                .events(event -> {
                    events.add(event);
                    if (event.name().equals("cassandra.load.throttled")) {
                        server.execute(String.format(java.util.Locale.ROOT, alter, 1));
                    }
                })
                .build()
                .write(rows(1_000, -1, () -> {}));
        assertThat(report.written()).isEqualTo(1_000);
        requireAll(server, table, 1_000);
        assertThat(named("cassandra.load.throttled")).isNotEmpty();
        assertThat(named("cassandra.load.outage_began")).isEmpty();
    }
}
