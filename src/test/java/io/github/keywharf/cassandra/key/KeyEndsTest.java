package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyRefusals.assertCode;
import static io.github.keywharf.cassandra.key.KeyServer.ALICE;
import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.CqlSession;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.SessionProxy;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.key.KeyState;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Sessions and roles end with their keys, whoever ended these, and by themselves. */
class KeyEndsTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final KeyServer server = KeyServer.shared();
    /** Another host's, which does not know of the sessions. */
    private final CassandraKeyRing elsewhere = server.ring();

    private final CassandraKeyRing ring = server.ring(options -> options.recheck(Duration.ofSeconds(1)));

    private static void awaitClosed(CassandraManager session) {
        await().atMost(SOON).until(() -> session.unwrap().isClosed());
    }

    @Test
    void a_session_ends_with_the_grace_of_a_rotation_that_came_after_it_was_opened() {
        AccessKey key = server.issue(server.acme());
        try (CassandraManager theirs = ring.open(key, FROM)) {
            elsewhere.rotate(key.id(), Duration.ofSeconds(3), ALICE);

            assertThat(theirs.unwrap().isClosed()).isFalse();
            awaitClosed(theirs);
            assertThat(Instant.now()).isAfterOrEqualTo(ring.describe(key.id()).expires());
        }
    }

    @Test
    void a_session_ends_at_an_end_that_was_brought_forward_twice() {
        AccessKey key = server.issue(server.acme());
        try (CassandraManager theirs = ring.open(key, FROM)) {
            elsewhere.expire(key.id(), Instant.now().plus(Duration.ofHours(1)), ALICE);
            elsewhere.expire(key.id(), Instant.now().plusSeconds(2), ALICE);

            awaitClosed(theirs);
        }
    }

    @Test
    void a_session_closes_after_its_key_was_revoked_elsewhere() {
        AccessKey key = server.issue(server.acme());
        try (CassandraManager theirs = ring.open(key, FROM);
                CassandraManager second = ring.open(key, FROM)) {
            elsewhere.revoke(key.id(), ALICE);

            awaitClosed(theirs);
            awaitClosed(second);
        }
    }

    @Test
    void an_end_cannot_be_put_off() {
        AccessKey key = server.issue(server.acme());
        Instant end =
                elsewhere.expire(key.id(), Instant.now().plusSeconds(5), ALICE).expires();
        try (CassandraManager theirs = ring.open(key, FROM)) {
            assertThat(elsewhere
                            .expire(key.id(), end.plus(Duration.ofHours(1)), ALICE)
                            .expires())
                    .isEqualTo(end);
            awaitClosed(theirs);
            assertCode("key.expired", () -> ring.open(key, FROM));
        }
    }

    @Test
    void other_sessions_are_left_open() {
        AccessKey key = server.issue(server.acme());
        AccessKey other = server.issue(server.acme());
        try (CassandraManager theirs = ring.open(key, FROM);
                CassandraManager others = ring.open(other, FROM)) {
            elsewhere.revoke(key.id(), ALICE);
            awaitClosed(theirs);

            assertThat(others.execute("SELECT * FROM note").table().size()).isEqualTo(1);
        }
    }

    @Test
    void a_ring_sweeps_by_itself_when_it_is_its_turn() {
        try (KeyServer own = KeyServer.newRing(server.server())) {
            Organisation acme = own.onboarded();
            String turns = own.keyspace() + ".admin_key";
            own.root()
                    .execute("INSERT INTO " + turns + " (name, set_by) VALUES ('sweep', 'another host') USING TTL 600");
            CassandraKeyRing sweeping = own.ring(options -> options.sweep(Duration.ofSeconds(1)));
            AccessKey key = sweeping.issue(KeyRequest.of(acme).validFor(Duration.ofSeconds(1)), ALICE);
            await().atMost(SOON).until(() -> own.ring().describe(key.id()).state() == KeyState.EXPIRED);
            await().pollDelay(Duration.ofSeconds(2)).until(() -> roleExists(key));

            own.root().execute("DELETE FROM " + turns + " WHERE name = 'sweep' IF EXISTS");

            await().atMost(SOON).until(() -> !roleExists(key));
            // The Admin's row beside it is none the wiser.
            own.ring().issue(KeyRequest.admin(), ALICE).close();
        }
    }

    private boolean roleExists(AccessKey key) {
        return server.root()
                        .execute("SELECT role FROM system_auth.roles WHERE role = '" + KeyNames.roleOfKey(key.id())
                                + "'")
                        .one()
                != null;
    }

    @Test
    void sweeps_end_with_the_manager_of_their_ring() {
        CassandraManager issuer = server.anotherIssuer();
        CassandraKeyRing own = server.ring(issuer.withKeyspace(server.keyspace()));
        SweepSchedule schedule = own.sweepEvery(Duration.ofSeconds(1));
        issuer.withKeyspace(server.keyspace()).close();
        assertThat(schedule).hasToString("SweepSchedule[running]");

        issuer.close();

        await().atMost(SOON).until(() -> schedule.toString().equals("SweepSchedule[ended]"));
        assertThatThrownBy(() -> own.sweepEvery(Duration.ofSeconds(1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void sweeps_end_with_their_ring_and_not_with_another_of_the_same_manager() {
        CassandraKeyRing own = server.ring();
        SweepSchedule schedule = own.sweepEvery(Duration.ofHours(1));
        server.ring().close();
        assertThat(schedule).hasToString("SweepSchedule[running]");

        own.close();

        await().atMost(SOON).until(() -> schedule.toString().equals("SweepSchedule[ended]"));
        assertThatThrownBy(() -> own.sweepEvery(Duration.ofSeconds(1))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_sweep_that_takes_long_delays_no_end() throws InterruptedException {
        CountDownLatch sweeping = new CountDownLatch(1);
        CompletableFuture<Object> held = new CompletableFuture<>();
        Object heldAnswer = held;
        CqlSession slow = SessionProxy.of(server.issuer().unwrap(), (method, arguments, real) -> {
            if (method.equals("executeAsync") && SessionProxy.cql(arguments[0]).endsWith(".access_key")) {
                sweeping.countDown();
                return heldAnswer;
            }
            return real.call(arguments);
        });
        AccessKey key = server.ring().issue(KeyRequest.of(server.acme()).validFor(Duration.ofSeconds(4)), ALICE);
        CassandraManager host = CassandraManager.of(slow);
        CassandraKeyRing own = server.builder(host)
                .connector((role, password, keyspace) -> KeyServer.connect(server.server(), role, password))
                .build();
        try (CassandraManager theirs = own.open(key, FROM);
                SweepSchedule schedule = own.sweepEvery(Duration.ofHours(1))) {
            assertThat(sweeping.await(30, TimeUnit.SECONDS)).isTrue();

            awaitClosed(theirs);
            assertThat(schedule).hasToString("SweepSchedule[running]");
        } finally {
            held.completeExceptionally(new IllegalStateException("the server was too slow"));
            own.close();
        }
    }

    @Test
    void intervals_are_bounded() {
        CassandraKeyRing.Builder options = CassandraKeyRing.builder(server.issuer());

        assertThatThrownBy(() -> options.recheck(Duration.ZERO)).hasMessageContaining("PT0S");
        assertThatThrownBy(() -> options.sweep(Duration.ofMillis(1))).hasMessageContaining("PT0.001S");
        assertThatThrownBy(() -> options.sweep(Duration.ofDays(2))).hasMessageContaining("PT48H");
    }

    @Test
    void what_the_server_answers_to_a_new_session_fails_in_our_words() {
        AccessKey key = server.issue(server.acme());
        CassandraKeyRing own = server.ring(options -> options.connector((role, password, keyspace) -> {
            CqlSession real = KeyServer.connect(server.server(), role, password).unwrap();
            return CassandraManager.of(SessionProxy.of(real, (method, arguments, call) -> {
                if (method.startsWith("execute")
                        && arguments[0] instanceof com.datastax.oss.driver.api.core.cql.SimpleStatement simple) {
                    return call.call(new Object[] {simple.setQuery("SELECT * FROM system_auth.roles")});
                }
                if (method.equals("execute")) {
                    return real.execute("SELECT * FROM system_auth.roles");
                }
                return call.call(arguments);
            }));
        }));

        assertCode("cassandra.denied", () -> own.open(key, FROM));
    }
}
