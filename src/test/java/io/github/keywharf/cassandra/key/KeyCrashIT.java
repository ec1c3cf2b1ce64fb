package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyServer.ALICE;
import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.KeyDescription;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.key.KeyState;
import io.github.keywharf.testing.CassandraServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dies after each statement of each operation, and looks at what a sweep makes of it. */
@Tag("long")
class KeyCrashIT {
    private static final int MOST_STEPS = 30;

    private static final Set<String> OTHERS = new HashSet<>();
    private static KeyServer server;
    private CassandraKeyRing ring;
    private CassandraKeyRing later;

    @BeforeAll
    static void setUp() {
        server = KeyServer.newRing(CassandraServer.shared());
        OTHERS.addAll(keyRoles());
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @BeforeEach
    void open() {
        ring = server.ring();
        later = server.ring(options -> options.clock(() -> Instant.now().plus(Duration.ofMinutes(11))));
        server.root().execute("DELETE FROM " + server.keyspace() + ".admin_key WHERE name = 'admin' IF EXISTS");
        later.sweep();
    }

    /** Other tests look for keys that nobody should have. */
    @AfterEach
    void endAll() {
        ring.list().stream()
                .filter(key -> key.state().isOpen() && !key.isAdmin())
                .forEach(key -> ring.revoke(key.id(), ALICE));
    }

    /** Runs it on a ring that dies after so many changes; whether it died. */
    private boolean dies(int steps, Function<CassandraKeyRing, AccessKey> operation) {
        CrashingSession crashing = new CrashingSession(server.issuer().unwrap(), steps);
        CassandraKeyRing doomed = server.ring(CassandraManager.of(crashing.session()));
        try {
            operation.apply(doomed).close();
        } catch (KeywharfException e) {
            assertThat(crashing.died()).as(e.toString()).isTrue();
        }
        return crashing.died();
    }

    /** What the server has of this ring's keys. */
    private static Set<String> keyRoles() {
        return server.root().execute("SELECT role FROM system_auth.roles").all().stream()
                .map(row -> row.getString("role"))
                .filter(role -> role.startsWith("key_") && !OTHERS.contains(role))
                .collect(Collectors.toSet());
    }

    private Set<String> rolesOfOpenKeys() {
        return ring.list().stream()
                .filter(key -> key.state().isOpen())
                .map(key -> KeyNames.roleOfKey(key.id()))
                .collect(Collectors.toSet());
    }

    @Test
    void an_issue_that_dies_at_any_step_leaves_nothing_that_opens_and_a_sweep_removes_the_rest() {
        server.acme();
        int steps = 0;
        Set<String> rolesBefore = keyRoles();
        while (dies(steps, doomed -> doomed.issue(KeyRequest.of(server.acme()), ALICE))) {
            assertThat(rolesOfOpenKeys()).as("after " + steps + " steps").isEmpty();
            later.sweep();
            assertThat(keyRoles()).as("after " + steps + " steps and a sweep").isEqualTo(rolesBefore);
            assertThat(ring.list()).noneMatch(key -> key.state() == KeyState.ISSUING);
            assertThat(later.sweep().isEmpty()).isTrue();
            assertThat(++steps).isLessThan(MOST_STEPS);
        }
        assertThat(steps).isGreaterThanOrEqualTo(4);
        assertThat(rolesOfOpenKeys()).hasSize(1);
        ring.list(server.acme()).forEach(key -> ring.revoke(key.id(), ALICE));
    }

    @Test
    void a_revocation_that_dies_after_its_first_step_holds_and_a_sweep_completes_it() {
        int steps = 0;
        while (true) {
            AccessKey key = server.issue(server.acme());
            boolean died = dies(steps, doomed -> {
                doomed.revoke(key.id(), ALICE);
                return key;
            });
            // The first is the entry of the audit log.
            if (steps > 1) {
                assertThat(ring.describe(key.id()).state()).isEqualTo(KeyState.REVOKED);
            }
            if (!died) {
                break;
            }
            later.sweep();
            assertThat(keyRoles().contains(KeyNames.roleOfKey(key.id()))).isEqualTo(steps <= 1);
            ring.revoke(key.id(), ALICE);
            assertThat(keyRoles()).doesNotContain(KeyNames.roleOfKey(key.id()));
            assertThat(++steps).isLessThan(MOST_STEPS);
        }
        assertThat(steps).isGreaterThanOrEqualTo(3);
    }

    @Test
    void an_offboarding_that_dies_at_any_step_is_finished_when_it_is_done_again() {
        int steps = 0;
        boolean died = true;
        while (died) {
            Organisation organisation = server.onboarded();
            AccessKey key = server.issue(organisation);
            died = dies(steps, doomed -> {
                doomed.offboard(organisation, ALICE);
                return key;
            });
            String at = "after " + steps + " steps";
            if (steps > 0) {
                assertThatThrownBy(() -> server.issue(organisation))
                        .as(at)
                        .isInstanceOfSatisfying(
                                KeywharfException.class,
                                e -> assertThat(e.code()).isEqualTo("key.unknown_organisation"));
            }
            ring.offboard(organisation, ALICE);
            assertThat(ring.list(organisation))
                    .as(at)
                    .extracting(KeyDescription::state)
                    .containsExactly(KeyState.REVOKED);
            assertThat(server.root()
                            .execute("SELECT role FROM system_auth.roles")
                            .all())
                    .as(at)
                    .extracting(row -> row.getString(0))
                    .doesNotContain(server.role(organisation), KeyNames.roleOfKey(key.id()));
            assertThat(ring.organisations()).as(at).doesNotContainKey(organisation);
            assertThat(server.root()
                            .execute("SELECT id FROM " + KeyServer.keyspaceOf(organisation) + ".note")
                            .all())
                    .as(at)
                    .hasSize(1);
            assertThat(++steps).isLessThan(MOST_STEPS);
        }
        assertThat(steps).isGreaterThan(5);
    }

    @Test
    void an_issue_of_the_admin_that_dies_at_any_step_leaves_no_admin_or_one() {
        int steps = 0;
        while (dies(steps, doomed -> doomed.issue(KeyRequest.admin(), ALICE))) {
            assertThat(openAdmins()).as("after " + steps + " steps").hasSizeLessThanOrEqualTo(1);
            later.sweep();
            String at = "after " + steps + " steps and a sweep";
            List<KeyDescription> left = openAdmins();
            if (left.isEmpty()) {
                AccessKey admin = ring.issue(KeyRequest.admin(), ALICE);
                assertThat(ring.check(admin, FROM).isAdmin()).as(at).isTrue();
            } else {
                AccessKey admin = ring.rotateAdmin(KeyRequest.admin(), ALICE);
                assertThat(ring.check(admin, FROM).isAdmin()).as(at).isTrue();
            }
            assertThat(openAdmins()).as(at).hasSize(1);
            assertThat(keyRoles()).as(at).isEqualTo(rolesOfOpenKeys());
            server.root().execute("DELETE FROM " + server.keyspace() + ".admin_key WHERE name = 'admin' IF EXISTS");
            later.sweep();
            assertThat(++steps).isLessThan(MOST_STEPS);
        }
        assertThat(steps).isGreaterThanOrEqualTo(5);
    }

    private List<KeyDescription> openAdmins() {
        return ring.list().stream()
                .filter(key -> key.isAdmin() && key.state().isOpen())
                .toList();
    }

    @Test
    void a_rotation_of_the_admin_that_dies_at_any_step_is_undone_or_completed_and_never_leaves_two() {
        AccessKey current = ring.issue(KeyRequest.admin(), ALICE);
        int steps = 0;
        boolean died = true;
        int undone = 0;
        int completed = 0;
        while (died) {
            AccessKey before = current;
            died = dies(steps, doomed -> doomed.rotateAdmin(KeyRequest.admin(), ALICE));
            String at = "after " + steps + " steps";
            assertThat(opens(before)).as(at).isLessThanOrEqualTo(1);
            later.sweep();
            assertThat(openAdmins()).as(at + " and a sweep").hasSize(1);
            assertThat(keyRoles()).as(at + " and a sweep").isEqualTo(rolesOfOpenKeys());
            if (opens(before) == 1) {
                undone++;
            } else {
                completed++;
                current = ring.rotateAdmin(KeyRequest.admin(), ALICE);
            }
            assertThat(later.sweep().isEmpty()).as(at).isTrue();
            assertThat(++steps).isLessThan(MOST_STEPS);
        }
        assertThat(undone).isGreaterThanOrEqualTo(4);
        assertThat(completed).isGreaterThanOrEqualTo(2);
    }

    /** One if the ring still takes the key. */
    private int opens(AccessKey key) {
        try {
            return ring.check(key, FROM).isAdmin() ? 1 : 0;
        } catch (KeywharfException e) {
            return 0;
        }
    }

    @ParameterizedTest
    @CsvSource({"PT0S, false", "PT0S, true", "PT1H, false", "PT1H, true"})
    void a_rotation_that_dies_at_any_step_leaves_a_key_that_opens_or_one_that_can_be_rotated(
            Duration grace, boolean lastIsCarriedOut) {
        int steps = 0;
        boolean died = true;
        while (died) {
            String at = "after " + steps + " steps";
            AccessKey key = server.issue(server.acme());
            CrashingSession crashing = new CrashingSession(server.issuer().unwrap(), steps, lastIsCarriedOut);
            CassandraKeyRing doomed = server.ring(CassandraManager.of(crashing.session()));
            boolean handed = false;
            try {
                AccessKey next = doomed.rotate(key.id(), grace, ALICE);
                handed = true;
                assertThat(ring.check(next, FROM).keyId()).as(at).isEqualTo(next.id());
            } catch (KeywharfException e) {
                assertThat(crashing.died()).as(at + ": " + e).isTrue();
            }
            died = crashing.died();
            KeyDescription now = ring.describe(key.id());
            if (!handed && steps % 2 == 0) {
                later.sweep();
            }
            if (!now.state().isOpen()) {
                // The one in its place opens, if only for somebody who rotates it.
                String next = now.replacedBy().orElseThrow();
                assertThat(ring.describe(next).state()).as(at).isEqualTo(KeyState.ACTIVE);
                assertThat(keyRoles()).as(at).contains(KeyNames.roleOfKey(next));
                ring.check(ring.rotate(next, Duration.ZERO, ALICE), FROM);
            } else if (!handed) {
                assertThat(ring.check(key, FROM).keyId()).as(at).isEqualTo(key.id());
                String next = now.expires().isBefore(Instant.now().plus(grace).plusSeconds(60))
                        ? now.replacedBy().orElseThrow()
                        : key.id();
                AccessKey rotated = ring.rotate(next, grace, ALICE);
                assertThat(ring.check(rotated, FROM).keyId()).as(at).isEqualTo(rotated.id());
            }
            assertThat(ring.describe(key.id()).state().isOpen() && grace.isZero())
                    .as(at)
                    .isFalse();
            later.sweep();
            assertThat(keyRoles()).as(at).isEqualTo(rolesOfOpenKeys());
            assertThat(ring.list(server.acme()).stream()
                            .filter(one -> one.state().isOpen()))
                    .as(at)
                    .hasSizeLessThanOrEqualTo(3);
            ring.list(server.acme()).forEach(one -> ring.revoke(one.id(), ALICE));
            assertThat(++steps).isLessThan(MOST_STEPS);
        }
        assertThat(steps).isGreaterThan(5);
    }

    @ParameterizedTest
    @CsvSource({"PT0S, false", "PT0S, true", "PT1H, false", "PT1H, true"})
    void a_rotation_whose_answers_are_lost_one_after_the_other_succeeds(Duration grace, boolean carriedOut) {
        for (String lost : List.of(
                "INSERT INTO", "state = 'ACTIVE' WHERE", "replaced_by = ? WHERE", "SET ends", "'REVOKED', ended")) {
            AccessKey key = server.issue(server.acme());
            CassandraKeyRing uncertain = server.ring(CassandraManager.of(UncertainSession.on(
                    server.issuer().unwrap(), lost.equals("INSERT INTO") ? "access_key (id" : lost, carriedOut)));

            AccessKey next = uncertain.rotate(key.id(), grace, ALICE);

            assertThat(ring.check(next, FROM).keyId()).as(lost).isEqualTo(next.id());
            assertThat(ring.describe(key.id()).state())
                    .as(lost)
                    .isEqualTo(grace.isZero() ? KeyState.REVOKED : KeyState.GRACE);
            if (!grace.isZero()) {
                assertThat(ring.describe(key.id()).expires())
                        .as(lost)
                        .isBefore(Instant.now().plus(Duration.ofHours(2)));
            }
            assertThat(acts(key.id()))
                    .as(lost)
                    .containsExactlyElementsOf(
                            grace.isZero() ? List.of("issue ok", "replace ok") : List.of("issue ok"));
            assertThat(acts(next.id())).as(lost).containsExactly("rotate ok");
            ring.list(server.acme()).forEach(one -> ring.revoke(one.id(), ALICE));
        }
    }

    private static List<String> acts(String keyId) {
        return server.root().execute("SELECT * FROM " + server.keyspace() + ".key_audit").all().stream()
                .filter(row -> keyId.equals(row.getString("key_id")))
                .map(row -> row.getString("action") + " " + row.getString("outcome"))
                .toList();
    }

    @Test
    void an_end_whose_answer_is_lost_has_its_entry_also_when_nothing_can_be_found_out() {
        for (boolean carriedOut : new boolean[] {false, true}) {
            AccessKey revoked = server.issue(server.acme());
            AccessKey expired = server.issue(server.acme());
            AccessKey shortened = server.issue(server.acme());
            CassandraKeyRing uncertain = server.ring(
                    CassandraManager.of(UncertainSession.on(server.issuer().unwrap(), "access_key SET", carriedOut)));
            uncertain.revoke(revoked.id(), ALICE);
            uncertain.expire(expired.id(), Instant.EPOCH, ALICE);
            uncertain.expire(shortened.id(), Instant.now().plusSeconds(60), ALICE);
            assertThat(acts(revoked.id())).containsExactly("issue ok", "revoke ok");
            assertThat(acts(expired.id())).containsExactly("issue ok", "expire ok");
            assertThat(acts(shortened.id())).containsExactly("issue ok", "expire ok");
        }
        AccessKey key = server.issue(server.acme());
        CrashingSession crashing = new CrashingSession(server.issuer().unwrap(), 1, true);
        CassandraKeyRing doomed = server.ring(CassandraManager.of(crashing.session()));
        assertThatThrownBy(() -> doomed.revoke(key.id(), ALICE)).isInstanceOf(KeywharfException.class);
        assertThat(ring.describe(key.id()).state()).isEqualTo(KeyState.REVOKED);
        assertThat(acts(key.id())).containsExactly("issue ok", "revoke begun");

        ring.revoke(key.id(), ALICE);
        assertThat(acts(key.id())).containsExactly("issue ok", "revoke begun", "revoke ok");
        assertThat(keyRoles()).doesNotContain(KeyNames.roleOfKey(key.id()));
        ring.list(server.acme()).forEach(one -> ring.revoke(one.id(), ALICE));
    }

    @Test
    void a_rotation_keeps_an_end_that_is_earlier_than_that_of_its_grace() {
        AccessKey key = server.issue(server.acme());
        Instant end =
                ring.expire(key.id(), Instant.now().plusSeconds(60), ALICE).expires();

        ring.rotate(key.id(), Duration.ofHours(1), ALICE);

        assertThat(ring.describe(key.id()).expires()).isEqualTo(end);
    }

    @Test
    void a_key_whose_successor_was_revoked_can_be_rotated_again() {
        AccessKey key = server.issue(server.acme());
        AccessKey next = ring.rotate(key.id(), Duration.ofHours(1), ALICE);
        ring.revoke(next.id(), ALICE);

        AccessKey another = ring.rotate(key.id(), Duration.ofHours(1), ALICE);

        assertThat(ring.check(another, FROM).keyId()).isEqualTo(another.id());
        assertThat(ring.describe(key.id()).replacedBy()).contains(another.id());
    }

    @Test
    void of_many_concurrent_rotations_of_a_key_the_holders_of_new_keys_can_all_log_in() throws Exception {
        for (int round = 0; round < 3; round++) {
            AccessKey key = server.issue(server.acme());
            ExecutorService pool = Executors.newFixedThreadPool(4);
            List<Future<AccessKey>> made = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Duration grace = i % 2 == 0 ? Duration.ZERO : Duration.ofHours(1);
                made.add(pool.submit(() -> ring.rotate(key.id(), grace, ALICE)));
            }
            int handed = 0;
            for (Future<AccessKey> one : made) {
                try {
                    AccessKey next = one.get();
                    assertThat(ring.check(next, FROM).keyId()).isEqualTo(next.id());
                    handed++;
                } catch (ExecutionException e) {
                    assertThat(e.getCause())
                            .isInstanceOfSatisfying(
                                    KeywharfException.class,
                                    failure -> assertThat(failure.code())
                                            .isIn("key.not_active", "key.contended", "cassandra.outcome_unknown"));
                }
            }
            pool.shutdown();
            if (handed == 0) {
                assertThat(ring.check(ring.rotate(key.id(), Duration.ZERO, ALICE), FROM))
                        .isNotNull();
            }
            assertThat(handed).isLessThanOrEqualTo(1);
            later.sweep();
            assertThat(keyRoles()).isEqualTo(rolesOfOpenKeys());
            ring.list(server.acme()).forEach(one -> ring.revoke(one.id(), ALICE));
        }
    }

