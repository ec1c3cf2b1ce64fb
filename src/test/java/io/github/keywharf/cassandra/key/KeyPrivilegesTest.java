package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyRefusals.assertCode;
import static io.github.keywharf.cassandra.key.KeyRefusals.assertDenied;
import static io.github.keywharf.cassandra.key.KeyServer.ALICE;
import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static io.github.keywharf.cassandra.key.KeyServer.keyspaceOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.CassandraServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyPrivilegesTest {
    private final KeyServer server = KeyServer.shared();
    private final CassandraKeyRing ring = server.ring();

    private CassandraManager root() {
        return KeyServer.connect(
                server.server(),
                server.server().superuser(),
                Secret.of(server.server().superuserPassword()));
    }

    @Test
    void the_whole_life_of_keys_runs_under_a_role_that_is_not_a_superuser() {
        Row role = server.root()
                .execute("SELECT is_superuser, can_login, member_of FROM system_auth.roles WHERE role = '"
                        + server.keyspace() + "_issuer'")
                .one();
        assertThat(role.getBoolean("is_superuser")).isFalse();
        assertThat(role.getSet("member_of", String.class)).isNullOrEmpty();

        Organisation acme = server.onboarded();
        AccessKey key = server.issue(acme);
        ring.open(key, FROM).close();
        AccessKey next = ring.rotate(key.id(), Duration.ofHours(1), ALICE);
        ring.expire(key.id(), Instant.EPOCH, ALICE);
        ring.revoke(next.id(), ALICE);
        ring.sweep();
        assertThat(ring.list(acme)).hasSize(2).allMatch(one -> one.state().hasEnded());
    }

    @Test
    void the_librarys_role_can_do_what_it_needs_and_no_more() {
        Organisation acme = server.onboarded();
        String data = keyspaceOf(acme);
        CassandraManager issuer = server.issuer();

        // The server remembers for a moment that the role had what it has just given up.
        await().untilAsserted(() -> assertDenied(issuer, "SELECT * FROM " + data + ".note"));
        assertDenied(issuer, "INSERT INTO " + data + ".note (id) VALUES (7)");
        assertDenied(issuer, "TRUNCATE " + data + ".note");
        assertDenied(issuer, "DROP TABLE " + data + ".note");
        assertDenied(issuer, "DROP KEYSPACE " + data);
        assertDenied(issuer, "GRANT SELECT ON KEYSPACE " + data + " TO " + server.keyspace() + "_issuer");
        assertDenied(issuer, "GRANT SELECT ON KEYSPACE " + data + " TO " + server.roleCql(server.globex()));
        assertDenied(issuer, "SELECT * FROM system_auth.roles");
        assertDenied(issuer, "SELECT * FROM system_auth.role_permissions");
        assertDenied(issuer, "CREATE ROLE boss WITH SUPERUSER = true");
        assertDenied(issuer, "ALTER ROLE " + server.keyspace() + "_issuer WITH SUPERUSER = true");
        assertDenied(issuer, "DROP ROLE " + server.keyspace() + "_admin");
        assertDenied(issuer, "ALTER ROLE " + server.server().superuser() + " WITH PASSWORD = 'x'");
        assertDenied(issuer, "GRANT " + server.server().superuser() + " TO " + server.keyspace() + "_issuer");
        assertDenied(issuer, "DROP TABLE " + server.keyspace() + ".key_audit");
        assertDenied(issuer, "ALTER TABLE " + server.keyspace() + ".access_key ADD extra text");
        assertDenied(issuer, "DROP KEYSPACE " + server.keyspace());
    }

    @Test
    void the_statements_for_an_administrator_make_a_ring_that_works() {
        try (CassandraManager root = root()) {
            List<String> statements = CassandraKeyRing.builder(root)
                    .keyspace("by_hand")
                    .build()
                    .setup()
                    .replicas("datacenter1", 1)
                    .auditRetention(Duration.ofDays(400))
                    .statements();
            assertThat(statements)
                    .noneMatch(cql -> cql.toLowerCase(java.util.Locale.ROOT).contains("password ="));
            statements.forEach(cql -> root.unwrap().execute(withoutComment(cql)));
            root.unwrap().execute("ALTER ROLE by_hand_issuer WITH PASSWORD = 'chosen'");

            try (CassandraManager issuer = KeyServer.connect(server.server(), "by_hand_issuer", Secret.of("chosen"))) {
                CassandraKeyRing made =
                        CassandraKeyRing.builder(issuer).keyspace("by_hand").build();
                String data = server.server().createKeyspace("by_hand_data");
                Organisation organisation = KeyServer.stranger();
                root.unwrap().execute("GRANT AUTHORIZE, SELECT, MODIFY ON KEYSPACE " + data + " TO by_hand_issuer");
                made.onboard(Onboarding.of(organisation, data), ALICE);
                try (AccessKey key = made.issue(KeyRequest.of(organisation), ALICE)) {
                    made.open(key, FROM).close();
                }
                assertThatThrownBy(() -> made.onboard(
                                Onboarding.of(KeyServer.stranger(), "nobody_may_make_it")
                                        .creating("datacenter1", 1),
                                ALICE))
                        .hasMessageContaining("no CREATE permission on <all keyspaces>");
            }
        }
    }

    private static String withoutComment(String cql) {
        String bare = cql.lines()
                .filter(line -> !line.startsWith("--"))
                .reduce("", (a, b) -> a + b + "\n")
                .strip();
        return bare.substring(0, bare.length() - 1);
    }

    @Test
    void each_grant_is_listed_with_its_reason() {
        List<String> statements =
                ring.setup().replicas("datacenter1", 1).mayCreateKeyspaces(true).statements();

        assertThat(statements.stream().filter(cql -> cql.contains("GRANT") || cql.contains("CREATE ROLE")))
                .hasSize(6)
                .allMatch(cql -> cql.startsWith("-- ") && cql.endsWith(";"));
    }

    @Test
    void setting_up_again_changes_nothing() {
        try (CassandraManager root = root()) {
            IssuerLogin again =
                    server.ring(root).setup().replicas("datacenter1", 1).run();

            assertThat(again.role()).isEqualTo(server.keyspace() + "_issuer");
            assertThat(again.password()).isEmpty();
            assertThat(again.toString()).contains("it had");
        }
        assertThat(ring.list()).isNotNull();
    }

    @Test
    void setting_up_is_for_a_superuser_and_says_when_nodes_are_missing() {
        assertCode(
                "cassandra.denied",
                () -> CassandraKeyRing.builder(server.issuer())
                        .keyspace("not_mine")
                        .build()
                        .setup()
                        .replicas("datacenter1", 1)
                        .run());
        assertCode("key.too_few_nodes", () -> ring.setup().run());
        assertThatThrownBy(() -> ring.setup().statements())
                .hasMessageContaining("There are to be 3 copies and there are 1 nodes");
        assertThatThrownBy(() -> ring.setup().replicas("dc", 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ring.setup().auditRetention(Duration.ofHours(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void the_password_of_the_librarys_role_can_be_chosen() {
        CassandraServer shared = server.server();
        try (CassandraManager root = root();
                Secret chosen = Secret.of("a-password-of-the-hosts")) {
            IssuerLogin login = CassandraKeyRing.builder(root)
                    .keyspace("chosen")
                    .build()
                    .setup()
                    .replicas("datacenter1", 1)
                    .password(chosen)
                    .run();
            assertThat(login.toString()).doesNotContain("a-password-of-the-hosts");
            KeyServer.connect(shared, login.role(), chosen).close();
        }
    }
}
