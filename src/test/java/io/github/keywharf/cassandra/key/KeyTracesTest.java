package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyServer.ALICE;
import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static io.github.keywharf.cassandra.key.KeyServer.keyspaceOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.ChangedSession;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.table.Rows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Traces of the server hold the values of statements, and every login may read them. */
class KeyTracesTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final KeyServer server = KeyServer.shared();
    private final CassandraKeyRing ring = server.ring();

    @Test
    void every_key_reads_what_was_traced_of_others_until_it_is_truncated_which_is_documented() {
        String secret = "salary-of-" + System.nanoTime();
        try (AccessKey acme = server.issue(server.acme());
                AccessKey globex = server.issue(server.globex());
                CassandraManager ours = ring.open(acme, FROM);
                CassandraManager theirs = ring.open(globex, FROM)) {
            // What settraceprobability does to statements of all sessions, or a host to its own.
            ours.unwrap()
                    .execute(ours.unwrap()
                            .prepare("INSERT INTO " + keyspaceOf(server.acme()) + ".note (id, text) VALUES (?, ?)")
                            .bind(1_000, secret)
                            .setTracing(true));
            await().atMost(SOON).until(() -> traces(theirs).contains(secret));

            server.root().execute("TRUNCATE system_traces.sessions");
            server.root().execute("TRUNCATE system_traces.events");

            assertThat(traces(theirs)).doesNotContain(secret);
        } finally {
            server.root().execute("DELETE FROM " + keyspaceOf(server.acme()) + ".note WHERE id = 1000");
        }
    }

    @Test
    void every_key_reads_the_estimated_sizes_of_all_tables_which_is_documented() {
        String others = keyspaceOf(server.acme());
        // As the server itself does every five minutes.
        server.root()
                .execute("INSERT INTO system.size_estimates (keyspace_name, table_name, range_start, range_end,"
                        + " mean_partition_size, partitions_count) VALUES ('" + others + "', 'note', '0', '1', 40, 7)");
        try (AccessKey key = server.issue(server.globex());
                CassandraManager theirs = ring.open(key, FROM)) {
            Row estimate = theirs.unwrap()
                    .execute("SELECT * FROM system.size_estimates WHERE keyspace_name = '" + others
                            + "' AND table_name = 'note' AND range_start = '0' AND range_end = '1'")
                    .one();

            assertThat(estimate).isNotNull();
            assertThat(estimate.getLong("partitions_count")).isEqualTo(7);
        } finally {
            server.root()
                    .execute("DELETE FROM system.size_estimates WHERE keyspace_name = '" + others
                            + "' AND table_name = 'note'");
        }
    }

    private static String traces(CassandraManager manager) {
        StringBuilder text = new StringBuilder();
        manager.unwrap()
                .execute(SimpleStatement.newInstance("SELECT * FROM system_traces.sessions")
                        .setConsistencyLevel(DefaultConsistencyLevel.ONE))
                .forEach(row -> text.append(row.getFormattedContents()));
        return text.toString();
    }

    @Test
    void the_library_traces_nothing() {
        List<Statement<?>> sent = new ArrayList<>();
        CqlSession watched = ChangedSession.on(server.issuer().unwrap(), statement -> {
            synchronized (sent) {
                sent.add(statement);
            }
            return statement;
        });
        CassandraManager host = CassandraManager.of(watched);
        CassandraKeyRing own = server.builder(host)
                .connector((role, password, keyspace) -> {
                    CassandraManager real = KeyServer.connect(server.server(), role, password);
                    return CassandraManager.of(ChangedSession.on(real.unwrap(), statement -> {
                        synchronized (sent) {
                            sent.add(statement);
                        }
                        return statement;
                    }));
                })
                .build();
        try (AccessKey key = own.issue(KeyRequest.of(server.acme()), ALICE);
                AccessKey next = own.rotate(key.id(), Duration.ofMinutes(1), ALICE)) {
            CassandraManager theirs = own.open(next, FROM);
            theirs.execute("SELECT * FROM " + keyspaceOf(server.acme()) + ".note WHERE id = ?", 1);
            theirs.unwrap().close();
            own.revoke(next.id(), ALICE);
            own.sweep();
        }
        try (Rows audit = own.audit(LocalDate.now(ZoneOffset.UTC), LocalDate.now(ZoneOffset.UTC))) {
            assertThat(audit.toTable()).isNotNull();
        }

        assertThat(sent).hasSizeGreaterThan(20).noneMatch(Statement::isTracing);
    }

    @Test
    void no_code_of_the_library_turns_tracing_on() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                assertThat(Files.readString(file)).as(file.toString()).doesNotContain("setTracing", "TRACING ON");
            }
        }
    }
}
