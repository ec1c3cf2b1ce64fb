package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.event.Fact;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.CassandraServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A server that takes so many requests a second and no more. What it does with others is up to the connection: it reads
 * the connection slower, or, if the client asked for this, refuses them.
 */
class CassandraOverloadIT {
    private static final int REQUESTS_A_SECOND = 200;
    private static final int ROWS = 300;
    private static final int FLOOD = 400;
    private static final Schema SCHEMA =
            Schema.of(Column.required("id", ColumnType.INT32), Column.required("name", ColumnType.STRING));

    private static CassandraServer server;

    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<RejectedRow> rejected = new ArrayList<>();

    @BeforeAll
    static void start() {
        server = CassandraServer.builder()
                .option("native_transport_rate_limiting_enabled: true")
                .option("native_transport_max_requests_per_second: " + REQUESTS_A_SECOND)
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static CassandraManager connect(Duration timeout) {
        return CassandraManager.builder()
                .contactPoint(server.host(), server.port())
                .localDatacenter(server.localDatacenter())
                .credentials(server.superuser(), Secret.of(server.superuserPassword()))
                .timeout(timeout)
                .connect();
    }

    /**
     * A session that has answered. While the server still has too much to do from the test before, it refuses to open one, or
     * opens one and refuses the connections of its pool, which then reaches no node.
     */
    private static CqlSession candid() {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(AllNodesFailedException.class)
                .until(CassandraOverloadIT::answering, Objects::nonNull);
    }

    private static CqlSession answering() {
        CqlSession session = CandidSession.open(server);
        try {
            session.execute("SELECT key FROM system.local");
            return session;
        } catch (AllNodesFailedException e) {
            session.close();
            throw e;
        }
    }

    private static String table() {
        String table = server.createKeyspace("overload") + ".item";
        server.execute("CREATE TABLE " + table + " (id int PRIMARY KEY, name text)");
        return table;
    }

    /** Each row is a request of its own. */
    private WriteReport load(CassandraManager cassandra, String table) {
        return cassandra
                .table(table)
                .sink()
                .batchRows(1)
                .events(events::add)
                .build()
                .write(BulkRows.generated(SCHEMA, ROWS, 100, row -> new Object[] {row, "item " + row}), rejected::add);
    }

    private void requireAll(WriteReport report, String table) {
        assertThat(rejected).isEmpty();
        assertThat(report.written()).isEqualTo(ROWS);
        assertThat(server.session().execute("SELECT id, name FROM " + table).all())
                .hasSize(ROWS)
                .allSatisfy(row -> assertThat(row.getString("name")).isEqualTo("item " + row.getInt("id")));
    }

    private List<Event> named(String name) {
        return events.stream().filter(event -> event.name().equals(name)).toList();
    }

    /** The rows whose statements were done; the others must have failed with that code. */
    private static Set<Integer> flood(CassandraManager cassandra, String table, String refusal) {
        List<CompletableFuture<CassandraResult>> sent = new ArrayList<>();
        for (int id = 0; id < FLOOD; id++) {
            sent.add(cassandra
                    .executeAsync("INSERT INTO " + table + " (id, name) VALUES (?, ?)", id, "flood")
                    .toCompletableFuture());
        }
        Set<Integer> done = new TreeSet<>();
        for (int id = 0; id < FLOOD; id++) {
            try {
                sent.get(id).join();
                done.add(id);
            } catch (CompletionException e) {
                assertThat(e.getCause())
                        .isInstanceOf(KeywharfException.class)
                        .extracting(failure -> ((KeywharfException) failure).code())
                        .isEqualTo(refusal);
            }
        }
        return done;
    }

    private static Set<Integer> stored(String table) {
        Set<Integer> ids = new TreeSet<>();
        server.session().execute("SELECT id FROM " + table).forEach(row -> ids.add(row.getInt(0)));
        return ids;
    }

    @Test
    void a_server_that_only_reads_slower_is_waited_for_and_refuses_nothing() {
        String table = table();
        try (CassandraManager cassandra = connect(Duration.ofSeconds(20))) {
            requireAll(load(cassandra, table), table);
            assertThat(events)
                    .extracting(Event::name)
                    .filteredOn(name -> name.startsWith("cassandra.load."))
                    .containsOnly("cassandra.load.finished");

            String flooded = table();
            assertThat(flood(cassandra, flooded, "none")).hasSize(FLOOD);
            assertThat(stored(flooded)).hasSize(FLOOD);
        }
    }

    @Test
    void a_server_that_says_so_is_sent_fewer_requests_until_every_row_is_there() {
        String table = table();
        try (CqlSession session = candid()) {
            // Already while the load begins there is too much to do.
            for (int i = 0; i < FLOOD; i++) {
                session.executeAsync("SELECT * FROM " + table);
            }
            requireAll(load(CassandraManager.of(session), table), table);
        }
        assertThat(named("cassandra.load.throttled")).isNotEmpty().allSatisfy(throttled -> {
            assertThat(throttled.facts()).extracting(Fact::value).allMatch(most -> most < BulkLimiter.FIRST);
            assertThat(throttled.message()).containsIgnoringCase("overload").doesNotContain("tried for the query");
        });
        assertThat(named("cassandra.load.outage_began")).isEmpty();
    }

    @Test
    void statements_that_an_overloaded_server_refuses_fail_by_name_and_were_not_carried_out() {
        String table = table();
        try (CqlSession session = candid()) {
            Set<Integer> done = flood(CassandraManager.of(session), table, "cassandra.overloaded");
            assertThat(done).isNotEmpty().hasSizeLessThan(FLOOD);
            assertThat(stored(table)).isEqualTo(done);
        }
    }

    @Test
    void a_load_that_gets_no_answers_in_time_sends_fewer_requests_until_it_does() {
        String table = table();
        // Half of the first requests are read by the server only when this is over.
        try (CassandraManager cassandra = connect(Duration.ofMillis(80))) {
            requireAll(load(cassandra, table), table);
        }
        assertThat(named("cassandra.load.throttled")).isNotEmpty();
        assertThat(named("cassandra.load.rows_resent")).isEmpty();
    }

    @Test
    void statements_without_an_answer_in_time_fail_by_name_and_may_have_been_carried_out() {
        String table = table();
        try (CassandraManager cassandra = connect(Duration.ofMillis(500))) {
            Set<Integer> done = flood(cassandra, table, "cassandra.timeout");
            assertThat(done).isNotEmpty().hasSizeLessThan(FLOOD);
            assertThat(stored(table)).containsAll(done);
        }
    }
}
