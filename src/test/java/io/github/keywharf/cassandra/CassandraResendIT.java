package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.event.Event;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.CassandraServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Counters and collections, which do harm when they are written twice, while the only server is killed and started again.
 * It has what it acknowledged on its disk, so that all that differs from the input would be the sink's.
 */
@Tag("long")
class CassandraResendIT {
    private static final int COUNTERS = 12_000;
    private static final int COLLECTIONS = 6_000;
    private static final Schema VISITS = Schema.of(
            Column.required("page", ColumnType.INT32),
            Column.required("day", ColumnType.INT32),
            Column.required("hits", ColumnType.INT64));

    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<RejectedRow> rejected = new ArrayList<>();

    private static CassandraManager connect(CassandraServer server, String keyspace) {
        return CassandraManager.builder()
                .contactPoint(server.host(), server.port())
                .localDatacenter(server.localDatacenter())
                .credentials(server.superuser(), Secret.of(server.superuserPassword()))
                .keyspace(keyspace)
                .timeout(Duration.ofSeconds(5))
                .connect();
    }

    private static long hits(int row) {
        return row % 7 + 1L;
    }

    private WriteReport addCounters(CassandraManager cassandra, IntConsumer reached) {
        return cassandra
                .table("visits")
                .sink()
                .windowRows(1_000)
                .build()
                .write(
                        BulkRows.generated(VISITS, COUNTERS, 100, row -> {
                            reached.accept(row);
                            return new Object[] {row % 20, row % 60, hits(row)};
                        }),
                        rejected::add);
    }

    /** What is stored of each counter lies between what was acknowledged, and that and what is not known. */
    private void requireBetween(CassandraServer server, String table, WriteReport report) {
        assertThat(rejected).allSatisfy(row -> assertThat(row.reason()).startsWith(CassandraSink.OUTCOME_UNKNOWN));
        assertThat(report.rejected()).isEqualTo(rejected.size());
        assertThat(report.written()).isEqualTo(COUNTERS - rejected.size());
        Map<Integer, Long> most = new HashMap<>();
        for (int row = 0; row < COUNTERS; row++) {
            most.merge(row % 60, hits(row), Long::sum);
        }
        Map<Integer, Long> least = new HashMap<>(most);
        for (RejectedRow row : rejected) {
            least.merge((Integer) row.row().get("day"), -(Long) row.row().get("hits"), Long::sum);
        }
        List<Row> stored =
                server.session().execute("SELECT day, hits FROM " + table).all();
        assertThat(stored).hasSize(60);
        assertThat(stored).allSatisfy(row -> {
            int day = row.getInt("day");
            assertThat(row.getLong("hits")).isBetween(least.get(day), most.get(day));
        });
    }

    private List<Event> named(String name) {
        return events.stream().filter(event -> event.name().equals(name)).toList();
    }

    @Test
    void counters_are_never_added_twice_and_collections_never_doubled_whenever_the_server_is_killed() throws Exception {
        try (CassandraServer server =
                CassandraServer.builder().durableCommits(true).start()) {
            String keyspace = server.createKeyspace("resend");
            server.execute(
                    "CREATE TABLE " + keyspace + ".visits (page int, day int, hits counter, PRIMARY KEY (page, day))");
            CollectionRows.create(server, keyspace);
            boolean unknown = false;
            boolean again = false;
            try (CassandraManager cassandra = connect(server, keyspace)) {
                // Each is a random moment of the other load; the last windows of one are under way at its end.
                for (int[] moment : new int[][] {{-1, COLLECTIONS / 3}, {COUNTERS - 1, -1}}) {
                    server.execute("TRUNCATE " + keyspace + ".visits");
                    server.execute("TRUNCATE " + keyspace + "." + CollectionRows.TABLE);
                    events.clear();
                    rejected.clear();
                    AtomicBoolean killed = new AtomicBoolean();
                    CompletableFuture<?>[] restart = {CompletableFuture.completedFuture(null)};
                    Runnable crash = () -> {
                        if (killed.compareAndSet(false, true)) {
                            server.kill();
                            restart[0] = Background.run(server::restart);
                        }
                    };
                    CompletableFuture<WriteReport> collected = Background.supply(() -> cassandra
                            .table(CollectionRows.TABLE)
                            .sink()
                            .windowRows(500)
                            .events(events::add)
                            .build()
                            .write(CollectionRows.rows(COLLECTIONS, row -> {
                                if (row == moment[1]) {
                                    crash.run();
                                }
                            })));
                    WriteReport added = addCounters(cassandra, row -> {
                        if (row == moment[0]) {
                            crash.run();
                        }
                    });
                    assertThat(collected.get(60, TimeUnit.SECONDS).written()).isEqualTo(COLLECTIONS);
                    restart[0].get(60, TimeUnit.SECONDS);
                    requireBetween(server, keyspace + ".visits", added);
                    CollectionRows.requireAll(server, keyspace, COLLECTIONS);
                    again |= !named("cassandra.load.rows_resent").isEmpty();
                    unknown |= !rejected.isEmpty();
                }
            }
            assertThat(unknown).isTrue();
            assertThat(again).isTrue();
        }
    }
}
