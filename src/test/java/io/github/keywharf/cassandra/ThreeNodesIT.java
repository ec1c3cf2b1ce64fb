package io.github.keywharf.cassandra;

import static io.github.keywharf.cassandra.key.KeyServer.ALICE;
import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static io.github.keywharf.cassandra.key.KeyServer.keyspaceOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.TokenMap;
import com.datastax.oss.driver.api.core.servererrors.QueryConsistencyException;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.key.CassandraKeyRing;
import io.github.keywharf.cassandra.key.KeyServer;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.CassandraNodes;
import io.github.keywharf.testing.RecordingListener;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one node cannot show. Each test leaves the three nodes running. */
@Tag("long")
@Timeout(120)
class ThreeNodesIT {
    private static final Schema SCHEMA =
            Schema.of(Column.required("id", ColumnType.INT32), Column.required("value", ColumnType.STRING));
    private static final Duration STATED = Duration.ofSeconds(2);

    private static CassandraNodes nodes;

    @BeforeAll
    static void start() {
        nodes = CassandraNodes.builder().start();
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    @AfterEach
    void bringBack() {
        nodes.restart(IntStream.range(0, 3)
                .filter(index -> !nodes.node(index).isAlive())
                .toArray());
    }

    private static CassandraManager.Builder builder() {
        return CassandraManager.builder()
                .contactPoint(nodes.node(0).host(), nodes.node(0).port())
                .contactPoint(nodes.node(1).host(), nodes.node(1).port())
                .credentials(nodes.superuser(), Secret.of(nodes.superuserPassword()));
    }

    private static Rows rows(int count, int at, Runnable what) {
        return BulkRows.generated(SCHEMA, count, 1_000, row -> {
            if (row == at) {
                what.run();
            }
            return new Object[] {row, "value " + row};
        });
    }

    private static String table(int replicas) {
        String table = nodes.createKeyspace("cluster", replicas) + ".item";
        nodes.execute(
                "CREATE TABLE " + table + " (id int PRIMARY KEY, value text) WITH memtable_flush_period_in_ms = 1000");
        return table;
    }

    private static CqlIdentifier keyspace(String table) {
        return CqlIdentifier.fromInternal(table.substring(0, table.indexOf('.')));
    }

    private static void requireAll(String table, ConsistencyLevel level, int count) {
        // The driver itself does not repeat what fails because a coordinator still waits for a dead node.
        List<Integer> seen = await().atMost(Duration.ofSeconds(40))
                .ignoreExceptionsInstanceOf(QueryConsistencyException.class)
                .until(() -> raw(table, level), Objects::nonNull);
        assertThat(seen).hasSize(count).doesNotHaveDuplicates();
    }

    private static List<Integer> raw(String table, ConsistencyLevel level) {
        List<Integer> ids = new ArrayList<>();
        for (Row row : nodes.session()
                .execute(SimpleStatement.newInstance("SELECT id, value FROM " + table)
                        .setConsistencyLevel(level))) {
            assertThat(row.getString(1)).isEqualTo("value " + row.getInt(0));
            ids.add(row.getInt(0));
        }
        return ids;
    }

    @Test
    void all_nodes_are_found_by_one_of_them_and_their_data_centre_is_inferred() {
        try (CassandraManager cassandra = builder().connect()) {
            await().untilAsserted(() -> assertThat(cassandra.cluster().nodes())
                    .hasSize(3)
                    .allSatisfy(node -> {
                        assertThat(node.state()).isEqualTo(CassandraNode.State.UP);
                        assertThat(node.local()).isTrue();
                        assertThat(node.datacenter()).isEqualTo(nodes.localDatacenter());
                        assertThat(node.version()).startsWith("5.0");
                        assertThat(node.connections()).isPositive();
                    }));
            assertThat(cassandra.cluster().nodes())
                    .extracting(node -> node.address().substring(node.address().lastIndexOf(':') + 1))
                    .containsExactlyInAnyOrderElementsOf(nodes.all().stream()
                            .map(node -> String.valueOf(node.port()))
                            .toList());
        }
    }

    @Test
    void rows_go_in_requests_of_partitions_on_the_same_nodes_and_all_of_them_arrive() {
        int count = 6_000;
        List<String> tables = List.of(table(1), table(2), table(3));
        try (CassandraManager cassandra = builder().connect()) {
            for (int replicas = 1; replicas <= 3; replicas++) {
                String table = tables.get(replicas - 1);
                List<Statement<?>> sent = new CopyOnWriteArrayList<>();
                CqlSession recorded = ChangedSession.on(cassandra.unwrap(), statement -> {
                    sent.add(statement);
                    return statement;
                });
                WriteReport report = CassandraManager.of(recorded)
                        .table(table)
                        .sink()
                        .consistency(ConsistencyLevel.LOCAL_QUORUM)
                        .build()
                        .write(rows(count, -1, () -> {}));
                assertThat(report.written()).isEqualTo(count);
                requireAll(table, ConsistencyLevel.ALL, count);
                TokenMap ring = cassandra.unwrap().getMetadata().getTokenMap().orElseThrow();
                assertThat(replicaSets(sent, key -> ring.getReplicas(keyspace(table), key)))
                        .hasSize(replicas == 3 ? 1 : 3);
            }
            sizesAreOfOneCopy(cassandra.dictionary(), tables, count);
        }
    }

    /** The sets of nodes that requests were for; each request must be for one. */
    private static Set<Set<Node>> replicaSets(List<Statement<?>> sent, Function<ByteBuffer, Set<Node>> replicas) {
        Set<Set<Node>> sets = new HashSet<>();
        for (Statement<?> statement : sent) {
            if (statement instanceof BatchStatement batch) {
                Set<Set<Node>> ofBatch = new HashSet<>();
                batch.forEach(one -> ofBatch.add(replicas.apply(one.getRoutingKey())));
                assertThat(ofBatch).hasSize(1);
                sets.addAll(ofBatch);
            }
        }
        return sets;
    }

    /** Nodes count what they wrote to disk, first half a minute after their start. */
    private static void sizesAreOfOneCopy(DictionaryManager dictionary, List<String> tables, int count) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> assertThat(tables)
                        .allSatisfy(table -> assertThat(dictionary
                                        .describe(keyspace(table).asInternal(), "item")
                                        .size())
                                .hasValueSatisfying(
                                        size -> assertThat(size.partitions()).isBetween(count / 2L, count * 2L))));
    }

    @Test
    void a_table_that_was_made_by_another_node_is_in_the_dictionary() {
        String keyspace = nodes.createKeyspace("cluster", 3);
        try (CassandraManager cassandra = builder().connect()) {
            for (int i = 0; i < 3; i++) {
                nodes.session()
                        .execute(SimpleStatement.newInstance("CREATE TABLE " + keyspace + ".t" + i
                                        + " (id int PRIMARY KEY, v" + i + " text)")
                                .setNode(nodes.of(i)));
                assertThat(cassandra.dictionary().describe(keyspace, "t" + i).columns())
                        .extracting(column -> column.name())
                        .containsExactly("id", "v" + i);
            }
        }
    }

    @Test
    void nothing_is_lost_or_reported_twice_while_one_of_three_nodes_is_dead() throws Exception {
        int count = 20_000;
        String three = table(3);
        String two = table(2);
        String one = table(1);
        RecordingListener events = new RecordingListener();
        String readings = nodes.createKeyspace("cluster", 3);
        nodes.execute(UnloadFixture.table(readings + ".reading"));
        UnloadFixture.insert(nodes.session(), readings + ".reading", 200, 10);
        List<String> lines = UnloadFixture.expected(nodes.session(), readings + ".reading");
        try (CassandraManager cassandra =
                builder().timeout(Duration.ofSeconds(6)).events(events).connect()) {
            assertThat(read(cassandra, readings)).isEqualTo(lines);

            WriteReport report = sink(cassandra, three, events)
                    .write(rows(count, count / 3, () -> nodes.node(2).kill()));
            assertThat(report.written()).isEqualTo(count);
            requireAll(three, ConsistencyLevel.QUORUM, count);
            assertThat(events.named("cassandra.load.rows_resent")).isNotEmpty();
            assertThat(events.named("cassandra.node.down")).isNotEmpty();
            assertThat(cassandra.cluster().nodes())
                    .filteredOn(node -> node.state() == CassandraNode.State.DOWN)
                    .hasSize(1);
            assertThat(read(cassandra, readings)).isEqualTo(lines);

            await().atMost(Duration.ofSeconds(40))
                    .untilAsserted(() -> assertThat(refusal(cassandra, two))
                            .extracting(KeywharfException::code)
                            .isEqualTo("cassandra.unavailable"));
            assertThat(refusal(cassandra, two)).hasMessageContaining("LOCAL_QUORUM needs 2 replicas and 1 is alive");
            assertThat(cassandra.dictionary().describe(readings, "reading").columns())
                    .hasSize(4);

            // Rows of which the one replica is away wait for it.
            CompletableFuture<?>[] restart = {CompletableFuture.completedFuture(null)};
            WriteReport waited = sink(cassandra, one, event -> {
                        events.onEvent(event);
                        if (event.name().equals("cassandra.load.throttled") && restart[0].isDone()) {
                            restart[0] = Background.run(() -> nodes.restart(2));
                        }
                    })
                    .write(rows(count, -1, () -> {}));
            restart[0].get(60, TimeUnit.SECONDS);
            assertThat(waited.written()).isEqualTo(count);
            requireAll(one, ConsistencyLevel.ONE, count);
            assertThat(events.named("cassandra.load.throttled")).isNotEmpty();
        }
        requireAll(three, ConsistencyLevel.QUORUM, count);
    }

    @Test
    void rows_settle_after_one_node_died_while_another_was_silent_in_a_load_that_does_not_fit_into_memory() {
        String table = table(3);
        ObjectStore store = ObjectStore.inMemory();
        int deadAt = 10_000;
        long giveUp = System.nanoTime() + Duration.ofSeconds(70).toNanos();
        AtomicLong settled = new AtomicLong();
        CompletableFuture<?>[] silence = {CompletableFuture.completedFuture(null)};
        try (CassandraManager cassandra =
                builder().timeout(Duration.ofSeconds(6)).connect()) {
            Rows rows = BulkRows.generated(SCHEMA, 2_000_000, 1_000, row -> {
                if (row == deadAt) {
                    nodes.node(1).pause();
                    nodes.node(2).kill();
                    silence[0] = Background.run(() -> {
                        LockSupport.parkNanos(Duration.ofSeconds(8).toNanos());
                        nodes.node(1).resume();
                    });
                }
                if (row > deadAt && row % 1_000 == 0) {
                    settled.set(new BulkNotes(store, "load")
                            .latest()
                            .orElseThrow()
                            .settled()
                            .rows());
                    if (settled.get() > deadAt + 5_000 || System.nanoTime() - giveUp > 0) {
                        throw new IllegalStateException("the source broke");
                    }
                    LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
                }
                return new Object[] {row, "value " + row};
            });
            CassandraSink.Builder sink = cassandra
                    .table(table)
                    .sink()
                    .windowRows(1_000)
                    .resendMemory(1)
                    .resendWindow(Duration.ofSeconds(2))
                    .checkpoint(store, "load", "rows");
            assertThatThrownBy(() -> sink.build().write(rows)).hasMessage("the source broke");
            assertThat(silence[0]).succeedsWithin(Duration.ofSeconds(20));
        }
        // Rows of after its death, so those of before are not held to be lost either: two nodes acknowledged each.
        assertThat(settled).hasValueGreaterThan(deadAt);
        requireFirst(table, settled.intValue());
    }

    private static void requireFirst(String table, int count) {
        List<Integer> seen = await().atMost(Duration.ofSeconds(40))
                .ignoreExceptionsInstanceOf(QueryConsistencyException.class)
                .until(() -> raw(table, ConsistencyLevel.QUORUM), Objects::nonNull);
        assertThat(Set.copyOf(seen))
                .containsAll(IntStream.range(0, count).boxed().toList());
    }

    @Test
    void a_node_that_is_silent_for_some_seconds_is_not_taken_for_one_that_was_restarted() {
        int count = 30_000;
        String table = table(3);
        RecordingListener events = new RecordingListener();
        try (CassandraManager cassandra =
                builder().timeout(Duration.ofSeconds(2)).events(events).connect()) {
            WriteReport report = cassandra
                    .table(table)
                    .sink()
                    .windowRows(2_000)
                    // As in a load so fast that what was acknowledged does not fit into memory.
                    .resendMemory(1)
                    .events(event -> {
                        events.onEvent(event);
                        if (event.name().equals("cassandra.load.outage_ended")) {
                            nodes.node(1).resume();
                        }
                    })
                    .build()
                    .write(rows(count, count / 3, () -> nodes.node(1).pause()));
            assertThat(report.written()).isEqualTo(count);
        } finally {
            nodes.node(1).resume();
        }
        assertThat(events.named("cassandra.load.outage_ended")).isNotEmpty();
        assertThat(events.named("cassandra.load.rows_resent")).isEmpty();
        requireAll(table, ConsistencyLevel.QUORUM, count);
    }

    private static CassandraSink sink(CassandraManager cassandra, String table, EventListener listener) {
        return cassandra.table(table).sink().windowRows(2_000).events(listener).build();
    }

    private static List<String> read(CassandraManager cassandra, String keyspace) {
        return UnloadFixture.lines(cassandra.table(keyspace + ".reading").read().stream()).stream()
                .sorted()
                .toList();
    }

    /** What is said of some row of which a replica is away; the row 0 to 99, one of which is such a one. */
    private static KeywharfException refusal(CassandraManager cassandra, String table) {
        return catchThrowableOfType(KeywharfException.class, () -> {
            for (int id = 0; id < 100; id++) {
                cassandra
                        .query("SELECT value FROM " + table + " WHERE id = ?")
                        .values(id)
                        .idempotent(false)
                        .execute();
            }
        });
    }

    @Test
    void statements_in_flight_when_nodes_die_are_done_or_refused_by_name_and_wait_for_a_majority() throws Exception {
        String table = table(3);
        String loaded = table(3);
        int flood = 6_000;
        List<CompletableFuture<CassandraResult>> sent = new ArrayList<>();
        Set<Integer> done = new HashSet<>();
        try (CassandraManager cassandra = builder()
                        .timeout(Duration.ofSeconds(20))
                        .patience(Duration.ofSeconds(90))
                        .connect();
                CassandraManager hasty = builder().patience(Duration.ZERO).connect()) {
            for (int id = 0; id < flood; id++) {
                if (id == flood / 3) {
                    nodes.node(1).kill();
                }
                sent.add(cassandra
                        .executeAsync("INSERT INTO " + table + " (id, value) VALUES (?, ?)", id, "value " + id)
                        .toCompletableFuture());
            }
            for (int id = 0; id < flood; id++) {
                try {
                    sent.get(id).get(60, TimeUnit.SECONDS);
                    done.add(id);
                } catch (ExecutionException e) {
                    assertThat(e.getCause())
                            .isInstanceOfSatisfying(
                                    KeywharfException.class,
                                    refused -> assertThat(refused.code())
                                            .isIn("cassandra.connection_lost", "cassandra.timeout"));
                }
            }
            assertThat(done).hasSizeGreaterThan(flood / 2);
            // Not later: what two nodes forget that are killed one after the other is lost, unless somebody sends it
            // again.
            assertThat(ids(cassandra, table)).containsAll(done);

            RecordingListener events = new RecordingListener();
            int count = 20_000;
            CompletableFuture<WriteReport> load = Background.supply(() -> sink(hasty, loaded, events)
                    .write(rows(count, count / 3, () -> nodes.node(2).kill())));
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(refusal(hasty, table))
                            .hasMessageContaining("system_auth")
                            .extracting(KeywharfException::code)
                            .isEqualTo("cassandra.unavailable"));
            assertThat(catchThrowableOfType(
                            KeywharfException.class, () -> builder().connect().close()))
                    .hasMessageContaining("system_auth")
                    .extracting(KeywharfException::code)
                    .isEqualTo("cassandra.unavailable");
            assertThat(load).isNotDone();
            CompletableFuture<Void> restart = Background.run(() -> nodes.restart(1, 2));
            assertThat(ids(cassandra, table)).isNotEmpty();
            restart.get(90, TimeUnit.SECONDS);
            assertThat(load.get(60, TimeUnit.SECONDS).written()).isEqualTo(count);
            requireAll(loaded, ConsistencyLevel.QUORUM, count);
            assertThat(events.named("cassandra.load.throttled")).isNotEmpty();
        }
    }

    private static Set<Integer> ids(CassandraManager cassandra, String table) {
        try (Rows rows = cassandra.execute("SELECT id FROM " + table).rows()) {
            return rows.stream().map(row -> row.value("id", Integer.class)).collect(Collectors.toSet());
        }
    }

    @Test
    void of_many_who_make_the_admin_by_different_nodes_one_does_and_a_revoked_key_ends_on_all_of_them()
            throws Exception {
        try (KeyServer keys = KeyServer.newRing(nodes.node(0), setup -> setup.replicas(nodes.localDatacenter(), 3))) {
            List<CompletableFuture<AccessKey>> attempts = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                CqlSession issuer = keys.issuer().unwrap();
                Node coordinator = known(issuer, i % 3);
                CassandraKeyRing ring = keys.ring(
                        CassandraManager.of(ChangedSession.on(issuer, statement -> statement.setNode(coordinator))));
                attempts.add(Background.supply(() -> ring.issue(KeyRequest.admin(), ALICE)));
            }
            List<AccessKey> won = new ArrayList<>();
            for (CompletableFuture<AccessKey> attempt : attempts) {
                try {
                    won.add(attempt.join());
                } catch (CompletionException e) {
                    assertThat(e.getCause())
                            .isInstanceOfSatisfying(
                                    KeywharfException.class,
                                    lost -> assertThat(lost.code()).isEqualTo("key.admin_exists"));
                }
            }
            assertThat(won).hasSize(1);
            assertThat(nodes.session()
                            .execute(SimpleStatement.newInstance(
                                            "SELECT member FROM system_auth.role_members WHERE role = '"
                                                    + keys.keyspace() + "_admin'")
                                    .setConsistencyLevel(ConsistencyLevel.ALL))
                            .all())
                    .extracting(row -> row.getString(0))
                    .containsExactly("key_" + won.get(0).id());

            Organisation acme = keys.onboarded();
            AccessKey key = keys.issue(acme);
            try (CassandraManager held = keys.ring().open(key, FROM)) {
                String read = "SELECT text FROM " + keyspaceOf(acme) + ".note";
                for (int i = 0; i < 3; i++) {
                    assertThat(isRefused(held, read, i)).isFalse();
                }
                keys.ring().revoke(key.id(), ALICE);
                await().atMost(STATED)
                        .until(() -> isRefused(held, read, 0) && isRefused(held, read, 1) && isRefused(held, read, 2));
            }
        }
    }

    private static boolean isRefused(CassandraManager held, String cql, int index) {
        try {
            held.unwrap().execute(SimpleStatement.newInstance(cql).setNode(known(held.unwrap(), index)));
            return false;
        } catch (UnauthorizedException e) {
            return true;
        }
    }

    /** A node as another session knows it. */
    private static Node known(CqlSession session, int index) {
        return session.getMetadata().getNodes().get(nodes.of(index).getHostId());
    }
}
