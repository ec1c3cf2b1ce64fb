package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyServer.ALICE;
import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.KeyDescription;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.table.Rows;
import io.github.keywharf.testing.CassandraServer;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An organisation that goes; what the server has afterwards is read as its superuser. */
class KeyOffboardingTest {
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

    private static void assertCode(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static List<Row> rows(String cql) {
        return server.root().execute(cql).all();
    }

    private static String notes(Organisation organisation) {
        return "SELECT text FROM " + KeyServer.keyspaceOf(organisation) + ".note";
    }

    @Test
    void the_ended_keys_are_returned_also_where_nothing_can_be_read_afterwards() {
        Organisation organisation = server.onboarded();
        try (AccessKey key = server.issue(organisation)) {
            CassandraKeyRing failing = server.ring(
                    CassandraManager.of(FailingSession.on(server.issuer().unwrap(), "SELECT last_used")));

            List<KeyDescription> ended = failing.offboard(organisation, ALICE);
            assertThat(ended).extracting(KeyDescription::id).containsExactly(key.id());
            assertThat(ended.get(0).ended()).isEqualTo(ring.describe(key.id()).ended());
        }
    }

    @Test
    void all_keys_end_with_their_sessions_and_the_role_goes_and_the_data_stays() {
        Organisation organisation = server.onboarded();
        Organisation other = server.onboarded();
        AccessKey key = server.issue(organisation);
        AccessKey next = ring.rotate(key.id(), Duration.ofHours(1), ALICE);
        AccessKey others = server.issue(other);
        try (CassandraManager old = ring.open(key, FROM);
                CassandraManager theirs = ring.open(next, FROM);
                CassandraManager elsewhere = ring.open(others, FROM)) {
            assertThat(theirs.execute(notes(organisation)).table().size()).isEqualTo(1);

            assertThat(ring.offboard(organisation, ALICE))
                    .extracting(KeyDescription::id)
                    .containsExactlyInAnyOrder(key.id(), next.id());

            for (CassandraManager session : List.of(old, theirs)) {
                Awaitility.await()
                        .atMost(Duration.ofSeconds(5))
                        .untilAsserted(() -> assertThatThrownBy(() -> session.execute(notes(organisation)))
                                .isInstanceOf(KeywharfException.class));
            }
            assertThat(elsewhere.execute(notes(other)).table().size()).isEqualTo(1);
        }
        assertCode("key.revoked", () -> ring.open(next, FROM));
        assertCode("key.unknown_organisation", () -> server.issue(organisation));
        String role = server.role(organisation);
        assertThat(rows("SELECT role FROM system_auth.roles"))
                .extracting(row -> row.getString(0))
                .doesNotContain(role, KeyNames.roleOfKey(key.id()), KeyNames.roleOfKey(next.id()))
                .contains(server.role(other), KeyNames.roleOfKey(others.id()));
        assertThat(rows("SELECT * FROM system_auth.role_permissions WHERE role = '" + role + "'"))
                .isEmpty();
        assertThat(rows("SELECT * FROM system_auth.role_members WHERE role = '" + role + "'"))
                .isEmpty();
        assertThat(rows(notes(organisation))).hasSize(1);
        assertThat(ring.organisations()).doesNotContainKey(organisation).containsKey(other);
        assertThat(audited(organisation)).containsSubsequence("offboard", "revoke", "revoke");
        assertThat(audited(organisation)).filteredOn("offboard"::equals).hasSize(1);
    }

    private static List<String> audited(Organisation organisation) {
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        try (Rows log = ring.audit(today.minusDays(1), today)) {
            return log.stream()
                    .filter(row -> organisation.id().equals(row.string("organisation")))
                    .map(row -> row.string("action"))
                    .toList();
        }
    }

    @Test
    void its_keyspaces_stay_its_own_and_the_admins_and_it_may_come_back() {
        Organisation organisation = server.onboarded();
        String keyspace = KeyServer.keyspaceOf(organisation);
        AccessKey old = server.issue(organisation);
        ring.offboard(organisation, ALICE);
        assertThat(ring.offboard(organisation, ALICE)).isEmpty();
        assertThat(audited(organisation)).filteredOn("offboard"::equals).hasSize(1);

        assertCode("key.keyspace_taken", () -> ring.onboard(Onboarding.of(KeyServer.stranger(), keyspace), ALICE));
        AccessKey admin = ring.issue(KeyRequest.admin(), ALICE);
        try (CassandraManager all = ring.open(admin, FROM)) {
            assertThat(all.execute(notes(organisation)).table().size()).isEqualTo(1);
        }

        // As for any keyspace that is there already: an administrator lets the library hand its rights on.
        assertCode("key.cannot_grant", () -> ring.onboard(Onboarding.of(organisation, keyspace), ALICE));
        server.root()
                .execute("GRANT AUTHORIZE, SELECT, MODIFY ON KEYSPACE " + keyspace + " TO " + server.keyspace()
                        + "_issuer");
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .ignoreExceptionsInstanceOf(KeywharfException.class)
                .untilAsserted(() -> ring.onboard(Onboarding.of(organisation, keyspace), ALICE));
        try (CassandraManager theirs = ring.open(server.issue(organisation), FROM)) {
            assertThat(theirs.execute(notes(organisation)).table().size()).isEqualTo(1);
        }
        assertCode("key.revoked", () -> ring.check(old, FROM));
    }

    @Test
    void an_organisation_that_nobody_knows_is_not_offboarded_by_mistake() {
        assertCode("key.unknown_organisation", () -> ring.offboard(KeyServer.stranger(), ALICE));
    }

    @Test
    void a_key_that_is_being_made_meanwhile_does_not_outlive_its_organisation() {
        Organisation organisation = server.onboarded();
        // It dies when the key's role is a member already and the key not active yet.
        CrashingSession dying = new CrashingSession(server.issuer().unwrap(), 3);
        assertThatThrownBy(() ->
                        server.ring(CassandraManager.of(dying.session())).issue(KeyRequest.of(organisation), ALICE))
                .isInstanceOf(KeywharfException.class);
        assertThat(dying.statements()).last().asString().startsWith("GRANT");
        assertThat(ring.list(organisation)).hasSize(1);

        ring.offboard(organisation, ALICE);

        String id = ring.list(organisation).get(0).id();
        assertThat(ring.describe(id).state().hasEnded()).isTrue();
        assertThat(rows("SELECT role FROM system_auth.roles"))
                .extracting(row -> row.getString(0))
                .doesNotContain(KeyNames.roleOfKey(id));
    }
}
