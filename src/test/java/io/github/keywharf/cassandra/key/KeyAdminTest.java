package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyRefusals.assertCode;
import static io.github.keywharf.cassandra.key.KeyRefusals.assertDenied;
import static io.github.keywharf.cassandra.key.KeyServer.ALICE;
import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static io.github.keywharf.cassandra.key.KeyServer.keyspaceOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlSession;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.KeyDescription;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.key.KeyState;
import io.github.keywharf.testing.CassandraServer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyAdminTest {
    private static final int THREADS = 16;

    private static KeyServer server;
    private CassandraKeyRing ring;

    @BeforeAll
    static void setUp() {
        server = KeyServer.newRing(CassandraServer.shared());
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @BeforeEach
    void withoutAdmin() {
        ring = server.ring();
        server.root().execute("DELETE FROM " + server.keyspace() + ".admin_key WHERE name = 'admin' IF EXISTS");
        ring.sweep();
    }

    @Test
    void of_many_who_make_the_admin_concurrently_one_does_and_the_others_learn_which() throws Exception {
        List<AccessKey> won = new ArrayList<>();
        List<KeywharfException> lost = new ArrayList<>();
        try (CassandraManager other = server.anotherIssuer()) {
            List<CassandraKeyRing> rings = List.of(ring, server.ring(other));
            race(i -> rings.get(i % 2).issue(KeyRequest.admin(), ALICE), won, lost);
        }

        assertThat(won).hasSize(1);
        String winner = won.get(0).id();
        assertThat(lost).hasSize(THREADS - 1).allSatisfy(e -> {
            assertThat(e.code()).isEqualTo("key.admin_exists");
            assertThat(e.getMessage()).contains(winner);
        });
        assertOneAdmin(won.get(0));
        assertThat(adminRoles()).containsExactly(KeyNames.roleOfKey(winner));
    }

    @Test
    void of_many_who_rotate_the_admin_concurrently_one_key_is_the_admins_in_the_end() throws Exception {
        AccessKey first = ring.issue(KeyRequest.admin(), ALICE);
        List<AccessKey> won = new ArrayList<>();
        List<KeywharfException> lost = new ArrayList<>();
        try (CassandraManager other = server.anotherIssuer()) {
            List<CassandraKeyRing> rings = List.of(ring, server.ring(other));
            race(i -> rings.get(i % 2).rotateAdmin(KeyRequest.admin(), ALICE), won, lost);
        }

        assertThat(won).isNotEmpty();
        assertThat(lost).extracting(KeywharfException::code).containsOnly("key.admin_changed");
        List<AccessKey> valid = new ArrayList<>();
        for (AccessKey key : won) {
            if (opens(key)) {
                valid.add(key);
            }
        }
        assertThat(valid).hasSize(1);
        assertThat(opens(first)).isFalse();
        assertOneAdmin(valid.get(0));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_claim_of_which_nobody_knows_what_became_is_decided_by_reading(boolean carriedOut) {
        CqlSession uncertain = UncertainSession.on(server.issuer().unwrap(), "admin_key", carriedOut);

        AccessKey key = server.ring(CassandraManager.of(uncertain)).issue(KeyRequest.admin(), ALICE);

        assertOneAdmin(key);
        assertThat(adminRoles()).containsExactly(KeyNames.roleOfKey(key.id()));
    }

    private boolean opens(AccessKey key) {
        try {
            ring.check(key, FROM);
            return true;
        } catch (KeywharfException e) {
            assertThat(e.code()).isEqualTo("key.revoked");
            return false;
        }
    }

    private interface Attempt {
        AccessKey by(int thread);
    }

    private static void race(Attempt attempt, List<AccessKey> won, List<KeywharfException> lost) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            List<Callable<AccessKey>> tasks = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                tasks.add(() -> {
                    start.await();
                    return attempt.by(thread);
                });
            }
            for (Future<AccessKey> outcome : threads.invokeAll(tasks)) {
                try {
                    won.add(outcome.get());
                } catch (ExecutionException e) {
                    assertThat(e.getCause()).isInstanceOf(KeywharfException.class);
                    lost.add((KeywharfException) e.getCause());
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void assertOneAdmin(AccessKey admin) {
        assertThat(ring.list().stream()
                        .filter(key -> key.isAdmin() && key.state().isOpen()))
                .extracting(KeyDescription::id)
                .containsExactly(admin.id());
        ring.open(admin, FROM).close();
    }

    /** The server's own word on who is the Admin. */
    private List<String> adminRoles() {
        return server
                .root()
                .execute("SELECT member FROM system_auth.role_members WHERE role = '" + server.keyspace() + "_admin'")
                .all()
                .stream()
                .map(row -> row.getString("member"))
                .toList();
    }

    @Test
    void the_admin_opens_all_organisations_and_no_more() {
        Organisation acme = server.acme();
        AccessKey admin = ring.issue(KeyRequest.admin().withLabel("the boss"), ALICE);
        try (CassandraManager all = ring.open(admin, FROM)) {
            Organisation later = server.onboarded();
            for (Organisation organisation : List.of(acme, later)) {
                await().untilAsserted(
                                () -> assertThat(all.execute("SELECT * FROM " + keyspaceOf(organisation) + ".note")
                                                .table()
                                                .size())
                                        .isEqualTo(1));
            }
            assertDenied(all, "SELECT * FROM " + server.keyspace() + ".access_key");
            assertDenied(all, "SELECT * FROM system_auth.roles");
            assertDenied(all, "CREATE ROLE mine");
        }
        assertThat(ring.check(admin, FROM).isAdmin()).isTrue();
    }

    @Test
    void the_admins_key_is_replaced_and_the_old_one_ends_immediately() {
        server.acme();
        AccessKey first = ring.issue(KeyRequest.admin(), ALICE);

        AccessKey second = ring.rotateAdmin(KeyRequest.admin(), ALICE);

        assertCode("key.revoked", () -> ring.open(first, FROM));
        assertThat(ring.describe(first.id()).state()).isEqualTo(KeyState.REVOKED);
        assertOneAdmin(second);
        assertThat(adminRoles()).containsExactly(KeyNames.roleOfKey(second.id()));
    }

    @Test
    void the_admins_key_can_only_be_rotated() {
        AccessKey admin = ring.issue(KeyRequest.admin(), ALICE);

        assertCode("key.is_admin", () -> ring.revoke(admin.id(), ALICE));
        assertCode("key.is_admin", () -> ring.expire(admin.id(), Instant.EPOCH, ALICE));
        assertCode("key.is_admin", () -> ring.rotate(admin.id(), Duration.ZERO, ALICE));
    }

    @Test
    void there_is_nothing_to_rotate_before_there_is_an_admin() {
        assertCode("key.no_admin", () -> ring.rotateAdmin(KeyRequest.admin(), ALICE));
    }

    @Test
    void an_expired_admin_is_rotated_after_a_sweep() {
        AccessKey admin = ring.issue(KeyRequest.admin().validFor(Duration.ofDays(1)), ALICE);
        CassandraKeyRing later =
                server.ring(options -> options.clock(() -> Instant.now().plus(Duration.ofDays(2))));

        assertThat(later.sweep().expired()).isEqualTo(1);
        assertCode("key.expired", () -> later.check(admin, FROM));
        AccessKey next = later.rotateAdmin(KeyRequest.admin(), ALICE);

        assertThat(later.check(next, FROM).isAdmin()).isTrue();
        assertThat(later.sweep().isEmpty()).isTrue();
    }

    @Test
    void a_copy_of_the_admins_record_opens_nothing_even_when_the_row_names_it() {
        AccessKey admin = ring.issue(KeyRequest.admin(), ALICE);
        AccessKey made = AccessKey.generate(new SecureRandom());
        String table = server.keyspace() + ".access_key";
        KeyForgeriesTest.copy(server.root(), table, admin, made);
        server.root()
                .execute("UPDATE " + server.keyspace() + ".admin_key SET key_id = '" + made.id()
                        + "' WHERE name = 'admin'");
        try {
            assertCode("key.refused", () -> ring.open(made, FROM));
            assertCode("key.revoked", () -> ring.open(admin, FROM));
        } finally {
            server.root().execute("DELETE FROM " + table + " WHERE id = '" + made.id() + "'");
        }
    }

    @Test
    void a_second_admin_record_that_somebody_wrote_opens_nothing() {
        AccessKey admin = ring.issue(KeyRequest.admin(), ALICE);
        server.root().execute("UPDATE " + server.keyspace() + ".admin_key SET key_id = 'other' WHERE name = 'admin'");

        assertCode("key.revoked", () -> ring.open(admin, FROM));
    }
}