    @Test
    void an_onboarding_that_died_is_done_again() {
        int steps = 0;
        boolean died = true;
        while (died) {
            var organisation = KeyServer.stranger();
            Onboarding onboarding = Onboarding.of(organisation, KeyServer.keyspaceOf(organisation))
                    .creating("datacenter1", 1);
            died = dies(steps, doomed -> {
                doomed.onboard(onboarding, ALICE);
                return AccessKey.generate(new java.security.SecureRandom());
            });
            ring.onboard(onboarding, ALICE);
            try (AccessKey key = server.issue(organisation);
                    CassandraManager theirs = ring.open(key, FROM)) {
                assertThat(theirs.keyspace()).contains(KeyServer.keyspaceOf(organisation));
                ring.revoke(key.id(), ALICE);
            }
            assertThat(server.root()
                            .execute("SELECT resource FROM system_auth.role_permissions WHERE role = '"
                                    + server.keyspace() + "_issuer'")
                            .all())
                    .noneMatch(row -> row.getString("resource").equals("data/" + KeyServer.keyspaceOf(organisation)));
            assertThat(++steps).isLessThan(MOST_STEPS);
        }
        assertThat(steps).isGreaterThan(8);
    }

    @Test
    void a_key_that_took_too_long_to_make_is_not_handed_out() {
        // Its clock is slow: to the other hosts it began 11 minutes ago.
        CassandraKeyRing slow = server.ring(
                CassandraManager.of(new SweepingSession(server.issuer().unwrap(), later).session()));

        Set<String> rolesBefore = keyRoles();
        Set<String> openBefore = rolesOfOpenKeys();
        assertThatThrownBy(() -> slow.issue(KeyRequest.of(server.acme()), ALICE))
                .isInstanceOfSatisfying(
                        KeywharfException.class, e -> assertThat(e.code()).isEqualTo("key.took_too_long"));
        assertThat(rolesOfOpenKeys()).isEqualTo(openBefore);
        later.sweep();
        assertThat(keyRoles()).isEqualTo(rolesBefore);
    }
}
