package io.github.keywharf;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.format.Csv;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.RejectedRows;
import io.github.keywharf.format.RejectedRowsWriter;
import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.RowStep;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.CassandraServer;
import io.github.keywharf.testing.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Line 17 of a file is line 17 for whoever refuses it, whatever was left out before. */
class RowOriginsTest {

    private static final Schema CLIENTS = Schema.of(
            Column.nullable("id", ColumnType.INT32),
            Column.nullable("name", ColumnType.STRING),
            Column.nullable("age", ColumnType.INT32));

    /** Postgres refuses what stands at line 17 by a constraint, the step and Cassandra for want of an id. */
    private static final int LINE = 17;

    @TempDir
    private Path folder;

    private ObjectStore store = ObjectStore.inMemory(java.time.Instant::now);
    private final List<String> rejected = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        store = ObjectStore.ofDirectory(folder);
        StringBuilder text = new StringBuilder("id,name,age\n");
        for (int line = 2; line <= 20; line++) {
            String age = line == 4 || line == 9 ? "old" : String.valueOf(line == LINE ? -1 : line);
            // The record of line 11 has two lines, so that there is none of line 12, and that of line 13 is blank.
            String name = line == 11 ? "\"name\n11\"" : "name " + line;
            if (line == 13) {
                text.append('\n');
            } else if (line != 12) {
                text.append(line == LINE ? "" : line)
                        .append(',')
                        .append(name)
                        .append(',')
                        .append(age)
                        .append('\n');
            }
        }
        Files.writeString(folder.resolve("clients.csv"), text);
    }

    private Rows clients() {
        return Csv.reader(store, "clients.csv")
                .schema(CLIENTS)
                .batchRows(4)
                .rejects(row -> rejected.add(row.toString()))
                .rows();
    }

    private void take(RejectedRow row) {
        rejected.add(row.toString());
    }

    private void assertLines(String refused) {
        assertThat(rejected)
                .hasSize(3)
                .contains(
                        "[clients.csv:4] age: 'old' is not a valid int32",
                        "[clients.csv:9] age: 'old' is not a valid int32")
                .anySatisfy(text -> assertThat(text).startsWith("[clients.csv:17] " + refused));
    }

    @Test
    void refused_by_a_step() {
        clients().through(RowStep.require(List.of("id")), this::take).toTable();

        assertLines("id: has no value, but one is required");
    }

    @Test
    void refused_by_a_step_after_a_filter_and_a_renaming() {
        clients()
                .filter(Condition.not(Condition.eq("age", 5)))
                .rename("id", "number")
                .through(RowStep.require(List.of("number")), this::take)
                .toTable();

        assertLines("number: has no value, but one is required");
    }

    @Test
    void refused_by_postgres_before_it_is_sent_and_by_the_server() {
        try (PostgresServer server = PostgresServer.start()) {
            server.createDatabase("clients");
            PostgresDatabase database = database(server);
            server.execute(
                    "clients",
                    "CREATE TABLE not_null (id int NOT NULL, name text, age int)",
                    "CREATE TABLE checked (id int, name text, age int CHECK (age > 0))",
                    "CREATE TABLE keyed (id int, name text PRIMARY KEY, age int CHECK (age > 0))");

            for (RowSink sink : List.of(
                    database.table("not_null"),
                    database.table("checked"),
                    database.table("keyed").upsertBy("name"))) {
                rejected.clear();
                sink.write(clients(), this::take);

                assertLines("");
            }
            assertThat(database.query("SELECT count(*) AS rows FROM checked")
                            .one()
                            .orElseThrow()
                            .value("rows"))
                    .isEqualTo(14L);
        }
    }

    private static PostgresDatabase database(PostgresServer server) {
        return PostgresDatabase.builder()
                .host(server.host())
                .port(server.port())
                .database("clients")
                .credentials(server.user(), Secret.of(server.password()))
                .build();
    }

    @Test
    void refused_by_cassandra() {
        CassandraServer server = CassandraServer.shared();
        String keyspace = server.createKeyspace("origins");
        server.execute("CREATE TABLE " + keyspace + ".clients (id int PRIMARY KEY, name text, age int)");
        CassandraManager cassandra = CassandraManager.of(server.session()).withKeyspace(keyspace);

        cassandra.table("clients").write(clients(), this::take);

        assertLines("id: The value is absent");
    }

    @Test
    void rows_of_a_parquet_file_have_their_number_in_it_whatever_is_filtered_out() {
        Parquet.writer(store, "clients.parquet").sink().write(clients());
        rejected.clear();

        Parquet.reader(store, "clients.parquet")
                .where(Condition.gt("age", 5))
                .rows()
                .through(RowStep.require(List.of("id")), this::take)
                .filter(Condition.gt("age", 15))
                .through(
                        RowStep.derive(Column.required("half", ColumnType.INT32), row -> {
                            throw new IllegalArgumentException("no half");
                        }),
                        this::take)
                .toTable();

        // The lines 2, 3, 5 to 8, 10, 11 and 14 to 20 are the rows 1 to 15; that of line 17 has an age below 5.
        assertThat(rejected)
                .containsExactly(
                        "[clients.parquet:11] half: cannot be computed: no half",
                        "[clients.parquet:13] half: cannot be computed: no half",
                        "[clients.parquet:14] half: cannot be computed: no half",
                        "[clients.parquet:15] half: cannot be computed: no half");
    }

    @Test
    void what_a_step_rejected_is_repaired_in_its_file_and_fed_back() throws IOException {
        try (RejectedRowsWriter writer = RejectedRows.writer(store, "rejected.jsonl")) {
            clients().through(RowStep.require(List.of("id")), writer).toTable();
            writer.commit();
        }
        Path file = folder.resolve("rejected.jsonl");
        String text = Files.readString(file, StandardCharsets.UTF_8);
        assertThat(text).contains("\"source\":\"clients.csv\",\"position\":17,\"column\":\"id\"");
        Files.writeString(folder.resolve("repaired.jsonl"), text.replace("\"id\":null", "\"id\":17"));

        List<String> repaired = RejectedRows.rows(store, "repaired.jsonl", CLIENTS, this::take).stream()
                .map(row -> row.toMap().toString())
                .toList();

        assertThat(repaired).containsExactly("{id=17, name=name 17, age=-1}");
    }
}
