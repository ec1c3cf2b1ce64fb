package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static io.github.keywharf.cassandra.key.KeyServer.keyspaceOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.secret.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What many open sessions of keys cost the process that holds them. */
class KeySessionsTest {
    private final KeyServer server = KeyServer.shared();

    @Test
    void sessions_of_keys_share_the_threads_of_the_manager_that_opened_them() {
        try (CassandraManager issuer = server.anotherIssuer();
                AccessKey key = server.issue(server.acme())) {
            CassandraKeyRing ring = server.ring(issuer);
            ring.open(key, FROM).close();
            int before = networkThreads();
            List<CassandraManager> open = new ArrayList<>();
            try {
                for (int i = 0; i < 20; i++) {
                    open.add(ring.open(key, FROM));
                }
                // What other tests opened in this process may end meanwhile; a session of its own would have seven
                // threads of the network.
                assertThat(networkThreads() - before).isLessThan(20);
                assertThat(notes(open.get(19))).isEqualTo(1);
            } finally {
                open.forEach(CassandraManager::close);
            }
        }
    }

    @Test
    void a_session_of_a_key_goes_on_when_others_and_the_manager_that_opened_it_are_closed() {
        try (AccessKey key = server.issue(server.acme())) {
            CassandraManager issuer = server.anotherIssuer();
            CassandraKeyRing ring = server.ring(issuer);
            CassandraManager first = ring.open(key, FROM);
            try (CassandraManager second = ring.open(key, FROM)) {
                first.close();
                issuer.close();

                assertThat(notes(second)).isEqualTo(1);
            }
        }
    }

    @Test
    void the_threads_end_with_the_last_session() {
        Map<Thread, StackTraceElement[]> before = Thread.getAllStackTraces();
        List<Thread> mine = new ArrayList<>();
        try (AccessKey key = server.issue(server.acme())) {
            CassandraManager issuer = server.anotherIssuer();
            CassandraManager theirs = server.ring(issuer).open(key, FROM);
            String prefix = issuer.unwrap().getName() + "-";
            Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> !before.containsKey(thread))
                    .filter(thread -> thread.getName().startsWith(prefix))
                    .forEach(mine::add);
            issuer.close();
            assertThat(mine).isNotEmpty().anyMatch(Thread::isAlive);
            theirs.close();
        }

        await().atMost(Duration.ofSeconds(20)).until(() -> mine.stream().noneMatch(Thread::isAlive));
    }

    @Test
    void a_session_that_cannot_be_opened_leaves_no_threads_and_harms_no_other() {
        try (CassandraManager issuer = server.anotherIssuer();
                AccessKey key = server.issue(server.acme());
                AccessKey dropped = server.issue(server.acme())) {
            CassandraKeyRing ring = server.ring(issuer);
            server.root().execute("DROP ROLE " + KeyNames.roleOfKey(dropped.id()));
            try (CassandraManager theirs = ring.open(key, FROM)) {
                for (int i = 0; i < 3; i++) {
                    KeyRefusals.assertCode("key.refused_by_server", () -> ring.open(dropped, FROM));
                }

                assertThat(notes(theirs)).isEqualTo(1);
            }
        }
    }

    @Test
    void a_session_knows_its_organisations_tables_and_the_names_of_no_other() {
        Organisation acme = server.acme();
        Organisation globex = server.globex();
        try (AccessKey key = server.ring().issue(KeyRequest.of(acme), KeyServer.ALICE);
                CassandraManager theirs = server.ring().open(key, FROM)) {
            assertThat(theirs.unwrap().getMetadata().getKeyspaces().keySet())
                    .containsExactly(CqlIdentifier.fromInternal(keyspaceOf(acme)))
                    .doesNotContain(CqlIdentifier.fromInternal(keyspaceOf(globex)));
            assertThat(theirs.table("note").scan().toString()).isNotEmpty();
        }
    }

    @Test
    void the_secrets_that_a_manager_was_opened_with_may_be_closed() {
        CassandraManager.Builder builder;
        try (Secret password = Secret.of(server.server().superuserPassword());
                Secret keyPassword = Secret.of(server.server().clientKeyPassword());
                Secret tokens = Secret.of("0123456789abcdef0123456789abcdef")) {
            builder = CassandraManager.builder()
                    .contactPoint(server.server().host(), server.server().port())
                    .localDatacenter(server.server().localDatacenter())
                    .trust(server.server().caCertificate())
                    .clientCertificate(
                            server.server().clientCertificate(), server.server().clientKeyEncrypted(), keyPassword)
                    .credentials(server.server().superuser(), password)
                    .pageTokenKey(tokens);
        }
        try (AccessKey key = server.issue(server.acme());
                CassandraManager root = builder.connect();
                CassandraManager theirs = server.ring(root).open(key, FROM)) {
            assertThat(notes(theirs)).isEqualTo(1);
        }
    }

    private static int networkThreads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().matches("s\\d+-(io|admin|timer)-\\d+"))
                .count();
    }

    private int notes(CassandraManager manager) {
        return manager.execute("SELECT * FROM " + keyspaceOf(server.acme()) + ".note")
                .table()
                .size();
    }
}
