package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.connection.ClosedConnectionException;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
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
import io.github.keywharf.testing.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What was carried out although its answer never came. The judge is what the driver reads. */
class BulkResendTest {
    private static final int ROWS = 2_000;
    private static final Schema LISTS = Schema.of(
            Column.required("part", ColumnType.INT32),
            Column.required("id", ColumnType.INT32),
            Column.required("items", ColumnType.list(ColumnType.INT32)));

    private static CassandraServer server;
    private static String keyspace = "";

    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<RejectedRow> rejected = new ArrayList<>();
    private CompletableFuture<Void> lost = CompletableFuture.completedFuture(null);

    @BeforeAll
    static void create() {
        server = CassandraServer.shared();
        keyspace = server.createKeyspace("resend");
        server.execute(
                "CREATE TABLE " + keyspace + ".visits (page int, day int, hits counter, PRIMARY KEY (page, day))");
        server.execute(
                "CREATE TABLE " + keyspace + ".lists (part int, id int, items list<int>, PRIMARY KEY (part, id))");
        server.execute("CREATE TABLE " + keyspace + ".plain (part int, id int, PRIMARY KEY (part, id))");
        CollectionRows.create(server, keyspace);
    }

    private static CassandraManager through(TcpProxy proxy) {
        return CassandraManager.builder()
                .contactPoint(proxy.host(), proxy.port())
                .localDatacenter(server.localDatacenter())
                .credentials(server.superuser(), Secret.of(server.superuserPassword()))
                .keyspace(keyspace)
                .timeout(Duration.ofSeconds(20))
                .connect();
    }

