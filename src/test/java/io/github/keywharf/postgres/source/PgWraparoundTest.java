package io.github.keywharf.postgres.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.sql.Increment;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.testing.InstalledPostgres;
import io.github.keywharf.testing.PostgresServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A server whose transaction numbers reach 2^32, where those in rows begin from the start. Needs {@code pg_resetwal};
 * {@code -Dkeywharf.postgresPrograms=/usr/lib/postgresql/15/bin} takes that version's programs.
 */
class PgWraparoundTest {

    private static final long WRAP = 1L << 32;

    private static InstalledPostgres server;
    private static PostgresDatabase database;

    @BeforeAll
    static void start() {
        Optional<Path> programs = InstalledPostgres.programs();
        assumeTrue(
                programs.isPresent(),
                "pg_resetwal is needed, which the embedded PostgreSQL lacks; install PostgreSQL's server package, or"
                        + " set -Dkeywharf.postgresPrograms");
        server = InstalledPostgres.create(programs.orElseThrow());
        server.start();
        server.execute(
                "postgres",
                "ALTER DATABASE template0 ALLOW_CONNECTIONS true",
                "CREATE TABLE item (id int PRIMARY KEY, n int)",
                "INSERT INTO item VALUES (1, 0)");
        // A server starts only where all its rows are less than 2^31 transactions old.
        for (long next : new long[] {1_400_000_000L, 2_800_000_000L, WRAP - 130}) {
            for (String name : List.of("template0", "template1", "postgres")) {
                server.execute(name, "VACUUM FREEZE");
            }
            server.stop();
            server.nextTransaction(next);
            server.start();
            server.execute("postgres", "INSERT INTO item SELECT max(id) + 1, 0 FROM item");
        }
        database = PostgresDatabase.builder()
                .host(server.host())
                .port(server.port())
                .database("postgres")
                .credentials(PostgresServer.SUPERUSER, Secret.of("any"))
                .build();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            database.close();
            server.close();
        }
    }

    private static SnapshotPosition position() {
        try (SourceSnapshot snapshot = database.source().snapshot()) {
            return snapshot.position();
        }
    }

    private static List<Integer> since(SnapshotPosition earlier) {
        try (SourceSnapshot snapshot = database.source().snapshot()) {
            List<Integer> ids = new ArrayList<>();
            snapshot.read(new ReadRequest("item", List.of(), new Increment.Since(earlier)))
                    .toTable()
                    .forEach(row -> ids.add(row.value("id", Integer.class)));
            ids.sort(null);
            return ids;
        }
    }

    private static long transaction() throws SQLException {
        try (Connection connection = server.connection("postgres");
                Statement statement = connection.createStatement();
                ResultSet number = statement.executeQuery("SELECT pg_current_xact_id()::text")) {
            number.next();
            return number.getLong(1);
        }
    }

    @Test
    void every_change_is_read_once_across_the_wrap() throws SQLException {
        assertThat(transaction()).isBetween(WRAP - 130, WRAP - 100);
        assertThat(since(new SnapshotPosition(
                        position().system(), "3:3:", position().time())))
                .as("too far apart to compare: all rows")
                .containsExactly(1, 2, 3, 4);
        SnapshotPosition first = position();
        SnapshotPosition last = first;
        int id = 100;
        for (int round = 0; round < 16; round++) {
            try (Connection late = server.connection("postgres");
                    Statement statement = late.createStatement()) {
                late.setAutoCommit(false);
                statement.execute("INSERT INTO item VALUES (" + ++id + ", " + round + ")");
                SnapshotPosition before = position();
                String[] changes = new String[16];
                for (int i = 0; i < 15; i++) {
                    changes[i] = "INSERT INTO item VALUES (" + ++id + ", " + round + ")";
                }
                changes[15] = "UPDATE item SET n = n + 1 WHERE id = 2";
                server.execute("postgres", changes);
                assertThat(since(last)).hasSize(16).contains(2, id).doesNotContain(id - 15);
                late.commit();
                List<Integer> changed = since(before);
                assertThat(changed).hasSize(17).contains(2, id - 15, id).doesNotContain(1, 3, 4);
            }
            last = position();
            assertThat(since(last)).isEmpty();
        }
        assertThat(transaction()).isGreaterThan(WRAP + 100);
        assertThat(since(first))
                .as("all that was written since before the wrap")
                .hasSize(id - 100 + 1);
        assertThat(PgPosition.of(first).xmin()).isLessThan(WRAP);
        assertThat(PgPosition.of(last).xmin()).isGreaterThan(WRAP + 100);
    }
}
