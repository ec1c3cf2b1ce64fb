package io.github.keywharf.query.duckdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Progress;
import io.github.keywharf.format.Csv;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.query.QueryEngine;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.Table;
import io.github.keywharf.testing.Batches;
import io.github.keywharf.testing.ForwardingStore;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DuckDbEngineTest {

    private static final Schema PEOPLE =
            Schema.of(Column.required("id", ColumnType.INT32), Column.nullable("name", ColumnType.STRING));

    /** Runs for hours unless it is stopped, and needs no memory. */
    private static final String ENDLESS =
            "SELECT count(*) FROM range(1000000000) a(i), range(1000000000) b(j) WHERE (i * j) % 7 = 8";

    @TempDir
    Path directory;

    private QueryEngine engine;
    private Path temporary;

    @BeforeEach
    void open() {
        temporary = directory.resolve("temporary");
        engine = builder().open();
    }

    @AfterEach
    void close() {
        engine.close();
    }

    private DuckDbEngine.Builder builder() {
        return DuckDbEngine.builder()
                .tempDirectory(temporary)
                .memoryLimit(200 << 20)
                .parallelism(2);
    }

    private static Rows people(int from, int to) {
        List<List<Object>> rows = new ArrayList<>();
        for (int id = from; id < to; id++) {
            rows.add(List.of(id, "name " + id));
        }
        return Rows.of(PEOPLE, List.of(Batches.build(PEOPLE, rows)));
    }

    /** Batches made as they are asked for. */
    private static final class MadeRows implements Rows {

        private final Schema schema;
        private final LongFunction<@Nullable ColumnBatch> batches;
        private final AtomicInteger closed = new AtomicInteger();
        private long given;

        MadeRows(Schema schema, LongFunction<@Nullable ColumnBatch> batches) {
            this.schema = schema;
            this.batches = batches;
        }

        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public @Nullable ColumnBatch next() {
            return batches.apply(given++);
        }

        @Override
        public void close() {
            closed.incrementAndGet();
        }
    }

    private long count(String from) {
        return engine.query("SELECT count(*) AS n FROM " + from).table().row(0).longValue("n");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> found = Files.walk(temporary)) {
            return found.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("lock") && !file.toString().contains("spill"))
                    .toList();
        }
    }

    private static void assertFails(String code, Runnable call, String... parts) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        KeywharfException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code))
                .satisfies(e -> assertThat(List.of(parts))
                        .allSatisfy(part -> assertThat(e.getMessage()).contains(part)));
    }

    @Test
    void registered_rows_are_queried_with_parameters_and_print_as_a_table() {
        engine.table("people", people(1, 4));
        assertThat(engine.query("SELECT name, id * $1 AS n FROM people WHERE id >= :from ORDER BY id DESC -- all\n;")
                        .values(10)
                        .bind("from", 2)
                        .table()
                        .print(20)
                        .lines())
                .containsExactly("name   | n ", "-------+---", "name 3 | 30", "name 2 | 20", "(2 rows)");
    }

    @Test
    void a_name_or_a_column_may_be_anything_but_twice_the_same() {
        Schema odd = Schema.of(
                Column.nullable("select \"x\"; --", ColumnType.INT32),
                Column.nullable("file_row_number", ColumnType.INT32),
                Column.nullable("ä ö", ColumnType.INT32));
        engine.table("a\" b;'c", Rows.of(odd, List.of(Batches.build(odd, List.of(List.of(1, 2, 3))))));

        Table read = engine.query("SELECT * FROM \"a\"\" b;'c\"").table();
        assertThat(read.schema()).isEqualTo(odd);
        assertThat(read.row(0).intValue("ä ö")).isEqualTo(3);

        Schema twice = Schema.of(Column.nullable("a", ColumnType.INT32), Column.nullable("A", ColumnType.INT32));
        assertFails("query.duplicate_column", () -> engine.table("t", Rows.empty(twice)), "[t]", "'A'");
    }

    @Test
    void rows_without_columns_are_refused_by_name() {
        assertFails("query.no_columns", () -> engine.table("contact", Rows.empty(Schema.of())), "contact", "typed(…)");
    }

    @Test
    void columns_of_one_name_in_a_result_get_names_of_their_own() {
        assertThat(engine.query("SELECT 1 AS a, 2 AS a, 3 AS \"A\", 4 AS \" \"")
                        .table()
                        .schema()
                        .names())
                .hasSize(4)
                .startsWith("a")
                .endsWith("column4")
                .doesNotHaveDuplicates();
    }

    @Test
    void rows_replace_what_was_registered_unless_reading_them_fails() throws IOException {
        engine.table("people", people(1, 4));
        engine.table("PEOPLE", people(1, 11));
        assertThat(count("people")).isEqualTo(10);
        assertThat(files()).hasSize(1);

        MadeRows broken = new MadeRows(PEOPLE, n -> {
            if (n == 1) {
                throw new IllegalStateException("the source broke");
            }
            return people(1, 2).next();
        });
        assertThatThrownBy(() -> engine.table("people", broken)).hasMessage("the source broke");
        assertThat(broken.closed).hasPositiveValue();
        assertThat(count("people")).isEqualTo(10);
        assertThat(files()).hasSize(1);

        engine.drop("people");
        engine.drop("people");
        assertThat(files()).isEmpty();
        assertFails("query.bad_sql", () -> count("people"), "people");
    }

    @Test
    void objects_of_a_directory_are_read_as_they_were_when_registered() throws IOException {
        ObjectStore store = ObjectStore.ofDirectory(directory.resolve("lake")).under("x");
        Parquet.writer(store, "a").sink().write(people(1, 4));
        Parquet.writer(store, "b.parquet").sink().write(people(4, 6));
        engine.table("people", store, "a", "b.parquet");

        assertThat(count("people")).isEqualTo(5);
        Parquet.writer(store, "a").sink().write(people(1, 100));
        assertThat(count("people")).isEqualTo(5);
        engine.table("people", store, "a", "b.parquet");
        assertThat(count("people")).isEqualTo(101);
        engine.close();
        assertThat(Parquet.reader(store, "a").rows().toTable().size()).isEqualTo(99);
    }

    @Test
    void a_name_of_a_directory_is_not_a_column() {
        try (ObjectStore store = ObjectStore.inMemory();
                QueryEngine odd = builder()
                        .tempDirectory(directory.resolve("id=77/name=x"))
                        .open()) {
            Parquet.writer(store, "a").sink().write(people(1, 3));
            odd.table("people", store, "a");
            assertThat(odd.query("SELECT * FROM people ORDER BY id").table().rows().stream()
                            .map(row -> row.toMap().toString()))
                    .containsExactly("{id=1, name=name 1}", "{id=2, name=name 2}");
        }
    }

    @Test
    void objects_of_other_stores_are_copied_and_csv_gets_types() {
        try (ObjectStore store = ObjectStore.inMemory()) {
            Parquet.writer(store, "p").sink().write(people(1, 4));
            Csv.writer(store, "c.csv").sink().write(people(1, 9));
            engine.table("p", store, "p");
            engine.table("c", store, "c.csv");
            assertThat(count("p JOIN c USING (id, name)")).isEqualTo(3);
            assertThat(engine.query("SELECT * FROM c")
                            .table()
                            .schema()
                            .column("id")
                            .type())
                    .isEqualTo(ColumnType.INT64);

            store.createIfAbsent("other", "id,name\n".getBytes(StandardCharsets.UTF_8));
            assertFails("query.unknown_format", () -> engine.table("t", store, "other"), "[other]");
            assertFails("query.mixed_formats", () -> engine.table("t", store, "p", "c.csv"), "[t]");
            assertFails("store.not_found", () -> engine.table("t", store, "missing.csv"));
            assertThatThrownBy(() -> engine.table("t", store)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void registering_copying_and_writing_report_progress() {
        List<String> ended = new ArrayList<>();
        try (ObjectStore store = ObjectStore.inMemory();
                QueryEngine watched = builder()
                        .events(event -> {
                            if (event instanceof Progress progress && progress.finished()) {
                                ended.add(progress.subject() + ": " + progress.message());
                            }
                        })
                        .open()) {
            store.createIfAbsent("c.csv", "id,name\n1,a\n".getBytes(StandardCharsets.UTF_8));
            watched.table("people", people(1, 4));
            watched.table("c", store, "c.csv");
            watched.sink("kept").write(people(1, 3));
        }
        assertThat(ended)
                .containsExactly(
                        "register people: 3 rows, done", "copy c.csv: 12 bytes, done", "write kept: 2 rows, done");
    }

    private static String[] write(ObjectStore store, String... contents) {
        String[] keys = new String[contents.length];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = "c" + i + ".csv";
            store.delete(keys[i]);
            store.createIfAbsent(keys[i], contents[i].getBytes(StandardCharsets.UTF_8));
        }
        return keys;
    }

    @Test
    void csv_is_read_as_it_stands() {
        ObjectStore store = ObjectStore.inMemory();
        engine.table(
                "t",
                store,
                write(
                        store,
                        "id,day,long,none\n#1,01/02/2024,12345678901234567890,\n2,03/04/2024,2,\n",
                        "",
                        "day,id,none,long\n\"\",'3',,3\n"));
        assertThat(engine.query("SELECT id, day, long::VARCHAR AS long, none FROM t")
                        .table()
                        .print(20)
                        .lines())
                .containsExactly(
                        "id  | day        | long                 | none",
                        "----+------------+----------------------+-----",
                        "#1  | 01/02/2024 | 12345678901234567890 |     ",
                        "2   | 03/04/2024 | 2                    |     ",
                        "'3' |            | 3                    |     ",
                        "(3 rows)");
        assertThat(count("t WHERE day = ''")).as("quoted empty text").isEqualTo(1);
        for (String content : List.of("id,name\n1,a\n2\n3,c,d\n", "Report\nid,name\n1,a\n")) {
            assertFails("query.bad_value", () -> engine.table("t", store, write(store, content)));
        }
    }

    @Test
    void objects_with_other_columns_are_refused_and_not_cast_to_the_first() throws IOException {
        ObjectStore store = ObjectStore.inMemory();
        List<String> queries = List.of("SELECT 1 AS a", "SELECT 1.5::DOUBLE AS a", "SELECT 2 AS a, 3 AS b");
        for (String query : queries) {
            Parquet.writer(store, query).sink().write(engine.query(query).rows());
        }
        assertFails(
                "query.mixed_columns",
                () -> engine.table("t", store, queries.get(0), queries.get(1)),
                "'" + queries.get(1) + "' are a DOUBLE",
                "'" + queries.get(0) + "' are a INTEGER");
        assertFails("query.mixed_columns", () -> engine.table("t", store, queries.get(0), queries.get(2)));
        assertFails(
                "query.mixed_columns",
                () -> engine.table("t", store, write(store, "id\n1\n", "id,name\n2,b\n")),
                "name");
        assertThat(files()).isEmpty();
    }

    @Test
    void an_object_is_opened_once() {
        ObjectStore store = ObjectStore.inMemory();
        Parquet.writer(store, "a").sink().write(people(1, 4));
        ObjectStore replacing = new ForwardingStore(store) {
            @Override
            public ObjectReader open(String key) {
                ObjectReader reader = super.open(key);
                Csv.writer(store, key).sink().write(people(1, 9));
                return reader;
            }
        };

        engine.table("people", replacing, "a");

        assertThat(count("people")).isEqualTo(3);
    }

    @Test
    void tables_larger_than_memory_pass_in_and_out() {
        Schema wide = Schema.of(Column.required("id", ColumnType.INT64), Column.required("text", ColumnType.STRING));
        engine.table("many", new MadeRows(wide, n -> {
            List<List<Object>> rows = new ArrayList<>();
            for (long id = n * 1_000; id < (n + 1) * 1_000; id++) {
                rows.add(List.of(id, Long.toString(id * 0x9E3779B97F4A7C15L, 36).repeat(100)));
            }
            return n < 250 ? Batches.build(wide, rows) : null;
        }));
        // Some 300 MB, which are more than the memory.
        Path file = directory.resolve("out.parquet");
        assertThat(engine.query("SELECT * FROM many WHERE text > ''")
                        .into(Parquet.writer(file).sink())
                        .written())
                .isEqualTo(250_000);
    }

    @Test
    void results_stay_as_they_are_when_tables_change() throws IOException {
        engine.table("people", people(1, 100));
        try (Rows rows = engine.query("FROM people").rows()) {
            engine.drop("people");
            assertThat(rows).hasToString("Rows[(id int32, name string)]");
            assertThat(rows.next()).isNotNull();
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void tables_are_created_and_changed() {
        engine.query("CREATE TABLE person (id INTEGER PRIMARY KEY, name VARCHAR)")
                .update();
        assertThat(engine.query("INSERT INTO person VALUES (:id, :name), (2, 'b')")
                        .bind("id", 1)
                        .bind("name", "a;b")
                        .update())
                .isEqualTo(2);
        assertThat(engine.query("UPDATE person SET name = $1 WHERE id = $2")
                        .values("c", 2)
                        .update())
                .isEqualTo(1);
        assertThat(engine.query("WITH x AS (SELECT 2 AS id) DELETE FROM person WHERE id IN (FROM x)")
                        .update())
                .isEqualTo(1);
        engine.query("CREATE VIEW v AS SELECT name FROM person").update();
        assertThat(engine.query("FROM v").table().row(0).string("name")).isEqualTo("a;b");
        for (String query : List.of("SHOW TABLES", "DESCRIBE person", "SUMMARIZE person", "VALUES (1)", "(SELECT 1)")) {
            assertThat(engine.query(query).table().size()).as(query).isPositive();
        }
        assertFails(
                "query.constraint",
                () -> engine.query("INSERT INTO person VALUES (1, 'd')").update(),
                "uplicate");
        assertFails("query.name_taken", () -> engine.table("person", people(1, 2)), "[person]");
        engine.drop("v");
        engine.drop("person");
        assertThat(engine.query("SHOW TABLES").table().size()).isZero();
    }

    @Test
    void a_change_that_returns_rows_says_how_many() {
        engine.query("CREATE TABLE counted AS SELECT 1 AS n").update();
        assertThat(engine.query("INSERT INTO counted VALUES (2), (3) RETURNING n")
                        .update())
                .isEqualTo(2);
        assertThat(engine.query("UPDATE counted SET n = 0 RETURNING *").update())
                .isEqualTo(3);
        assertThat(count("counted")).isEqualTo(3);
    }

    @Test
    void wrong_statements_are_refused_with_duckdbs_reason_and_the_place() {
        engine.table("people", people(1, 2));
        assertFails(
                "query.bad_sql",
                () -> engine.query("SELECT id,\n nope FROM people").table(),
                "\"nope\" not found",
                "line 2, at 'nope'");
        assertFails("query.bad_sql", () -> engine.query("selec 1").table(), "syntax error", "\"selec\"");
        assertFails("query.bad_sql", () -> engine.query("SELECT 1; SELECT 2").table(), "one at a time");
        assertFails("query.bad_sql", () -> engine.query("").table());
        assertFails(
                "query.bad_sql", () -> engine.query("SELECT 1) AS q, (SELECT 2").table());
        assertFails(
                "query.bad_value",
                () -> engine.query("SELECT name::INTEGER FROM people").table(),
                "name 1");
        assertFails(
                "query.bad_value",
                () -> engine.query("SELECT 170141183460469231731687303715884105727::HUGEINT AS v")
                        .table(),
                "DECIMAL(38,0)");
        assertFails(
                "sql.missing_parameter",
                () -> engine.query("SELECT :a, :b").bind("a", 1).table(),
                ":b");
        assertFails("sql.unknown_parameter", () -> engine.query("SELECT :a").bind("b", 1), ":b", ":a");
        assertFails("query.bad_sql", () -> engine.query("SELECT ?").table(), ":name or $1, not ?");
        assertFails("sql.unknown_parameter", () -> engine.query("SELECT ?").values(1), ":name or $1");
        assertFails("query.bad_sql", () -> engine.query("FROM peopel").table(), "does not exist; Did you mean");
        assertFails("query.denied", () -> engine.query("SELECT 1").update(), "'select'", "rows() or all()");
        assertFails("query.denied", () -> engine.query("EXPLAIN SELECT 1").table(), "DESCRIBE");
        assertFails(
                "query.bad_value",
                () -> engine.query("SELECT $1").values(new Object()).table(),
                "cannot be bound");
        assertFails(
                "query.bad_sql",
                () -> engine.query("CREATE TABLE a (b INTEGER); DROP TABLE a").update(),
                "semicolon");
    }

    @Test
    void statements_reach_nothing_but_the_tables() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret.csv"), "a\n1\n");
        engine.table("people", people(1, 2));
        Path data = files().get(0).getParent();
        Path spill = data.resolveSibling("spill");
        for (String query : List.of(
                "FROM '" + secret + "'",
                "FROM read_csv('" + secret + "')",
                "SELECT content FROM read_text('" + data + "/../../../secret.csv')",
                "FROM glob('" + directory + "/*')",
                "FROM glob('/etc/*')",
                "FROM sqlite_scan('" + secret + "', 'a')",
                "COPY (SELECT 1) TO '" + spill + "/x.csv'",
                "SELECT 1) AS a; COPY (SELECT 1) TO '" + spill + "/x.csv'; SELECT * FROM (SELECT 1",
                "EXPLAIN ANALYZE COPY (SELECT 1) TO '" + spill + "/x.csv'",
                "SELECT 1 /* ) AS a */ ); COPY (SELECT 1) TO '" + data + "/x.csv'; --")) {
            assertThatThrownBy(() -> engine.query(query).table())
                    .as(query)
                    .isInstanceOfSatisfying(
                            KeywharfException.class,
                            e -> assertThat(e.code()).as(e.toString()).isIn("query.denied", "query.bad_sql"));
        }
        for (String statement : List.of(
                "COPY people TO '" + directory + "/x.csv'",
                "COPY people TO '" + spill + "/x.csv'",
                "-- \rCOPY people TO '" + spill + "/x.csv' --\nINSERT",
                "/* INSERT */ COPY people TO '" + data + "/x.csv'",
                "/* /* */ COPY people TO '" + data + "/x.csv' -- */ */ INSERT",
                "/* /* */ */ COPY people TO '" + data + "/x.csv' -- */ INSERT",
                "UPDATE EXTENSIONS",
                "EXPORT DATABASE '" + spill + "/x'",
                "ATTACH '" + spill + "/x.db'",
                "ATTACH ':memory:' AS m",
                "INSTALL httpfs",
                "LOAD httpfs",
                "SET memory_limit = '8GB'",
                "PRAGMA threads = 8",
                "CALL enable_logging(storage => 'file', storage_path => '" + spill + "')",
                "PREPARE q AS COPY people TO '" + spill + "/x.csv'",
                "EXPLAIN ANALYZE COPY people TO '" + spill + "/x.csv'",
                "CREATE TABLE t AS FROM read_csv('" + secret + "')",
                "CREATE VIEW w AS FROM '" + secret + "'",
                "CREATE PERSISTENT SECRET s (TYPE http)")) {
            assertThatThrownBy(() -> engine.query(statement).update())
                    .as(statement)
                    .isInstanceOf(KeywharfException.class);
        }
        assertFails("query.denied", () -> engine.query("FROM '" + secret + "'").table(), "fileAccess(true)");
        assertFails("query.denied", () -> engine.query("COPY people TO 'x'").update(), "'copy'", "fileAccess(true)");
        try (Stream<Path> found = Files.walk(directory)) {
            assertThat(found).noneMatch(file -> file.getFileName().toString().startsWith("x"));
        }
    }

    @Test
    void the_host_may_allow_files() throws IOException {
        Path source = Files.writeString(directory.resolve("source.csv"), "a\n1\n2\n");
        Path target = directory.resolve("target.csv");
        engine.close();
        engine = builder().fileAccess(true).open();
        engine.query("COPY (SELECT sum(a) AS s FROM '" + source + "') TO '" + target + "'")
                .update();
        assertThat(target).hasContent("s\n3");
        assertThat(count("'" + source + "'")).isEqualTo(2);
        assertFails("query.denied", () -> engine.query("SET threads = 1").update(), "locked");
    }

    @Test
    void a_statement_is_stopped_when_its_time_is_up_and_the_engine_goes_on() throws IOException {
        assertFails(
                "query.timeout",
                () -> engine.query(ENDLESS).timeout(Duration.ofMillis(100)).table(),
                "PT0.1S");
        assertThat(count("range(5)")).isEqualTo(5);
        assertThat(files()).isEmpty();
    }

    @Test
    void a_single_call_that_duckdb_does_not_interrupt_ends_for_the_caller_after_a_grace() {
        long begun = System.nanoTime();
        assertFails(
                "query.timeout",
                () -> engine.query("SELECT len(list_sort(range(0, 30000000)))")
                        .timeout(Duration.ofMillis(100))
                        .table());
        assertThat(count("range(5)")).isEqualTo(5);
        engine.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Sessions.GRACE.multipliedBy(4));
    }

    @Test
    void the_time_of_a_statement_counts_from_its_call_also_while_a_registration_has_the_lock() throws Exception {
        CompletableFuture<String> outcome = new CompletableFuture<>();
        Thread endless = start(outcome);
        CompletableFuture<Void> registration = CompletableFuture.runAsync(() -> engine.table("people", people(1, 4)));
        Thread.sleep(500);
        long begun = System.nanoTime();
        assertFails(
                "query.timeout",
                () -> engine.query("SELECT 1").timeout(Duration.ofMillis(300)).table());
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Sessions.GRACE);
        endless.interrupt();
        endless.join();
        registration.join();
        assertThat(count("people")).isEqualTo(3);
    }

    /** Runs the endless statement on a thread, and returns when that waits for DuckDB. */
    private Thread start(CompletableFuture<String> outcome) {
        Thread thread = new Thread(() -> {
            try {
                engine.query(ENDLESS).table();
                outcome.complete("ended");
            } catch (KeywharfException e) {
                outcome.complete(e.code() + " " + Thread.currentThread().isInterrupted());
            }
        });
        thread.start();
        Awaitility.await().until(() -> thread.getState() == Thread.State.WAITING);
        return thread;
    }

    @Test
    void a_statement_is_stopped_when_its_thread_is_interrupted() throws Exception {
        CompletableFuture<String> outcome = new CompletableFuture<>();
        Thread thread = start(outcome);
        thread.interrupt();
        assertThat(outcome.get()).isEqualTo("thread.interrupted true");
        thread.join();
    }

    @Test
    void closing_stops_statements_and_ends_open_rows_and_deletes_the_files() throws Exception {
        engine.table("people", people(1, 100));
        Rows open = engine.query("FROM people").rows();
        CompletableFuture<String> outcome = new CompletableFuture<>();
        Thread thread = start(outcome);

        engine.close();
        engine.close();
        assertThat(outcome.get()).isEqualTo("query.closed false");
        thread.join();
        assertFails("query.closed", open::next);
        open.close();
        assertFails("query.closed", () -> count("people"), "duckdb in memory");
        assertFails("query.closed", () -> engine.table("t", people(1, 2)));
        assertFails("query.closed", () -> engine.sink("t").write(people(1, 2)));
        assertThat(temporary).isEmptyDirectory();
    }

    @Test
    void too_little_memory_is_said_and_leaves_no_files() throws IOException {
        engine.close();
        engine = builder()
                .parallelism(1)
                .memoryLimit(32 << 20)
                .spillLimit(1 << 20)
                .open();
        assertFails(
                "query.out_of_memory",
                () -> engine.query("SELECT i, repeat('x', 100) || i AS x FROM range(1000000) t(i) ORDER BY hash(i)")
                        .table(),
                "memoryLimit",
                "spillLimit");
        assertThat(files()).isEmpty();
        assertThat(count("range(5)")).isEqualTo(5);
    }

    @Test
    void a_full_disk_is_told_from_other_failures() {
        SQLException full = new SQLException("IO Error: Could not write file \"/tmp/x\": No space left on device");
        assertThat(DuckDbErrors.of("query", full).code()).isEqualTo("query.out_of_disk");
        assertThat(DuckDbErrors.of("query", new SQLException("IO Error: Could not read"))
                        .code())
                .isEqualTo("query.failed");
        assertThat(DuckDbErrors.of("query", new SQLException()).code()).isEqualTo("query.failed");
    }

    @Test
    void what_a_crashed_process_left_is_deleted_and_what_a_living_one_uses_is_not() throws IOException {
        Path left = Files.createDirectory(temporary.resolve("keywharf-duckdb-123"));
        Files.writeString(left.resolve("lock"), "");
        Files.writeString(Files.createDirectory(left.resolve("data")).resolve("1.parquet"), "PAR1");
        engine.table("people", people(1, 4));
        try (QueryEngine other = builder().open()) {
            assertThat(left).doesNotExist();
            assertFails("query.bad_sql", () -> other.query("FROM people").table(), "people");
        }
        assertThat(count("people")).isEqualTo(3);
    }

    /** Opens and closes an engine in a process of its own. */
    static final class Neighbour {
        public static void main(String[] directory) {
            DuckDbEngine.builder()
                    .tempDirectory(Path.of(directory[0]))
                    .memoryLimit(64 << 20)
                    .open()
                    .close();
        }
    }

    @Test
    void engines_of_one_process_keep_their_files_when_another_process_opens_one() throws Exception {
        engine.table("people", people(1, 4));
        try (QueryEngine other = builder().open()) {
            Process neighbour = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Neighbour.class.getName(),
                            temporary.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("neighbour.txt").toFile())
                    .start();
            assertThat(neighbour.waitFor())
                    .as(Files.readString(directory.resolve("neighbour.txt")))
                    .isZero();
            assertThat(count("people")).isEqualTo(3);
            other.table("people", people(1, 3));
        }
    }

    @Test
    void what_other_users_or_links_put_there_is_left_alone() throws IOException {
        Path target = Files.createDirectory(directory.resolve("target"));
        Files.writeString(target.resolve("lock"), "");
        Path link = Files.createSymbolicLink(temporary.resolve("keywharf-duckdb-link"), target);
        Path theirs = Files.createDirectory(temporary.resolve("keywharf-duckdb-theirs"));
        Files.writeString(theirs.resolve("lock"), "");
        boolean given = true;
        try {
            Files.setAttribute(theirs, "unix:uid", 65_534);
        } catch (IOException | UnsupportedOperationException e) {
            // Only root may give directories away.
            given = false;
        }
        builder().open().close();
        assertThat(link).exists();
        assertThat(target.resolve("lock")).exists();
        assertThat(Files.exists(theirs)).isEqualTo(given);
    }

    @Test
    void a_link_in_the_place_of_an_object_is_not_followed() throws IOException {
        ObjectStore store = ObjectStore.ofDirectory(directory.resolve("lake"));
        Parquet.writer(store, "a").sink().write(people(1, 4));
        Parquet.writer(directory.resolve("secret.parquet")).sink().write(people(1, 100));
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("secret.parquet"));
        // As if the link had come between the look at the object and its copy.
        ObjectStore raced = (ObjectStore) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ObjectStore.class},
                (proxy, method, arguments) ->
                        method.getName().equals("findFile") ? Optional.of(link) : method.invoke(store, arguments));
        engine.table("people", raced, "a");
        assertThat(count("people")).isEqualTo(3);
    }

    @Test
    void a_database_file_keeps_its_tables_and_forgets_what_was_registered() {
        Path file = directory.resolve("kept.db");
        try (QueryEngine first = builder().file(file).open()) {
            first.table("registered", people(1, 4));
            first.query("CREATE TABLE kept AS FROM registered").update();
            assertFails("query.cannot_open", () -> builder().file(file).open().close(), "kept.db");
        }
        try (QueryEngine second = builder().file(file).open()) {
            assertThat(second.query("FROM kept").table().size()).isEqualTo(3);
            assertThat(second.query("SHOW TABLES").table().size()).isEqualTo(1);
        }
    }

    @Test
    void threads_query_and_register_side_by_side() {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            String name = "t" + thread % 2;
            all.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 10; i++) {
                    engine.table(name, people(0, 10));
                    assertThat(count(name)).isEqualTo(10);
                }
            }));
        }
        all.forEach(CompletableFuture::join);
    }

    @Test
    void without_the_driver_the_error_has_its_coordinates() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!part.contains("duckdb_jdbc")) {
                urls.add(Path.of(part).toUri().toURL());
            }
        }
        ClassLoader platform = ClassLoader.getPlatformClassLoader();
        try (URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new), platform)) {
            Object builder = loader.loadClass(DuckDbEngine.class.getName())
                    .getMethod("builder")
                    .invoke(null);
            assertThatThrownBy(() -> builder.getClass().getMethod("open").invoke(builder))
                    .cause()
                    .hasMessageContaining("; add org.duckdb:duckdb_jdbc:2.0.0.1")
                    .extracting("code")
                    .isEqualTo("query.no_driver");
        }
    }

    @Test
    void builders_refuse_what_cannot_be() throws IOException {
        assertThatThrownBy(() -> builder().memoryLimit(5)).hasMessageContaining("5 bytes");
        assertThatThrownBy(() -> builder().parallelism(0)).hasMessage("parallelism must be positive, but is 0");
        assertThatThrownBy(() -> builder().spillLimit(-1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> builder().file(Path.of("a;b"))).hasMessageContaining("a;b");
        assertThatThrownBy(() -> engine.query("SELECT 1").timeout(Duration.ZERO))
                .hasMessageContaining("PT0S");
        Path file = Files.writeString(directory.resolve("file"), "not a database ".repeat(1_000));
        assertFails("query.cannot_open", () -> builder().tempDirectory(file).open(), "tempDirectory");
        assertFails("query.cannot_open", () -> builder().file(file).open());
        assertThat(engine).asString().contains("duckdb in memory", temporary.toString());
        assertThat(engine.query("SELECT :a")).hasToString("Query[:a]");
    }
}
