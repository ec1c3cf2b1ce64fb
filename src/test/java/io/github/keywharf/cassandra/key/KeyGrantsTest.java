package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyRefusals.assertCode;
import static io.github.keywharf.cassandra.key.KeyRefusals.assertDenied;
import static io.github.keywharf.cassandra.key.KeyServer.ALICE;
import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static io.github.keywharf.cassandra.key.KeyServer.keyspaceOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.KeyState;
import io.github.keywharf.testing.CassandraServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the server has of roles and grants, and what others make of it; its superuser is the judge. */
class KeyGrantsTest {
    private static KeyServer server;
    private static CassandraKeyRing ring;

    @BeforeAll
    static void setUp() {
        server = KeyServer.newRing(CassandraServer.shared());
        ring = server.ring();
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static Onboarding onboarding(Organisation organisation) {
        return Onboarding.of(organisation, keyspaceOf(organisation)).creating("datacenter1", 1);
    }

    private static List<String> permissions(String role) {
        return server
                .root()
                .execute("SELECT resource, permissions FROM system_auth.role_permissions WHERE role = '" + role + "'")
                .all()
                .stream()
                .map(row -> row.getString("resource") + " " + row.getSet("permissions", String.class))
                .toList();
    }

    @Test
    void an_organisation_whose_keyspace_was_dropped_and_made_again_is_granted_it_again() {
        Organisation acme = server.onboarded();
        String data = keyspaceOf(acme);
        AccessKey key = server.issue(acme);
        server.root().execute("DROP KEYSPACE " + data);
        assertThat(permissions(server.role(acme))).isEmpty();

        ring.onboard(onboarding(acme), ALICE);

        server.root().execute("CREATE TABLE " + data + ".note (id int PRIMARY KEY, text text)");
        try (CassandraManager theirs = ring.open(key, FROM)) {
            theirs.execute("INSERT INTO note (id, text) VALUES (1, 'restored')");
            assertThat(theirs.execute("SELECT * FROM note").table().size()).isEqualTo(1);
        }
    }

    @Test
    void an_organisation_whose_keyspace_an_administrator_restored_is_granted_it_again_or_says_what_to_do() {
        Organisation acme = server.onboarded();
        String data = keyspaceOf(acme);
        server.root().execute("DROP KEYSPACE " + data);
        server.root()
                .execute("CREATE KEYSPACE " + data
                        + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");

        assertThatThrownBy(() -> ring.onboard(onboarding(acme), ALICE))
                .hasMessageContaining("GRANT AUTHORIZE, MODIFY, SELECT");
        server.root()
                .execute(
                        "GRANT AUTHORIZE, MODIFY, SELECT ON KEYSPACE " + data + " TO " + server.keyspace() + "_issuer");
        await().ignoreExceptionsInstanceOf(io.github.keywharf.KeywharfException.class)
                .untilAsserted(() -> ring.onboard(onboarding(acme), ALICE));

        assertThat(permissions(server.role(acme))).hasSize(1);
    }

    @Test
    void onboarding_again_grants_what_somebody_has_taken_away_and_nothing_that_is_there() {
        Organisation acme = server.onboarded();
        // It needs no right to hand anything on for this.
        ring.onboard(Onboarding.of(acme, keyspaceOf(acme)), ALICE);
        // Until the server forgets what it remembers of the library's rights, the first onboarding can still grant.
        await().untilAsserted(() -> {
            server.root().execute("REVOKE MODIFY ON KEYSPACE " + keyspaceOf(acme) + " FROM " + server.roleCql(acme));

            assertCode("key.cannot_grant", () -> ring.onboard(Onboarding.of(acme, keyspaceOf(acme)), ALICE));
        });
    }

    @Test
    void the_librarys_role_keeps_nothing_of_a_keyspace_that_it_made_not_even_its_functions() {
        Organisation acme = KeyServer.stranger();
        ring.onboard(onboarding(acme).withSchemaChanges(), ALICE);

        assertThat(permissions(server.keyspace() + "_issuer")).noneMatch(held -> held.contains(keyspaceOf(acme)));
    }

    @Test
    void schema_rights_are_of_tables_and_types_and_not_of_the_keyspace_or_its_functions() {
        Organisation acme = KeyServer.stranger();
        String own = keyspaceOf(acme);
        ring.onboard(onboarding(acme).withSchemaChanges(), ALICE);
        try (AccessKey key = server.issue(acme);
                CassandraManager theirs = ring.open(key, FROM)) {
            for (String cql : List.of(
                    "CREATE TABLE %s.t (id int PRIMARY KEY, v int)",
                    "ALTER TABLE %s.t ADD w int",
                    "CREATE TYPE %s.y (a int)",
                    "ALTER TYPE %s.y ADD b int",
                    "CREATE INDEX i ON %s.t (v)",
                    "DROP INDEX %s.i",
                    "CREATE MATERIALIZED VIEW %1$s.m AS SELECT * FROM %1$s.t WHERE v IS NOT NULL AND id IS NOT NULL"
                            + " PRIMARY KEY (v, id)",
                    "DROP MATERIALIZED VIEW %s.m",
                    "DROP TYPE %s.y",
                    "DROP TABLE %s.t")) {
                theirs.unwrap().execute(String.format(cql, own));
            }
            for (String cql : List.of(
                    "DROP KEYSPACE %s",
                    "ALTER KEYSPACE %s WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 2}",
                    "ALTER KEYSPACE %s WITH durable_writes = false",
                    "CREATE FUNCTION %s.f (a int) RETURNS NULL ON NULL INPUT RETURNS int LANGUAGE java AS 'return a;'",
                    "GRANT SELECT ON KEYSPACE %s TO " + server.keyspace() + "_issuer",
                    "GRANT SELECT ON ALL TABLES IN KEYSPACE %s TO " + server.keyspace() + "_issuer")) {
                assertDenied(theirs, String.format(cql, own));
            }
            theirs.unwrap().execute("CREATE TABLE " + own + ".made (id int PRIMARY KEY)");
            assertDenied(theirs, "CREATE TRIGGER r ON " + own + ".made USING 'x.Y'");
            // Whoever makes a table owns it, and may share it: documented.
            theirs.unwrap().execute("GRANT SELECT ON " + own + ".made TO " + server.keyspace() + "_issuer");
        }
    }

    @Test
    void two_rings_may_have_organisations_of_one_id_which_do_not_meet() {
        try (KeyServer other = KeyServer.newRing(CassandraServer.shared())) {
            Organisation acme = server.onboarded();
            String data = keyspaceOf(acme);
            String others = other.keyspace() + "_data";
            other.ring().onboard(Onboarding.of(acme, others).creating("datacenter1", 1), ALICE);
            server.root().execute("CREATE TABLE " + others + ".note (id int PRIMARY KEY, text text)");
            try (CassandraManager here = ring.open(server.issue(acme), FROM);
                    CassandraManager there = other.ring().open(other.issue(acme), FROM)) {
                assertDenied(here, "SELECT * FROM " + others + ".note");
                assertDenied(there, "SELECT * FROM " + data + ".note");

                other.ring().offboard(acme, ALICE);

                assertThat(here.execute("SELECT * FROM note").table().size()).isEqualTo(1);
            }
            assertCode("key.refused", () -> other.ring().check(server.issue(acme), FROM));
        }
    }

    @Test
    void a_role_that_somebody_else_made_is_not_taken_for_an_organisations() {
        Organisation acme = KeyServer.stranger();
        server.root().execute("CREATE ROLE " + server.roleCql(acme));

        assertThatThrownBy(() -> ring.onboard(onboarding(acme), ALICE))
                .hasMessageContaining(server.keyspace() + "_issuer did not make it");
        assertCode("key.role_taken", () -> ring.onboard(onboarding(acme), ALICE));
        assertThat(permissions(server.role(acme))).isEmpty();

        server.root().execute("DROP ROLE " + server.roleCql(acme));
        ring.onboard(onboarding(acme), ALICE);
    }

    @Test
    void a_sweep_ends_memberships_by_which_the_librarys_login_reaches_data_and_says_so() {
        Organisation acme = server.onboarded();
        String read = "SELECT * FROM " + keyspaceOf(acme) + ".note";
        String issuer = server.keyspace() + "_issuer";
        CassandraManager thief = server.issuer();
        await().untilAsserted(() -> assertDenied(thief, read));
        assertThat(ring.sweep().repairs()).isZero();
        thief.unwrap().execute("GRANT " + server.roleCql(acme) + " TO " + issuer);
        await().ignoreExceptionsInstanceOf(UnauthorizedException.class)
                .until(() -> thief.unwrap().execute(read).one() != null);

        assertThat(ring.sweep().repairs()).isEqualTo(1);
        await().untilAsserted(() -> assertDenied(thief, read));

        thief.unwrap().execute("CREATE ROLE harmless_" + keyspaceOf(acme));
        thief.unwrap().execute("GRANT " + server.roleCql(acme) + " TO harmless_" + keyspaceOf(acme));
        thief.unwrap().execute("GRANT harmless_" + keyspaceOf(acme) + " TO " + issuer);
        assertThat(ring.sweep().repairs()).isEqualTo(1);
        await().untilAsserted(() -> assertDenied(thief, read));
        assertThat(server.root()
                        .execute("SELECT * FROM " + server.keyspace() + ".key_audit")
                        .all())
                .filteredOn(row -> "reach".equals(row.getString("action")))
                .hasSize(2)
                .allMatch(row -> row.getString("detail").startsWith(issuer + " was a member of "));
        assertThat(ring.sweep().repairs()).isZero();
    }

    @Test
    void a_holder_who_changes_its_own_password_locks_its_key_out_and_rotating_or_revoking_ends_its_session() {
        Organisation acme = server.onboarded();
        AccessKey key = server.issue(acme);
        AccessKey second = server.issue(acme);
        String read = "SELECT * FROM " + keyspaceOf(acme) + ".note";
        try (CassandraManager opened = ring.open(key, FROM);
                CassandraManager another = ring.open(second, FROM)) {
            assertDenied(opened, "ALTER ROLE " + KeyNames.roleOfKey(key.id()) + " WITH LOGIN = false");
            // The server takes one change of a role's password in 5 s, and its making is one.
            changePassword(opened, key);
            changePassword(another, second);

            await().untilAsserted(() -> assertCode("key.refused_by_server", () -> ring.open(key, FROM)));
            assertThatThrownBy(() -> ring.open(key, FROM)).hasMessageContaining("password was changed");
            assertThat(ring.check(key, FROM).keyId()).isEqualTo(key.id());
            assertThat(ring.sweep().isEmpty()).isTrue();
            AccessKey next = ring.rotate(key.id(), Duration.ZERO, ALICE);
            ring.open(next, FROM).close();
            ring.expire(second.id(), Instant.EPOCH, ALICE);

            for (CassandraManager session : List.of(opened, another)) {
                await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertDenied(session, read));
            }
            assertThat(ring.describe(key.id()).state()).isEqualTo(KeyState.REVOKED);
        }
    }

    private static void changePassword(CassandraManager session, AccessKey key) {
        await().atMost(Duration.ofSeconds(15))
                .pollInterval(Duration.ofMillis(250))
                .ignoreExceptions()
                .until(() -> session.unwrap()
                        .execute("ALTER ROLE " + KeyNames.roleOfKey(key.id()) + " WITH PASSWORD = 'mine'")
                        .wasApplied());
    }
}
