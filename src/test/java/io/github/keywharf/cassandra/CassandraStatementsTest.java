package io.github.keywharf.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.BatchStatementBuilder;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Event;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Row;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.CassandraServer;
import io.github.keywharf.testing.TcpProxy;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CassandraStatementsTest {
    private static CassandraServer server;
    private static CqlSession raw;
    private static CassandraManager cassandra;
    private static String keyspace;

    @BeforeAll
    static void connect() {
        server = CassandraServer.shared();
        raw = server.session();
        keyspace = server.createKeyspace("statements");
        cassandra = SharedCassandra.builder().keyspace(keyspace).connect();
        cassandra.execute("CREATE TABLE action (id uuid PRIMARY KEY, user_name text, score int)");
        cassandra.execute("CREATE TABLE step (run int, step int, note text, PRIMARY KEY (run, step))");
        cassandra.execute("CREATE TABLE visits (page text PRIMARY KEY, hits counter)");
    }

    @AfterAll
    static void close() {
        cassandra.close();
    }

    /** In batches, since each statement costs the server the same. */
    private static void fill(int run, int rows) {
        PreparedStatement insert = raw.prepare("INSERT INTO " + keyspace + ".step (run, step, note) VALUES (?, ?, ?)");
        Semaphore room = new Semaphore(16);
        List<CompletableFuture<?>> sent = new ArrayList<>();
        for (int begin = 0; begin < rows; begin += 500) {
            BatchStatementBuilder batch = BatchStatement.builder(DefaultBatchType.UNLOGGED);
            for (int i = begin; i < Math.min(begin + 500, rows); i++) {
                batch.addStatement(insert.bind(run, i, "note " + i));
            }
            room.acquireUninterruptibly();
            sent.add(raw.executeAsync(batch.build())
                    .whenComplete((done, failure) -> room.release())
                    .toCompletableFuture());
        }
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).join();
    }

    private static KeywharfException refusal(Runnable call) {
        try {
            call.run();
        } catch (KeywharfException e) {
            return e;
        }
        throw new AssertionError("It was not refused");
    }

    record Action(UUID id, String userName, int score) {}

    @Test
    void values_go_by_position_or_by_name_and_rows_come_back_as_tables_rows_and_records() {
        UUID one = UUID.randomUUID();
        UUID two = UUID.randomUUID();
        cassandra.execute("INSERT INTO action (id, user_name, score) VALUES (?, ?, ?)", one, "ann", 1);
        cassandra.execute(
                "INSERT INTO action (id, user_name, score) VALUES (:id, :userName, :score)",
                Map.of("id", two, "userName", "bob", "score", 2L));

        String select = "SELECT id, user_name, score FROM action WHERE id = ?";
        assertThat(raw.execute("SELECT user_name FROM " + keyspace + ".action WHERE id = " + two)
                        .one()
                        .getString(0))
                .isEqualTo("bob");
        Row row = cassandra.execute(select, one).one().orElseThrow();
        assertThat(row.toMap()).containsEntry("user_name", "ann").containsEntry("score", 1);
        assertThat(cassandra.execute(select, two).records(Action.class)).containsExactly(new Action(two, "bob", 2));
        assertThat(cassandra.execute(select, UUID.randomUUID()).one()).isEmpty();
        Table table = cassandra
                .execute("SELECT score, user_name FROM action WHERE id = ?", one)
                .table();
        assertThat(table.toString()).contains("score | user_name", "    1 | ann", "(1 row)");
        assertThat(cassandra
                        .executeAsync(select, Arrays.asList(one).toArray())
                        .thenApply(CassandraResult::table)
                        .toCompletableFuture()
                        .join()
                        .size())
                .isEqualTo(1);
    }

    @Test
    void more_than_one_row_is_not_one() {
        fill(1, 3);
        assertThat(refusal(() -> cassandra
                                .execute("SELECT * FROM step WHERE run = 1")
                                .one())
                        .code())
                .isEqualTo("cassandra.many_rows");
    }

    @Test
    void values_that_do_not_fit_are_refused_by_place_type_and_class_and_never_shown() {
        String insert = "INSERT INTO action (id, user_name, score) VALUES (:id, :user_name, :score)";
        KeywharfException wrong = refusal(
                () -> cassandra.execute(insert, Map.of("id", UUID.randomUUID(), "user_name", "x", "score", "hunter2")));
        assertThat(wrong.code()).isEqualTo("cassandra.bad_value");
        assertThat(wrong)
                .hasMessage("[" + keyspace
                        + "] Value 3 of 3, for 'score' (int), is a java.lang.String: give a whole number");
        assertThat(refusal(() -> cassandra.execute(insert, UUID.randomUUID(), "x", 1L << 40)))
                .hasMessageContaining("out of the range from -2147483648 to 2147483647");
        KeywharfException few = refusal(() -> cassandra.execute(insert, UUID.randomUUID()));
        assertThat(few.code()).isEqualTo("cassandra.missing_value");
        assertThat(few)
                .hasMessageContaining(
                        "The statement has 3 places for values (:id, :user_name, :score), but 1 value was given");
        assertThat(refusal(() -> cassandra.execute(insert, Map.of("id", UUID.randomUUID()))))
                .hasMessageContaining("There is no value for :user_name, :score");
        KeywharfException unknown = refusal(() -> cassandra.execute(insert, Map.of("ident", 1)));
        assertThat(unknown.code()).isEqualTo("cassandra.unknown_name");
        assertThat(unknown).hasMessageContaining("':ident'").hasMessageContaining(":id, :user_name, :score");
        assertThat(refusal(() -> cassandra.execute("TRUNCATE action", 1)).code())
                .isEqualTo("cassandra.bad_value");
    }

    @Test
    void null_deletes_a_value_and_unset_leaves_it() {
        UUID id = UUID.randomUUID();
        String insert = "INSERT INTO action (id, user_name, score) VALUES (:id, :name, :score)";
        cassandra.execute(insert, Map.of("id", id, "name", "ann", "score", 1));
        cassandra.query(insert).bind("id", id).bind("name", null).unset("score").execute();
        var row = raw.execute("SELECT user_name, score FROM " + keyspace + ".action WHERE id = " + id)
                .one();
        assertThat(row.getString(0)).isNull();
        assertThat(row.getInt(1)).isEqualTo(1);
    }

    @Test
    void a_condition_reports_whether_it_held_and_with_what() {
        UUID id = UUID.randomUUID();
        String insert = "INSERT INTO action (id, score) VALUES (?, 1) IF NOT EXISTS";
        assertThat(cassandra.execute(insert, id).wasApplied()).isTrue();
        CassandraResult second = cassandra.execute(insert, id);
        assertThat(second.wasApplied()).isFalse();
        assertThat(second.one().orElseThrow().value("score")).isEqualTo(1);
        assertThat(second.wasApplied()).isFalse();
    }

    @Test
    void a_hundred_thousand_rows_stream_page_by_page_and_only_two_pages_are_held() {
        int rows = 100_000;
        fill(2, rows);
        int pages = 0;
        int next = 0;
        try (Rows stream = cassandra
                .query("SELECT step, note FROM step WHERE run = ?")
                .values(2)
                .pageSize(2_000)
                .execute()
                .rows()) {
            for (ColumnBatch batch = stream.next(); batch != null; batch = stream.next()) {
                pages++;
                assertThat(batch.size()).isLessThanOrEqualTo(2_000);
                for (int i = 0; i < batch.size(); i++) {
                    assertThat(batch.row(i).value(0)).isEqualTo(next++);
                }
            }
        }
        assertThat(next).isEqualTo(rows);
        assertThat(pages).isBetween(50, 51);

        try (Stream<Row> few =
                cassandra.query("SELECT step FROM step WHERE run = 2").pageSize(10).execute().rows().stream()) {
            assertThat(few.limit(15).map(row -> row.value(0))).hasSize(15).startsWith(0, 1, 2);
        }
    }

    @Test
    void a_result_prints_its_first_page_and_can_be_read_once_all_the_same() {
        fill(3, 30);
        CassandraResult result = cassandra
                .query("SELECT step, note FROM step WHERE run = 3")
                .pageSize(5)
                .execute();
        assertThat(result.toString()).contains("note 4", "(5 rows)", "and more on further pages");
        assertThat(result.table().size()).isEqualTo(30);
        assertThat(result.toString()).isEqualTo("CassandraResult[" + keyspace + ", 2 columns, read]");
        assertThatThrownBy(result::table).isInstanceOf(IllegalStateException.class);
        assertThat(cassandra.execute("TRUNCATE action").toString())
                .isEqualTo("CassandraResult[" + keyspace + ", no rows]");
    }

    @Test
    void a_client_walks_the_pages_with_tokens_and_only_with_those_of_its_statement() {
        fill(4, 25);
        fill(5, 25);
        CassandraQuery query = cassandra
                .query("SELECT step FROM step WHERE run = :run")
                .bind("run", 4)
                .pageSize(10);
        List<Object> seen = new ArrayList<>();
        CassandraPage page = query.page();
        page.table().forEach(row -> seen.add(row.value(0)));
        while (page.next().isPresent()) {
            assertThat(page.next().get()).matches("[A-Za-z0-9_-]+");
            page = cassandra
                    .query("SELECT step FROM step WHERE run = :run")
                    .bind("run", 4)
                    .pageSize(10)
                    .page(page.next().get());
            page.table().forEach(row -> seen.add(row.value(0)));
        }
        assertThat(seen)
                .containsExactlyElementsOf(IntStream.range(0, 25).boxed().toList());

        String token = query.page().next().orElseThrow();
        for (String wrong : List.of(
                "", "AA", "not base64!", token.substring(1), token + "AAAA", flipped(token), "x".repeat(300_000))) {
            assertThat(refusal(() -> query.page(wrong)).code()).isEqualTo("cassandra.bad_page_token");
        }
        CassandraQuery otherValue =
                cassandra.query("SELECT step FROM step WHERE run = :run").bind("run", 5);
        assertThat(refusal(() -> otherValue.page(token)).code()).isEqualTo("cassandra.bad_page_token");
        CassandraQuery otherText =
                cassandra.query("SELECT step, note FROM step WHERE run = :run").bind("run", 4);
        assertThat(refusal(() -> otherText.page(token)).code()).isEqualTo("cassandra.bad_page_token");
    }

    private static String flipped(String token) {
        char[] chars = token.toCharArray();
        chars[chars.length / 2] = chars[chars.length / 2] == 'A' ? 'B' : 'A';
        return new String(chars);
    }

    @Test
    void sealed_tokens_show_nothing_and_open_only_with_their_key() {
        cassandra.execute("CREATE TABLE secret_key (name text, n int, PRIMARY KEY (name, n))");
        for (int i = 0; i < 4; i++) {
            cassandra.execute("INSERT INTO secret_key (name, n) VALUES ('patient-zero', ?)", i);
        }
        String select = "SELECT n FROM secret_key";
        Secret key = Secret.of("0123456789abcdef0123456789abcdef");
        try (CassandraManager sealing = SharedCassandra.builder()
                        .keyspace(keyspace)
                        .pageTokenKey(key)
                        .connect();
                CassandraManager same = SharedCassandra.builder()
                        .keyspace(keyspace)
                        .pageTokenKey(key)
                        .connect()) {
            String open = cassandra.query(select).pageSize(2).page().next().orElseThrow();
            String sealed = sealing.query(select).pageSize(2).page().next().orElseThrow();
            assertThat(text(open)).contains("patient-zero");
            assertThat(text(sealed)).doesNotContain("patient");
            assertThat(same.query(select).page(sealed).table().size()).isEqualTo(2);
            assertThat(refusal(() -> sealing.query(select).page(open)).code()).isEqualTo("cassandra.bad_page_token");
            assertThat(refusal(() -> cassandra.query(select).page(sealed)).code())
                    .isEqualTo("cassandra.bad_page_token");
            assertThat(refusal(() -> sealing.query(select).page(flipped(sealed)))
                            .code())
                    .isEqualTo("cassandra.bad_page_token");
        }
        assertThatThrownBy(() -> PageTokens.of(Secret.of("short"))).hasMessageContaining("at least 32");
    }

    private static String text(String token) {
        return new String(java.util.Base64.getUrlDecoder().decode(token), java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    @Test
    void statements_that_change_the_schema_are_not_prepared_and_use_is_refused() {
        PreparedStatements prepared = cassandra.context().prepared();
        int before = prepared.size();
        cassandra.execute("-- a comment\n /* another */ CREATE TABLE unprepared (id int PRIMARY KEY)");
        cassandra.execute("DROP TABLE unprepared");
        assertThat(prepared.size()).isEqualTo(before);
        assertThat(refusal(() -> cassandra.execute("USE system")).code()).isEqualTo("cassandra.use_refused");
    }

    @Test
    void the_prepared_are_kept_once_each_and_forgotten_beyond_the_limit() {
        PreparedStatements prepared = new PreparedStatements(raw);
        Optional<com.datastax.oss.driver.api.core.CqlIdentifier> none = Optional.empty();
        CompletionStage<PreparedStatement> first = prepared.prepare(none, "SELECT key FROM system.local");
        assertThat(prepared.prepare(none, "SELECT key FROM system.local")).isSameAs(first);
        List<CompletableFuture<PreparedStatement>> all = new ArrayList<>();
        for (int i = 0; i < PreparedStatements.CAPACITY + 5; i++) {
            all.add(prepared.prepare(none, "SELECT key FROM system.local LIMIT " + (i + 1))
                    .toCompletableFuture());
            if (i % 200 == 0) {
                all.forEach(CompletableFuture::join);
            }
        }
        all.forEach(CompletableFuture::join);
        assertThat(prepared.size()).isEqualTo(PreparedStatements.CAPACITY);
        assertThat(prepared.knows(none, "SELECT key FROM system.local")).isFalse();
        assertThatThrownBy(() -> prepared.prepare(none, "SELECT nothing FROM system.local")
                        .toCompletableFuture()
                        .join())
                .hasMessageContaining("nothing");
        assertThat(prepared.knows(none, "SELECT nothing FROM system.local")).isFalse();
    }

    @Test
    void a_prepared_statement_lives_through_changes_of_its_table() {
        cassandra.execute("CREATE TABLE changing (id int PRIMARY KEY, a text)");
        String select = "SELECT * FROM changing WHERE id = ?";
        String insert = "INSERT INTO changing (id, a) VALUES (?, ?)";
        cassandra.execute(insert, 1, "one");
        assertThat(cassandra.execute(select, 1).schema().names()).containsExactly("id", "a");

        raw.execute("ALTER TABLE " + keyspace + ".changing ADD b int");
        assertThat(cassandra.execute(select, 1).schema().names()).containsExactly("id", "a", "b");
        assertThat(cassandra.execute(select, 1).one().orElseThrow().value("a")).isEqualTo("one");

        raw.execute("DROP TABLE " + keyspace + ".changing");
        assertThat(refusal(() -> cassandra.execute(select, 1)).code()).isEqualTo("cassandra.no_table");
        raw.execute("CREATE TABLE " + keyspace + ".changing (id int PRIMARY KEY, a int, b int)");
        cassandra.execute(insert, 2, 22);
        assertThat(cassandra.execute(select, 2).one().orElseThrow().value("a")).isEqualTo(22);

        raw.execute("ALTER TABLE " + keyspace + ".changing DROP a");
        assertThat(refusal(() -> cassandra.execute(insert, 3, 33)))
                .hasMessageContaining("a")
                .extracting(KeywharfException::code)
                .isEqualTo("cassandra.invalid_query");
    }

    @Test
    void a_column_added_while_pages_are_read_does_not_shift_the_others() {
        cassandra.execute("CREATE TABLE growing (id int, n int, z text, PRIMARY KEY (id, n))");
        for (int i = 0; i < 20; i++) {
            cassandra.execute("INSERT INTO growing (id, n, z) VALUES (1, ?, ?)", i, "z" + i);
        }
        try (Rows rows = cassandra
                .query("SELECT * FROM growing WHERE id = 1")
                .pageSize(4)
                .execute()
                .rows()) {
            List<Object> seen = new ArrayList<>();
            ColumnBatch batch = rows.next();
            raw.execute("ALTER TABLE " + keyspace + ".growing ADD a text");
            for (; batch != null; batch = rows.next()) {
                for (int i = 0; i < batch.size(); i++) {
                    seen.add(batch.row(i).value("z"));
                }
            }
            assertThat(seen)
                    .containsExactlyElementsOf(
                            IntStream.range(0, 20).mapToObj(i -> "z" + i).toList());
        }
    }

    @Test
    void another_keyspace_shares_the_session() {
        String other = server.createKeyspace("other");
        CassandraManager there = cassandra.withKeyspace(other);
        there.execute("CREATE TABLE action (id int PRIMARY KEY)");
        there.execute("INSERT INTO action (id) VALUES (?)", 7);
        assertThat(there.execute("SELECT * FROM action").table().size()).isEqualTo(1);
        assertThat(there.unwrap()).isSameAs(cassandra.unwrap());
        assertThat(raw.execute("SELECT id FROM " + other + ".action").one().getInt(0))
                .isEqualTo(7);
        assertThat(refusal(() -> cassandra.withKeyspace("Nowhere").execute("SELECT * FROM action"))
                        .code())
                .isEqualTo("cassandra.no_keyspace");
    }

    @Test
    void a_batch_takes_effect_together_and_reports_whether_its_condition_held() {
        cassandra
                .batch()
                .add("INSERT INTO step (run, step, note) VALUES (?, ?, ?)", 6, 1, "a")
                .add("INSERT INTO step (run, step, note) VALUES (:r, :s, :n)", Map.of("r", 6, "s", 2, "n", "b"))
                .add("DELETE FROM step WHERE run = 6 AND step = 0")
                .execute();
        assertThat(raw.execute("SELECT * FROM " + keyspace + ".step WHERE run = 6")
                        .all())
                .hasSize(2);
        CassandraResult conditional = cassandra
                .batch()
                .add("INSERT INTO step (run, step) VALUES (6, 1) IF NOT EXISTS")
                .add("INSERT INTO step (run, step) VALUES (6, 9)")
                .execute();
        assertThat(conditional.wasApplied()).isFalse();
        assertThat(raw.execute("SELECT * FROM " + keyspace + ".step WHERE run = 6")
                        .all())
                .hasSize(2);
        CassandraBatch counters = cassandra.batch().counter();
        for (int i = 0; i < 3; i++) {
            counters.add("UPDATE visits SET hits = hits + ? WHERE page = 'home'", 2);
        }
        counters.execute();
        assertThat(cassandra
                        .execute("SELECT hits FROM visits")
                        .one()
                        .orElseThrow()
                        .value(0))
                .isEqualTo(6L);
    }

    @Test
    void a_batch_over_partitions_is_refused_before_the_server_does_and_one_in_a_partition_is_not() {
        String note = "x".repeat(10_000);
        CassandraBatch spread = cassandra.batch().unlogged();
        CassandraBatch together = cassandra.batch().unlogged();
        for (int i = 0; i < 8; i++) {
            spread.add("INSERT INTO step (run, step, note) VALUES (?, ?, ?)", 100 + i, 1, note);
            together.add("INSERT INTO step (run, step, note) VALUES (?, ?, ?)", 100, i, note);
        }
        KeywharfException large = refusal(spread::execute);
        assertThat(large.code()).isEqualTo("cassandra.too_large");
        assertThat(large).hasMessageContaining("80,064 bytes").hasMessageContaining("51,200");
        assertThat(refusal(() -> spread.maxBytes(1_000_000).execute()).code()).isEqualTo("cassandra.too_large");
        together.execute();
        assertThat(raw.execute("SELECT * FROM " + keyspace + ".step WHERE run = 100")
                        .all())
                .hasSize(8);

        assertThatThrownBy(() -> cassandra.batch().add("SELECT * FROM step")).hasMessageContaining("not SELECT");
        assertThatThrownBy(() -> cassandra.batch().execute()).isInstanceOf(IllegalStateException.class);
        assertThat(refusal(() -> cassandra
                        .batch()
                        .add("INSERT INTO step (run, step) VALUES (?, ?)", 1, "x")
                        .execute()))
                .hasMessageContaining("Value 2 of 2, for 'step' (int)");
    }

    @Test
    void what_the_server_refuses_is_reported_with_a_code() {
        assertThat(refusal(() -> cassandra.execute("SELEC * FROM action")))
                .hasMessageContaining("line 1, character 0")
                .extracting(KeywharfException::code)
                .isEqualTo("cassandra.syntax_error");
        assertThat(refusal(() -> cassandra.execute("SELECT * FROM nothing")).code())
                .isEqualTo("cassandra.no_table");
        assertThat(refusal(() -> cassandra.execute("SELECT * FROM nowhere.nothing"))
                        .code())
                .isEqualTo("cassandra.no_keyspace");
        assertThat(refusal(() -> cassandra.execute("SELECT nothing FROM action"))
                        .code())
                .isEqualTo("cassandra.invalid_query");
        assertThat(refusal(() -> cassandra.execute("CREATE TABLE action (id int PRIMARY KEY)"))
                        .code())
                .isEqualTo("cassandra.already_exists");
        assertThat(refusal(() -> cassandra.execute(
                        "INSERT INTO action (id, user_name) VALUES (uuid(), ?)", "x".repeat(17 << 20))))
                .hasMessageContaining("larger than the server")
                .extracting(KeywharfException::code)
                .isEqualTo("cassandra.too_large");
        server.createUser("reads_nothing", "nothing");
        try (CassandraManager nobody = SharedCassandra.builder()
                .credentials("reads_nothing", Secret.of("nothing"))
                .connect()) {
            assertThat(refusal(() -> nobody.execute("SELECT * FROM " + keyspace + ".action")))
                    .hasMessageContaining("SELECT permission")
                    .extracting(KeywharfException::code)
                    .isEqualTo("cassandra.denied");
        }
    }

    @Test
    void too_few_replicas_are_counted_and_awaited_only_by_what_may_be_repeated() {
        String three = "three_" + keyspace;
        raw.execute("CREATE KEYSPACE " + three
                + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 3}");
        raw.execute("CREATE TABLE " + three + ".t (id int PRIMARY KEY)");
        List<Event> events = new java.util.concurrent.CopyOnWriteArrayList<>();
        try (CassandraManager waiting = SharedCassandra.builder()
                .patience(Duration.ofMillis(500))
                .events(events::add)
                .connect()) {
            KeywharfException few = refusal(() -> waiting.execute("INSERT INTO " + three + ".t (id) VALUES (1)"));
            assertThat(few.code()).isEqualTo("cassandra.unavailable");
            assertThat(few).hasMessageContaining("LOCAL_QUORUM needs 2 replicas and 1 is alive");
            assertThat(events).isEmpty();
            assertThat(refusal(() -> waiting.execute("SELECT * FROM " + three + ".t"))
                            .code())
                    .isEqualTo("cassandra.unavailable");
            assertThat(events).hasSize(2).extracting(Event::name).containsOnly("cassandra.statement.repeated");
            waiting.query("INSERT INTO " + three + ".t (id) VALUES (1)")
                    .consistency(DefaultConsistencyLevel.ONE)
                    .execute();
        }
    }

    @Test
    void a_statement_is_repeated_though_the_pool_that_all_share_is_full() throws Exception {
        String two = "two_" + keyspace;
        raw.execute(
                "CREATE KEYSPACE " + two + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 2}");
        raw.execute("CREATE TABLE " + two + ".t (id int PRIMARY KEY)");
        CountDownLatch end = new CountDownLatch(1);
        try (CassandraManager waiting =
                SharedCassandra.builder().patience(Duration.ofMillis(300)).connect()) {
            for (int i = 0; i < ForkJoinPool.getCommonPoolParallelism() * 2; i++) {
                ForkJoinPool.commonPool().execute(() -> awaitQuietly(end));
            }
            assertThat(waiting.executeAsync("SELECT * FROM " + two + ".t").toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableThat()
                    .withMessageContaining("LOCAL_QUORUM needs 2 replicas and 1 is alive");
        } finally {
            end.countDown();
        }
    }

    @Test
    void no_answer_in_time_is_a_timeout_and_a_lost_connection_is_reported_or_survived() {
        fill(7, 1);
        String select = "SELECT * FROM " + keyspace + ".step WHERE run = 7";
        String insert = "INSERT INTO " + keyspace + ".step (run, step) VALUES (7, ?)";
        try (TcpProxy proxy = TcpProxy.start(server.host(), server.port());
                CassandraManager far = CassandraManager.builder()
                        .contactPoint(proxy.host(), proxy.port())
                        .trust(server.caCertificate())
                        .credentials(server.superuser(), Secret.of(server.superuserPassword()))
                        .connect()) {
            assertThat(far.execute(select).table().size()).isEqualTo(1);
            far.execute(insert, 1);
            proxy.stall(true);
            KeywharfException late = refusal(() ->
                    far.query(insert).values(2).timeout(Duration.ofMillis(300)).execute());
            assertThat(late.code()).isEqualTo("cassandra.timeout");
            assertThat(late).hasMessageContaining("may have done it all the same");

            CompletionStage<CassandraResult> write = far.executeAsync(insert, 3);
            CompletionStage<CassandraResult> read = far.executeAsync(select);
            proxy.cut();
            proxy.stall(false);
            assertThat(refusal(() -> Waiting.on("step", "", write)).code()).isEqualTo("cassandra.connection_lost");
            assertThat(Waiting.on("step", "", read).table().size()).isPositive();
        }
    }

    @Test
    void passwords_in_statements_are_in_no_error() {
        String password = "hunter2-hunter2";
        cassandra.execute("CREATE ROLE IF NOT EXISTS twice WITH LOGIN = true AND PASSWORD = '" + password + "'");
        KeywharfException again = refusal(() -> {
            cassandra.execute("ALTER ROLE twice WITH PASSWORD = '" + password + "'");
            cassandra.execute("ALTER ROLE twice WITH PASSWORD = '" + password + "'");
        });
        assertThat(again.code()).isEqualTo("cassandra.overloaded");
        assertThat(again).hasMessageContaining("password was changed a moment ago");
        for (String cql : List.of(
                "CREATE ROLE twice WITH PASSWORD = '" + password + "'",
                "CREATE ROLE thrice WITH PASSWORD = '" + password + "' AND NONSENSE",
                "CREATE ROLE thrice WITH PASSWORD = " + password,
                "ALTER USER nobody_at_all WITH PASSWORD '" + password + "'",
                "CREAT ROLE thrice WITH PASSWORD = '" + password + "'",
                "CREATE ROLE thrice WITH PASSWORD = $$" + password + "$$ nonsense")) {
            KeywharfException refused = refusal(() -> cassandra.execute(cql));
            StringWriter trace = new StringWriter();
            refused.printStackTrace(new PrintWriter(trace));
            assertThat(trace.toString()).doesNotContain("hunter2");
            assertThat(cassandra.query(cql).toString()).doesNotContain("hunter2");
        }
    }

    @Test
    void many_statements_run_concurrently() {
        Set<CompletableFuture<CassandraResult>> sent = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            sent.add(cassandra
                    .executeAsync("INSERT INTO step (run, step, note) VALUES (?, ?, ?)", 8, i, "n")
                    .toCompletableFuture());
        }
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).join();
        assertThat(cassandra
                        .execute("SELECT step FROM step WHERE run = 8")
                        .table()
                        .size())
                .isEqualTo(500);
        assertThatThrownBy(() -> cassandra
                        .executeAsync("SELECT * FROM nothing")
                        .toCompletableFuture()
                        .get())
                .hasCauseInstanceOf(KeywharfException.class);
    }

    @Test
    void an_interrupted_wait_says_so_and_keeps_the_interruption() {
        Thread.currentThread().interrupt();
        assertThat(refusal(() -> cassandra.execute("SELECT * FROM action")).code())
                .isEqualTo("thread.interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
