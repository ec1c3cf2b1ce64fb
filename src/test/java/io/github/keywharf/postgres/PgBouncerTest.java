package io.github.keywharf.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.testing.PgBouncer;
import io.github.keywharf.testing.PostgresServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Connections through PgBouncer, which gives a client another server session for each session, or each transaction. */
@Timeout(120)
class PgBouncerTest {

    private static PostgresServer server;
    private static Path program;

    @BeforeAll
    static void start() {
        Optional<Path> installed = PgBouncer.program();
        assumeTrue(installed.isPresent(), "there is no PgBouncer on this machine; install the package pgbouncer");
        program = installed.orElseThrow();
        server = PostgresServer.start(PostgresServer.Options::logicalReplication);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static PgBouncer pooler(String mode) {
        return PgBouncer.start(program, server, mode);
    }

    /** A statement that the driver has prepared on one server session is not there on the next, or is another client's. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void statements_of_many_clients_are_not_taken_for_each_other(boolean ownConnections) {
        server.execute("postgres", "DROP TABLE IF EXISTS item", "CREATE TABLE item (client int, n int)");
        try (PgBouncer pooler = pooler("transaction")) {
            List<CompletableFuture<Void>> clients = IntStream.range(0, 6)
                    .mapToObj(client -> CompletableFuture.runAsync(
                            () -> {
                                try (PostgresDatabase database =
                                        pooler.database("postgres").build()) {
                                    insertAndCount(ownConnections ? database : ofDataSource(pooler), client);
                                }
                            },
                            task -> new Thread(task, "client-" + client).start()))
                    .toList();
            clients.forEach(CompletableFuture::join);
        }
    }

    private static PostgresDatabase ofDataSource(PgBouncer pooler) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl("jdbc:postgresql://127.0.0.1:" + pooler.port() + "/postgres");
        source.setUser(PostgresServer.SUPERUSER);
        source.setAssumeMinServerVersion("13");
        return PostgresDatabase.of(source);
    }

    private static void insertAndCount(PostgresDatabase database, int client) {
        for (int i = 1; i <= 60; i++) {
            database.query("INSERT INTO item VALUES (:client, :n)")
                    .bind("client", client)
                    .bind("n", i)
                    .update();
            assertThat(database.query("SELECT count(*) AS n FROM item WHERE client = :client")
                            .bind("client", client)
                            .one()
                            .orElseThrow()
                            .value("n"))
                    .isEqualTo((long) i);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void a_snapshot_is_read_on_several_connections_and_tables_are_written(String mode) {
        server.execute("postgres", "DROP TABLE IF EXISTS item", "CREATE TABLE item (id int PRIMARY KEY, n int)");
        try (PgBouncer pooler = pooler(mode);
                PostgresDatabase database = pooler.database("postgres").build()) {
            PostgresTable table = database.table("item");
            Schema schema = Schema.of(Column.required("id", ColumnType.INT32), Column.nullable("n", ColumnType.INT32));
            for (int i = 0; i < 8; i++) {
                table.upsertBy("id")
                        .write(TestRows.rows(schema, TestRows.row(1, i), TestRows.row(2, i), TestRows.row(i + 3, i)));
                try (SourceSnapshot snapshot = database.source().snapshot(List.of("item"), Duration.ofSeconds(5));
                        Rows first = snapshot.read(ReadRequest.all("item"));
                        Rows second = snapshot.read(ReadRequest.all("item"))) {
                    assertThat(first.toTable().size())
                            .isEqualTo(second.toTable().size())
                            .isEqualTo(3 + i);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"session", "transaction"})
    void a_change_feed_is_read_and_acknowledged(String mode) {
        server.execute("postgres", "DROP TABLE IF EXISTS item", "CREATE TABLE item (id int PRIMARY KEY, n int)");
        try (PgBouncer pooler = pooler(mode);
                PostgresDatabase database = pooler.database("postgres").build()) {
            ChangeFeed feed = database.source().changeFeed("pooled_" + mode, List.of("item"));
            feed.ensure();
            for (int i = 0; i < 8; i++) {
                server.execute("postgres", "INSERT INTO item VALUES (" + i + ", 0)");
                ChangeFeed.Changes changes = feed.read(1_000);
                assertThat(changes.written().get("item").size()).isOne();
                feed.acknowledge(changes.position());
            }
            feed.drop();
        }
    }

    @Test
    void what_it_refuses_is_reported_in_its_own_words() {
        try (PgBouncer pooler = pooler("statement");
                PostgresDatabase database = pooler.database("postgres").build();
                PostgresDatabase options = pooler.database("postgres")
                        .property("options", "-c work_mem=1MB")
                        .build()) {
            assertThatThrownBy(() -> database.source().snapshot())
                    .isInstanceOf(KeywharfException.class)
                    .hasMessageContaining("transaction blocks not allowed in statement pooling mode");
            assertThatThrownBy(() -> options.source().snapshot())
                    .isInstanceOf(KeywharfException.class)
                    .hasMessageContaining("unsupported startup parameter");
        }
    }
}
