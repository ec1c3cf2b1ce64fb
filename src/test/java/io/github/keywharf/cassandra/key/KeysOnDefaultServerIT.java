package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyRefusals.assertCode;
import static io.github.keywharf.cassandra.key.KeyServer.ALICE;
import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static io.github.keywharf.cassandra.key.KeyServer.forged;
import static io.github.keywharf.cassandra.key.KeyServer.keyspaceOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.ChangedSession;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.CassandraServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** On a server whose caches live as long as they do by default, and that audits all it is asked. */
class KeysOnDefaultServerIT {
    /** Both caches one after the other, as the documentation states. */
    private static final Duration STATED = Duration.ofSeconds(4);

    private static CassandraServer cassandra;
    private static KeyServer server;

    @BeforeAll
    static void start() {
        cassandra = CassandraServer.builder()
                .cacheValidity(Duration.ofSeconds(2))
                .option("audit_logging_options: {enabled: true, logger: [{class_name: FileAuditLogger}]}")
                .start();
        server = KeyServer.newRing(cassandra);
    }

    @AfterAll
    static void stop() {
        server.close();
        cassandra.close();
    }

    @Test
    void open_sessions_of_a_revoked_key_are_refused_within_the_stated_time() {
        CassandraKeyRing ring = server.ring();
        String read = "SELECT * FROM " + keyspaceOf(server.acme()) + ".note";
        List<Long> measured = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            try (AccessKey key = server.issue(server.acme());
                    CassandraManager theirs = ring.open(key, FROM)) {
                theirs.unwrap().execute(read);
                // At another point of the life of the caches each time.
                await().pollDelay(Duration.ofMillis(450L * i)).until(() -> true);
                theirs.unwrap().execute(read);
                ring.revoke(key.id(), ALICE);
                long start = System.nanoTime();
                await().pollInterval(Duration.ofMillis(20)).atMost(STATED).until(() -> refused(theirs, read));
                measured.add((System.nanoTime() - start) / 1_000_000);
                assertThat(refused(theirs, read)).isTrue();
                assertCode("key.revoked", () -> ring.open(key, FROM));
            }
        }
        assertThat(measured).allMatch(millis -> millis <= STATED.toMillis());
    }

    private static boolean refused(CassandraManager manager, String cql) {
        try {
            manager.unwrap().execute(cql);
            return false;
        } catch (UnauthorizedException e) {
            return true;
        }
    }

    @Test
    void no_secret_reaches_a_log_a_trace_a_table_or_a_message() throws IOException {
        List<String> secrets = new ArrayList<>();
        StringBuilder said = new StringBuilder();
        PrintStream err = System.err;
        PrintStream out = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream capturing = new PrintStream(printed, true, UTF_8);
        System.setErr(capturing);
        System.setOut(capturing);
        try {
            live(secrets, said);
        } finally {
            System.setErr(err);
            System.setOut(out);
        }
        said.append(printed.toString(UTF_8));
        said.append(Files.readString(cassandra.log(), UTF_8));
        for (String table : List.of(
                "system_traces.sessions",
                "system_traces.events",
                "system_auth.roles",
                server.keyspace() + ".access_key",
                server.keyspace() + ".admin_key",
                server.keyspace() + ".key_audit",
                server.keyspace() + ".key_failure",
                server.keyspace() + ".key_use")) {
            for (Row row : server.root().execute("SELECT * FROM " + table)) {
                said.append(row.getFormattedContents()).append('\n');
            }
        }
        // The places that were searched do hold the statements.
        assertThat(said).contains("CREATE ROLE key_").contains("HASHED PASSWORD");
        assertThat(secrets)
                .hasSizeGreaterThan(4)
                .allSatisfy(
                        secret -> assertThat(said.toString().contains(secret)).isFalse());
    }

    /** A whole life of keys, with each statement traced by the server. */
    private void live(List<String> secrets, StringBuilder said) {
        CassandraKeyRing ring = server.builder(
                        CassandraManager.of(traced(server.issuer().unwrap())))
                .connector((role, password, keyspace) -> KeyServer.connect(cassandra, role, password))
                .build();
        AccessKey key = note(ring.issue(KeyRequest.of(server.acme()).withLabel("leaks"), ALICE), secrets, said);
        try (CassandraManager theirs = ring.open(key.reveal(), FROM)) {
            said.append(theirs)
                    .append(theirs.execute("SELECT * FROM " + keyspaceOf(server.acme()) + ".note")
                            .table());
            fails(said, () -> theirs.execute("SELECT * FROM system_auth.roles"));
        }
        AccessKey forged = note(forged(key), secrets, said);
        fails(said, () -> ring.open(forged, FROM));
        fails(said, () -> AccessKey.parse(forged.reveal().replace('_', '-')));
        String last = forged.reveal().endsWith("a") ? "b" : "a";
        fails(said, () -> AccessKey.parse(forged.reveal().substring(0, 71) + last));
        AccessKey next = note(ring.rotate(key.id(), Duration.ofHours(1), ALICE), secrets, said);
        ring.revoke(key.id(), ALICE);
        fails(said, () -> ring.open(key, FROM));
        server.root().execute("ALTER ROLE " + KeyNames.roleOfKey(next.id()) + " WITH LOGIN = false");
        fails(said, () -> ring.open(next, FROM));
        AccessKey admin = note(ring.issue(KeyRequest.admin(), ALICE), secrets, said);
        fails(said, () -> ring.issue(KeyRequest.admin(), ALICE));
        note(ring.rotateAdmin(KeyRequest.admin(), ALICE), secrets, said);
        fails(said, () -> ring.open(admin, FROM));
        said.append(ring).append(ring.list()).append(ring.organisations()).append(ring.sweep());
        try (Secret password = Secret.of("of-the-librarys-role-itself-0123456789")) {
            secrets.add(password.reveal());
            try (CassandraManager root =
                    KeyServer.connect(cassandra, cassandra.superuser(), Secret.of(cassandra.superuserPassword()))) {
                said.append(CassandraKeyRing.builder(CassandraManager.of(traced(root.unwrap())))
                        .keyspace("leaky")
                        .build()
                        .setup()
                        .replicas("datacenter1", 1)
                        .password(password)
                        .run());
            }
        }
    }

    private static AccessKey note(AccessKey key, List<String> secrets, StringBuilder said) {
        try (Secret secret = key.secret()) {
            secrets.add(secret.reveal());
        }
        said.append(key).append('\n');
        return key;
    }

    private static void fails(StringBuilder said, Runnable call) {
        try {
            call.run();
        } catch (KeywharfException e) {
            StringWriter text = new StringWriter();
            e.printStackTrace(new PrintWriter(text));
            said.append(text);
            return;
        }
        throw new AssertionError("It did not fail");
    }

    private static CqlSession traced(CqlSession session) {
        return ChangedSession.on(session, statement -> statement.setTracing(true));
    }

    @Test
    void a_holder_who_changes_the_password_on_the_server_locks_only_that_key_out() {
        Organisation acme = server.acme();
        AccessKey key = server.issue(acme);
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptions()
                .until(() -> server.root()
                        .execute("ALTER ROLE " + KeyNames.roleOfKey(key.id()) + " WITH PASSWORD = 'mine'")
                        .wasApplied());

        assertCode("key.refused_by_server", () -> server.ring().open(key, FROM));
        try (CassandraManager theirs =
                KeyServer.connect(server.server(), KeyNames.roleOfKey(key.id()), Secret.of("mine"))) {
            assertThat(theirs.execute("SELECT * FROM " + keyspaceOf(acme) + ".note")
                            .table()
                            .size())
                    .isEqualTo(1);
            server.ring().revoke(key.id(), ALICE);
            await().atMost(Duration.ofSeconds(5))
                    .until(() -> refused(theirs, "SELECT * FROM " + keyspaceOf(acme) + ".note"));
        }
    }
}