    /** Lets answers go missing from now on, and cuts the connections once the server did more than it could say. */
    private void loseAnswers(TcpProxy proxy, String table) {
        proxy.stallAnswers(true);
        lost = Background.run(() -> {
            AtomicInteger before = new AtomicInteger(-1);
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(100))
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        int now = server.session()
                                .execute("SELECT * FROM " + keyspace + "." + table)
                                .all()
                                .size();
                        return now > 0 && before.getAndSet(now) == now;
                    });
            proxy.cut();
            proxy.stallAnswers(false);
        });
    }

    @Test
    void counters_whose_answer_was_lost_are_reported_and_not_added_again() {
        Schema schema = Schema.of(
                Column.required("page", ColumnType.INT32),
                Column.required("day", ColumnType.INT32),
                Column.required("hits", ColumnType.INT64));
        WriteReport report;
        try (TcpProxy proxy = TcpProxy.start(server.host(), server.port());
                CassandraManager cassandra = through(proxy)) {
            Rows rows = BulkRows.generated(schema, ROWS, 100, row -> {
                if (row == ROWS / 2) {
                    loseAnswers(proxy, "visits");
                }
                return new Object[] {row % 10, row, row + 1L};
            });
            report = cassandra
                    .table("visits")
                    .sink()
                    .windowRows(100)
                    .events(events::add)
                    .build()
                    .write(rows, rejected::add);
            lost.join();
        }
        assertThat(rejected).isNotEmpty().hasSizeLessThan(ROWS / 2);
        assertThat(rejected).allSatisfy(row -> assertThat(row.reason()).startsWith(CassandraSink.OUTCOME_UNKNOWN));
        assertThat(report.written()).isEqualTo(ROWS - rejected.size());
        List<Object> unknown =
                rejected.stream().map(row -> row.row().get("day")).toList();
        List<Integer> present = new ArrayList<>();
        for (Row row : server.session().execute("SELECT day, hits FROM " + keyspace + ".visits")) {
            // Each row of the load adds to a counter of its own, so that one that was added twice shows.
            assertThat(row.getLong("hits")).isEqualTo(row.getInt("day") + 1L);
            present.add(row.getInt("day"));
        }
        for (int day = 0; day < ROWS; day++) {
            assertThat(present.contains(day) || unknown.contains(day))
                    .as("day %d", day)
                    .isTrue();
        }
        // The server had added rows of which it could not say so: sent again, they would have been added twice.
        assertThat(present)
                .containsAnyElementsOf(unknown.stream().map(Integer.class::cast).toList());
        assertThat(events.stream().filter(event -> event.name().equals("cassandra.load.outage_began")))
                .isNotEmpty();
    }

    @Test
    void collections_whose_answer_was_lost_are_sent_again_and_stay_as_they_were_given() {
        try (TcpProxy proxy = TcpProxy.start(server.host(), server.port());
                CassandraManager cassandra = through(proxy)) {
            Rows rows = CollectionRows.rows(ROWS, row -> {
                if (row == ROWS / 2) {
                    loseAnswers(proxy, CollectionRows.TABLE);
                }
            });
            WriteReport report = cassandra
                    .table(CollectionRows.TABLE)
                    .sink()
                    .windowRows(100)
                    .events(events::add)
                    .build()
                    .write(rows, rejected::add);
            assertThat(report.written()).isEqualTo(ROWS);
            lost.join();
        }
        assertThat(rejected).isEmpty();
        CollectionRows.requireAll(server, keyspace, ROWS);
        assertThat(events.stream().filter(event -> event.name().equals("cassandra.load.outage_began")))
                .isNotEmpty();
    }

    private static List<Integer> items(int part, int id) {
        return server.session()
                .execute("SELECT items FROM " + keyspace + ".lists WHERE part = " + part + " AND id = " + id)
                .one()
                .getList(0, Integer.class);
    }

    @Test
    void a_list_whose_answer_was_lost_and_that_a_later_run_sends_again_stays_as_it_was_given() {
        AtomicInteger inserts = new AtomicInteger();
        // The first answer is lost, and the retry is acknowledged only after the source broke.
        CqlSession session = AnswersSession.on(server.session(), "INSERT INTO ", stage -> {
            int insert = inserts.getAndIncrement();
            return insert == 0
                    ? lost(stage, true)
                    : stage.thenCompose(result -> new CompletableFuture<AsyncResultSet>()
                            .completeOnTimeout(result, insert <= 2 ? 300 : 0, TimeUnit.MILLISECONDS));
        });
        ObjectStore store = ObjectStore.inMemory();
        for (int run = 1; run <= 2; run++) {
            boolean breaks = run == 1;
            Rows rows = BulkRows.generated(LISTS, breaks ? 3 : 2, 1, row -> {
                if (row == 2) {
                    throw new IllegalStateException("the source broke");
                }
                return new Object[] {100 + row, 1, List.of(7, 8)};
            });
            CassandraSink sink = CassandraManager.of(session)
                    .table(keyspace + ".lists")
                    .sink()
                    .windowRows(2)
                    .batchRows(1)
                    .parallelism(2)
                    .checkpoint(store, "lost", "rows")
                    .build();
            if (breaks) {
                assertThatThrownBy(() -> sink.write(rows)).hasMessage("the source broke");
            } else {
                sink.write(rows);
            }
        }
        assertThat(items(100, 1)).containsExactly(7, 8);
        assertThat(items(101, 1)).containsExactly(7, 8);
        assertThat(inserts).hasValueGreaterThanOrEqualTo(5);
    }

    @Test
    void whoever_changes_a_row_right_after_a_fast_load_of_lists_is_newer_than_the_load() {
        // Batches are answered and not carried out, so that the load is much faster than its timestamps.
        CqlSession fast = SessionProxy.of(
                server.session(),
                (method, arguments, real) -> method.equals("executeAsync") && arguments[0] instanceof BatchStatement
                        ? CompletableFuture.completedFuture(null)
                        : real.call(arguments));
        int count = 80_001;
        WriteReport report = CassandraManager.of(fast)
                .table(keyspace + ".lists")
                .sink()
                .build()
                .write(BulkRows.generated(LISTS, count, 5_000, row ->
                        new Object[] {row == count - 1 ? 200 : 300, row, List.of(7)}));
        server.execute("UPDATE " + keyspace + ".lists SET items = [9] WHERE part = 200 AND id = " + (count - 1));
        assertThat(report.written()).isEqualTo(count);
        assertThat(items(200, count - 1)).containsExactly(9);
    }

    /** Sends one row so many times, by runs that end before its answer comes. */
    private static List<Integer> sentSoOften(int id, int times) {
        CqlSession slow = AnswersSession.on(
                server.session(),
                "INSERT INTO ",
                stage -> stage.thenCompose(result ->
                        new CompletableFuture<AsyncResultSet>().completeOnTimeout(result, 50, TimeUnit.MILLISECONDS)));
        ObjectStore store = ObjectStore.inMemory();
        CassandraTable table = CassandraManager.of(slow).table(keyspace + ".lists");
        for (int run = 1; run <= times; run++) {
            boolean last = run == times;
            Rows rows = BulkRows.generated(LISTS, last ? 1 : 2, 1, row -> {
                if (row == 1) {
                    throw new IllegalStateException("the source broke");
                }
                return new Object[] {1, id, List.of(7, 8)};
            });
            CassandraSink sink =
                    table.sink().windowRows(1).checkpoint(store, "load", "rows").build();
            if (last) {
                sink.write(rows);
            } else {
                assertThatThrownBy(() -> sink.write(rows)).hasMessage("the source broke");
            }
        }
        return items(1, id);
    }

    @Test
    void list_sent_again_up_to_15_times_stays_as_it_was_and_after_that_the_load_is_refused() {
        assertThat(sentSoOften(1, BulkPlan.LIST_SPACING)).containsExactly(7, 8);
        assertThatThrownBy(() -> sentSoOften(2, BulkPlan.LIST_SPACING + 1))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("cassandra.lists_resent"))
                .hasMessageContaining("were sent 16 times");
        assertThat(items(1, 2)).containsExactly(7, 8);
    }

    @Test
    void rows_of_a_server_that_answers_too_late_are_not_taken_for_rows_that_break_it() {
        AtomicInteger late = new AtomicInteger();
        CqlSession session =
                AnswersSession.on(server.session(), "INSERT INTO ", stage -> late(stage, late.getAndIncrement() < 6));
        WriteReport report = CassandraManager.of(session)
                .table(keyspace + ".plain")
                .sink()
                .events(events::add)
                .build()
                .write(
                        BulkRows.of(
                                Schema.of(
                                        Column.required("part", ColumnType.INT32),
                                        Column.required("id", ColumnType.INT32)),
                                new Object[] {1, 1}),
                        rejected::add);
        assertThat(rejected).isEmpty();
        assertThat(report.written()).isEqualTo(1);
        assertThat(late).hasValue(7);
        assertThat(events.stream().filter(event -> event.name().equals("cassandra.load.throttled")))
                .isNotEmpty();
    }

    @Test
    void a_query_that_is_not_answered_while_a_load_begins_is_repeated_and_its_failure_is_ours() {
        Schema schema = Schema.of(Column.required("part", ColumnType.INT32), Column.required("id", ColumnType.INT32));
        AtomicInteger late = new AtomicInteger();
        CqlSession once = AnswersSession.on(
                server.session(), "system_schema.columns", stage -> lost(stage, late.getAndIncrement() < 1));
        WriteReport report = CassandraManager.of(once)
                .table(keyspace + ".plain")
                .sink()
                .build()
                .write(BulkRows.of(schema, new Object[] {2, 1}));
        assertThat(report.written()).isEqualTo(1);
        assertThat(late).hasValue(2);

        CqlSession never = AnswersSession.on(
                server.session(),
                "system_schema.columns",
                stage -> stage.thenCompose(
                        result -> CompletableFuture.failedFuture(new IllegalStateException("the disk is full"))));
        assertThatThrownBy(() -> CassandraManager.of(never)
                        .table(keyspace + ".plain")
                        .sink()
                        .build()
                        .write(BulkRows.of(schema, new Object[] {2, 2})))
                .isInstanceOf(KeywharfException.class)
                .hasMessageContaining("The columns of the table cannot be read");
    }

    private static CompletionStage<AsyncResultSet> lost(CompletionStage<AsyncResultSet> stage, boolean isLost) {
        return isLost
                ? stage.thenCompose(result -> CompletableFuture.failedFuture(new ClosedConnectionException("closed")))
                : stage;
    }

    private static CompletionStage<AsyncResultSet> late(CompletionStage<AsyncResultSet> stage, boolean isLate) {
        return isLate
                ? stage.thenCompose(result ->
                        CompletableFuture.failedFuture(new DriverTimeoutException("Query timed out after PT2S")))
                : stage;
    }
}
