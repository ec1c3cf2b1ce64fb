package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyRefusals.assertCode;
import static io.github.keywharf.cassandra.key.KeyRefusals.assertDenied;
import static io.github.keywharf.cassandra.key.KeyServer.ALICE;
import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static io.github.keywharf.cassandra.key.KeyServer.keyspaceOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.cql.Row;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.event.Event;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.KeyDescription;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.key.KeyState;
import io.github.keywharf.table.Rows;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class CassandraKeyRingTest {
    private final KeyServer server = KeyServer.shared();
    private final CassandraKeyRing ring = server.ring();

    @Test
    void a_key_opens_its_organisations_keyspace() {
        Organisation acme = server.onboarded();
        try (AccessKey key = server.issue(acme);
                CassandraManager theirs = ring.open(key.reveal(), FROM)) {
            assertThat(theirs.keyspace()).contains(keyspaceOf(acme));
            assertThat(theirs.execute("SELECT text FROM note WHERE id = 1")
                            .one()
                            .orElseThrow()
                            .string("text"))
                    .isEqualTo("of " + acme);
            theirs.execute("INSERT INTO note (id, text) VALUES (2, 'theirs')");
            assertThat(server.root()
                            .execute("SELECT text FROM " + keyspaceOf(acme) + ".note WHERE id = 2")
                            .one()
                            .getString("text"))
                    .isEqualTo("theirs");
        }
    }

    @Test
    void events_of_a_keys_work_name_its_organisation() {
        Organisation acme = server.acme();
        record Note(int id, String text) {}
        List<Event> seen = new CopyOnWriteArrayList<>();
        try (AccessKey key = server.issue(acme);
                CassandraManager theirs = ring.open(key, FROM)) {
            theirs.table("note")
                    .sink()
                    .events(seen::add)
                    .build()
                    .write(Rows.ofRecords(Note.class, List.of(new Note(7, "seven"))));
            theirs.execute("DELETE FROM note WHERE id = 7");
        }
        assertThat(seen)
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event.work().organisation()).contains(acme));
    }

    @Test
    void the_server_refuses_a_key_whatever_is_not_its_organisations() {
        Organisation acme = server.acme();
        String others = keyspaceOf(server.globex());
        String own = keyspaceOf(acme);
        try (AccessKey key = server.issue(acme);
                CassandraManager theirs = ring.open(key, FROM)) {
            assertDenied(theirs, "SELECT * FROM " + others + ".note");
            assertDenied(theirs, "INSERT INTO " + others + ".note (id) VALUES (9)");
            assertDenied(theirs, "UPDATE " + others + ".note SET text = 'x' WHERE id = 1");
            assertDenied(theirs, "DELETE FROM " + others + ".note WHERE id = 1");
            assertDenied(theirs, "TRUNCATE " + others + ".note");
            assertDenied(
                    theirs,
                    "BEGIN BATCH INSERT INTO " + own + ".note (id) VALUES (8); INSERT INTO " + others
                            + ".note (id) VALUES (8); APPLY BATCH");
            assertDenied(theirs, "CREATE TABLE " + others + ".mine (id int PRIMARY KEY)");
            assertDenied(theirs, "CREATE TABLE " + own + ".more (id int PRIMARY KEY)");
            assertDenied(theirs, "DROP KEYSPACE " + others);
            assertDenied(theirs, "DROP TABLE " + own + ".note");
            assertDenied(
                    theirs,
                    "CREATE KEYSPACE mine WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
            assertDenied(theirs, "SELECT * FROM " + server.keyspace() + ".access_key");
            assertDenied(theirs, "SELECT * FROM " + server.keyspace() + ".key_audit");
            assertDenied(
                    theirs, "INSERT INTO " + server.keyspace() + ".admin_key (name, key_id) VALUES ('admin', 'me')");
            assertDenied(theirs, "SELECT * FROM system_auth.roles");
            assertDenied(theirs, "SELECT * FROM system_auth.role_members");
            assertDenied(theirs, "CREATE ROLE mine WITH LOGIN = true");
            assertDenied(theirs, "GRANT SELECT ON KEYSPACE " + own + " TO " + server.roleCql(acme));
            assertDenied(theirs, "GRANT " + server.keyspace() + "_admin TO " + KeyNames.roleOfKey(key.id()));
            assertDenied(theirs, "ALTER ROLE " + server.roleCql(acme) + " WITH LOGIN = true");
            assertDenied(theirs, "LIST ALL PERMISSIONS OF " + server.keyspace() + "_admin");
        }
    }

    @Test
    void a_key_may_empty_its_own_tables_at_a_stroke_for_modify_includes_truncate() {
        Organisation acme = server.onboarded();
        try (AccessKey key = server.issue(acme);
                CassandraManager theirs = ring.open(key, FROM)) {
            theirs.unwrap().execute("TRUNCATE " + keyspaceOf(acme) + ".note");

            assertThat(theirs.execute("SELECT * FROM note").table().size()).isZero();
        }
    }

    @Test
    void the_server_still_shows_a_tenant_the_names_of_others_which_is_documented() {
        Organisation acme = server.acme();
        String others = keyspaceOf(server.globex());
        try (AccessKey key = server.issue(acme);
                CassandraManager theirs = ring.open(key, FROM)) {
            List<Row> seen = theirs.unwrap()
                    .execute("SELECT table_name FROM system_schema.tables WHERE keyspace_name = '" + others + "'")
                    .all();

            assertThat(seen).extracting(row -> row.getString("table_name")).contains("note");
            theirs.unwrap().execute("USE " + others);
            assertDenied(theirs, "SELECT * FROM " + others + ".note");
        }
    }

    @Test
    void the_dictionary_of_a_key_hides_what_the_server_shows_of_others() {
        Organisation acme = server.acme();
        server.globex();
        try (AccessKey key = server.issue(acme);
                CassandraManager theirs = ring.open(key, FROM)) {
            assertThat(theirs.dictionary().listKeyspaces()).containsExactly(keyspaceOf(acme));
            assertThat(theirs.dictionary().read().toHtml()).doesNotContain(keyspaceOf(server.globex()));
        }
    }

    @Test
    void schema_changes_are_an_option_and_stay_within_the_organisation() {
        Organisation acme = KeyServer.stranger();
        String own = keyspaceOf(acme);
        String others = keyspaceOf(server.globex());
        ring.onboard(Onboarding.of(acme, own).creating("datacenter1", 1).withSchemaChanges(), ALICE);
        try (AccessKey key = server.issue(acme);
                CassandraManager theirs = ring.open(key, FROM)) {
            theirs.unwrap().execute("CREATE TABLE " + own + ".made (id int PRIMARY KEY)");
            theirs.execute("INSERT INTO made (id) VALUES (1)");

            assertDenied(theirs, "CREATE TABLE " + others + ".made (id int PRIMARY KEY)");
            assertDenied(theirs, "GRANT SELECT ON KEYSPACE " + own + " TO " + server.keyspace() + "_issuer");
        }
        try (AccessKey another = server.issue(acme);
                CassandraManager theirs = ring.open(another, FROM)) {
            assertThat(theirs.execute("SELECT * FROM made").table().size()).isEqualTo(1);
            assertThat(theirs.execute("SELECT * FROM made").table().size()).isEqualTo(1);
        }
    }

    @Test
    void a_keyspace_belongs_to_one_organisation() {
        Organisation acme = server.acme();
        Organisation globex = KeyServer.stranger();

        assertCode("key.keyspace_taken", () -> ring.onboard(Onboarding.of(globex, keyspaceOf(acme)), ALICE));
        assertThatThrownBy(() -> ring.onboard(Onboarding.of(globex, "system_auth"), ALICE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ring.onboard(Onboarding.of(globex, server.keyspace()), ALICE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ring.onboard(Onboarding.of(globex, "x\"; DROP KEYSPACE y"), ALICE))
                .isInstanceOf(IllegalArgumentException.class);
        assertCode("key.no_keyspace", () -> ring.onboard(Onboarding.of(globex, "not_there"), ALICE));
        assertCode("key.unknown_organisation", () -> ring.issue(KeyRequest.of(KeyServer.stranger()), ALICE));
    }

    @Test
    void an_organisation_is_onboarded_again_and_gets_more() {
        Organisation acme = server.onboarded();
        String more = keyspaceOf(acme) + "_More";
        Onboarding again = Onboarding.of(acme, keyspaceOf(acme), more).creating("datacenter1", 1);

        ring.onboard(again, ALICE);
        ring.onboard(again, ALICE);

        assertThat(ring.organisations().get(acme)).isEqualTo(Set.of(keyspaceOf(acme), more));
        server.root().execute("CREATE TABLE \"" + more + "\".t (id int PRIMARY KEY)");
        try (AccessKey key = server.issue(acme);
                CassandraManager theirs = ring.open(key, FROM)) {
            assertThat(theirs.keyspace()).isEmpty();
            assertThat(theirs.unwrap()
                            .execute("SELECT * FROM \"" + more + "\".t")
                            .all())
                    .isEmpty();
        }
    }

    @Test
    void a_keyspace_that_somebody_else_made_is_handed_on_and_the_librarys_role_keeps_nothing_of_it() {
        String data = server.server().createKeyspace("made_by_dba");
        Organisation acme = KeyServer.stranger();
        String issuer = server.keyspace() + "_issuer";

        assertThatThrownBy(() -> ring.onboard(Onboarding.of(acme, data), ALICE))
                .hasMessageContaining("GRANT AUTHORIZE, MODIFY, SELECT ON KEYSPACE " + data + " TO " + issuer);
        server.root().execute("GRANT AUTHORIZE, MODIFY, SELECT ON KEYSPACE " + data + " TO " + issuer);
        await().untilAsserted(() -> ring.onboard(Onboarding.of(acme, data), ALICE));

        assertThat(permissions(issuer)).noneMatch(resource -> resource.contains("data/" + data));
        assertThat(permissions(server.role(acme))).containsExactly("data/" + data);
    }

    private List<String> permissions(String role) {
        return server
                .root()
                .execute("SELECT resource FROM system_auth.role_permissions WHERE role = '" + role + "'")
                .all()
                .stream()
                .map(row -> row.getString("resource"))
                .toList();
    }

    @Test
    void a_revoked_key_loses_its_open_session_and_its_role() {
        Organisation acme = server.acme();
        try (AccessKey key = server.issue(acme);
                CassandraManager theirs = ring.open(key, FROM)) {
            theirs.execute("SELECT * FROM note").table();

            assertThat(ring.revoke(key.id(), ALICE).state()).isEqualTo(KeyState.REVOKED);

            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertDenied(theirs, "SELECT * FROM " + keyspaceOf(acme) + ".note"));
            assertThat(roleExists(key.id())).isFalse();
            assertCode("key.revoked", () -> ring.open(key, FROM));
        }
    }

    @Test
    void taking_the_right_to_log_in_away_leaves_a_session_working_so_roles_are_dropped_instead() {
        Organisation acme = server.acme();
        try (AccessKey key = server.issue(acme);
                CassandraManager theirs = ring.open(key, FROM)) {
            server.root().execute("ALTER ROLE " + KeyNames.roleOfKey(key.id()) + " WITH LOGIN = false");
            // Longer than the server's caches live here.
            Instant start = Instant.now();
            await().pollInterval(Duration.ofMillis(50))
                    .until(() -> theirs.execute("SELECT * FROM note").table().size() == 1
                            && Duration.between(start, Instant.now()).toMillis() > 500);

            assertCode("key.refused_by_server", () -> ring.open(key, FROM));
        }
    }

    private boolean roleExists(String keyId) {
        return server.root()
                        .execute("SELECT role FROM system_auth.roles WHERE role = '" + KeyNames.roleOfKey(keyId) + "'")
                        .one()
                != null;
    }

    @Test
    void a_rotated_key_goes_on_beside_its_successor_for_its_grace() {
        Organisation acme = server.acme();
        AccessKey old = ring.issue(KeyRequest.of(acme).withLabel("loader").validFor(Duration.ofDays(30)), ALICE);

        AccessKey next = ring.rotate(old.id(), Duration.ofHours(1), ALICE);

        KeyDescription before = ring.describe(old.id());
        assertThat(before.state()).isEqualTo(KeyState.GRACE);
        assertThat(before.replacedBy()).contains(next.id());
        assertThat(before.expires())
                .isBetween(Instant.now().plusSeconds(3_500), Instant.now().plusSeconds(3_600));
        KeyDescription after = ring.describe(next.id());
        assertThat(after.label()).isEqualTo("loader");
        assertThat(Duration.between(after.created(), after.expires())).isEqualTo(Duration.ofDays(30));
        for (AccessKey key : List.of(old, next)) {
            try (CassandraManager theirs = ring.open(key, FROM)) {
                assertThat(theirs.execute("SELECT * FROM note").table().size()).isEqualTo(1);
            }
        }
        assertCode("key.not_active", () -> ring.rotate(old.id(), Duration.ZERO, ALICE));
    }

    @Test
    void a_rotation_without_grace_ends_the_old_key_immediately() {
        AccessKey old = server.issue(server.acme());

        AccessKey next = ring.rotate(old.id(), Duration.ZERO, ALICE);

        assertThat(ring.describe(old.id()).state().hasEnded()).isTrue();
        assertThat(roleExists(old.id())).isFalse();
        assertThat(ring.check(next, FROM).keyId()).isEqualTo(next.id());
    }

    @Test
    void a_key_expires_at_a_time_or_immediately() {
        Organisation acme = server.acme();
        AccessKey key = server.issue(acme);
        Instant soon = Instant.now().plusSeconds(3_600);

        assertThat(ring.expire(key.id(), soon, ALICE).expires())
                .isBefore(soon.plusMillis(1))
                .isAfter(soon.minusMillis(2));
        assertThat(ring.expire(key.id(), soon.plusSeconds(60), ALICE).expires()).isBefore(soon.plusMillis(1));
        assertThat(ring.expire(key.id(), Instant.EPOCH, ALICE).state()).isEqualTo(KeyState.EXPIRED);

        assertCode("key.expired", () -> ring.open(key, FROM));
        assertThat(roleExists(key.id())).isFalse();
    }

    @Test
    void a_session_closes_by_itself_when_its_key_ends() {
        Organisation acme = server.acme();
        AccessKey key = ring.issue(KeyRequest.of(acme).validFor(Duration.ofSeconds(3)), ALICE);
        try (CassandraManager theirs = ring.open(key, FROM)) {
            assertThat(theirs.unwrap().isClosed()).isFalse();

            await().atMost(Duration.ofSeconds(10)).until(() -> theirs.unwrap().isClosed());

            assertThat(ring.describe(key.id()).state()).isEqualTo(KeyState.EXPIRED);
        }
    }

    @Test
    void a_sweep_takes_the_roles_of_expired_keys_away() {
        Organisation acme = server.acme();
        AccessKey key = server.issue(acme);
        CassandraKeyRing later =
                server.ring(options -> options.clock(() -> Instant.now().plus(Duration.ofDays(366))));
        CassandraManager theirs = ring.open(key, FROM);
        assertThat(roleExists(key.id())).isTrue();

        KeySweep sweep = later.sweep();

        assertThat(sweep.expired()).isPositive();
        assertThat(roleExists(key.id())).isFalse();
        assertThat(ring.describe(key.id()).state()).isEqualTo(KeyState.EXPIRED);
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertDenied(theirs, "SELECT * FROM " + keyspaceOf(acme) + ".note"));
        theirs.close();
        assertThat(later.sweep().expired()).isZero();
    }

    @Test
    void sweeps_repeat_until_they_are_closed() {
        AccessKey key = ring.issue(KeyRequest.of(server.acme()).validFor(Duration.ofSeconds(1)), ALICE);
        try (SweepSchedule schedule = ring.sweepEvery(Duration.ofSeconds(1))) {
            await().atMost(Duration.ofSeconds(10)).until(() -> !roleExists(key.id()));
            assertThat(schedule).hasToString("SweepSchedule[running]");
        }
        assertThatThrownBy(() -> ring.sweepEvery(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_key_whose_role_was_granted_another_organisation_by_somebody_else_is_not_let_in() {
        Organisation acme = server.acme();
        Organisation globex = server.globex();
        AccessKey key = server.issue(acme);
        server.root().execute("GRANT " + server.roleCql(globex) + " TO " + KeyNames.roleOfKey(key.id()));

        assertThatThrownBy(() -> ring.open(key, FROM)).hasMessageContaining(server.role(globex));
        assertCode("key.rebound", () -> ring.open(key, FROM));

        server.root().execute("REVOKE " + server.roleCql(globex) + " FROM " + KeyNames.roleOfKey(key.id()));
        await().untilAsserted(() -> ring.open(key, FROM).close());
    }

    @Test
    void a_key_whose_role_was_granted_a_keyspace_by_somebody_else_is_not_let_in() {
        Organisation acme = server.onboarded();
        String others = keyspaceOf(server.onboarded());
        AccessKey key = server.issue(acme);
        server.root().execute("GRANT SELECT ON KEYSPACE " + others + " TO " + server.roleCql(acme));

        assertThatThrownBy(() -> ring.open(key, FROM)).hasMessageContaining("SELECT on <keyspace " + others + ">");
        server.root().execute("REVOKE SELECT ON KEYSPACE " + others + " FROM " + server.roleCql(acme));

        server.root().execute("GRANT SELECT ON ALL KEYSPACES TO " + KeyNames.roleOfKey(key.id()));
        await().untilAsserted(() -> assertCode("key.rebound", () -> ring.open(key, FROM)));
    }

    @Test
    void a_key_whose_role_was_made_superuser_is_not_let_in() {
        AccessKey key = server.issue(server.acme());
        server.root().execute("ALTER ROLE " + KeyNames.roleOfKey(key.id()) + " WITH SUPERUSER = true");

        assertThatThrownBy(() -> ring.open(key, FROM)).hasMessageContaining("superuser");
        assertCode("key.cannot_drop", () -> ring.revoke(key.id(), ALICE));
        assertCode("key.sweep_incomplete", ring::sweep);
        assertCode("key.revoked", () -> ring.open(key, FROM));

        server.root().execute("ALTER ROLE " + KeyNames.roleOfKey(key.id()) + " WITH SUPERUSER = false");
        await().untilAsserted(() -> assertThat(ring.sweep().cleared()).isEqualTo(1));
    }

    @Test
    void a_record_whose_organisation_was_edited_makes_the_key_invalid() {
        Organisation globex = server.globex();
        AccessKey key = server.issue(server.acme());
        server.root()
                .execute("UPDATE " + server.keyspace() + ".access_key SET organisation = '" + globex + "' WHERE id = '"
                        + key.id() + "'");

        assertCode("key.refused", () -> ring.open(key, FROM));
    }

    @Test
    void a_record_that_was_made_an_admins_makes_the_key_invalid() {
        AccessKey key = server.issue(server.acme());
        server.root()
                .execute("UPDATE " + server.keyspace()
                        + ".access_key SET organisation = null, admin = true WHERE id = '" + key.id() + "'");

        assertCode("key.refused", () -> ring.open(key, FROM));
    }

    @Test
    void a_record_that_was_written_by_hand_opens_nothing() {
        AccessKey key = AccessKey.generate(new java.security.SecureRandom());
        server.root()
                .execute("INSERT INTO " + server.keyspace() + ".access_key (id, state, organisation) VALUES ('"
                        + key.id() + "', 'GRACE', 'acme')");

        assertCode("key.refused", () -> ring.open(key, FROM));
        assertCode("key.unknown", () -> ring.describe(key.id()));
    }

    @Test
    void a_revoked_key_does_not_come_back_by_editing_its_record() {
        AccessKey key = server.issue(server.acme());
        ring.revoke(key.id(), ALICE);
        server.root()
                .execute("UPDATE " + server.keyspace() + ".access_key SET state = 'ACTIVE' WHERE id = '" + key.id()
                        + "'");

        assertCode("key.refused_by_server", () -> ring.open(key, FROM));
    }

    @Test
    void no_password_is_ever_changed_for_the_server_takes_a_second_change_within_5_s_for_an_overload() {
        AccessKey key = server.issue(server.acme());
        String role = KeyNames.roleOfKey(key.id());
        String before = hash(role);

        AccessKey next = ring.rotate(key.id(), Duration.ofMinutes(1), ALICE);
        ring.rotate(next.id(), Duration.ofMinutes(1), ALICE);
        ring.expire(key.id(), Instant.now().plusSeconds(5), ALICE);

        assertThat(hash(role)).isEqualTo(before);
        assertThatThrownBy(() -> server.root().execute("ALTER ROLE " + role + " WITH PASSWORD = 'other'"))
                .isInstanceOf(com.datastax.oss.driver.api.core.servererrors.OverloadedException.class)
                .hasMessageContaining("5000ms");
    }

    private String hash(String role) {
        return server.root()
                .execute("SELECT salted_hash FROM system_auth.roles WHERE role = '" + role + "'")
                .one()
                .getString("salted_hash");
    }

    @Test
    void a_ring_over_a_session_of_the_hosts_asks_how_to_log_in() {
        AccessKey key = server.issue(server.acme());
        CassandraManager foreign = CassandraManager.of(server.issuer().unwrap());

        assertThat(server.ring(foreign).check(key, FROM).keyId()).isEqualTo(key.id());
        assertThatThrownBy(() -> server.ring(foreign).open(key, FROM))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("connector");
        CassandraKeyRing own = server.builder(foreign)
                .connector((role, password, keyspace) -> KeyServer.connect(server.server(), role, password)
                        .withKeyspace(Objects.requireNonNull(keyspace)))
                .build();
        try (CassandraManager theirs = own.open(key, FROM)) {
            assertThat(theirs.execute("SELECT * FROM note").table().size()).isEqualTo(1);
            theirs.unwrap().close();
        }
    }

    @Test
    void the_last_use_of_a_key_is_listed() {
        Organisation acme = server.onboarded();
        AccessKey key = server.issue(acme);
        assertThat(ring.describe(key.id()).lastUsed()).isEmpty();

        ring.open(key, FROM).close();

        assertThat(ring.describe(key.id()).lastUsed()).isPresent();
        assertThat(ring.list(acme)).singleElement().satisfies(one -> {
            assertThat(one.id()).isEqualTo(key.id());
            assertThat(one.lastUsed()).isPresent();
        });
        assertThat(ring.list()).extracting(KeyDescription::id).contains(key.id());
    }

    @Test
    void a_manager_that_a_key_opened_cannot_issue_keys() {
        Organisation acme = server.acme();
        try (AccessKey key = server.issue(acme);
                CassandraManager theirs = ring.open(key, FROM)) {
            assertCode("cassandra.denied", () -> server.ring(theirs).issue(KeyRequest.of(acme), ALICE));
            assertCode("cassandra.denied", () -> server.ring(theirs).list());
        }
    }

    @Test
    void names_of_the_server_are_quoted_where_they_must_be() {
        assertThat(KeyNames.cql("org_acme")).isEqualTo("org_acme");
        assertThat(KeyNames.cql("Org")).isEqualTo("\"Org\"");
        assertThat(CqlIdentifier.fromInternal("table").asCql(true)).isEqualTo(KeyNames.cql("table"));
        assertThatThrownBy(() -> server.builder(server.issuer()).keyspace("Keys"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> server.builder(server.issuer()).keyspace("system_keys"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
