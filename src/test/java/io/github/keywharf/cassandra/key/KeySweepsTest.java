package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyRefusals.assertCode;
import static io.github.keywharf.cassandra.key.KeyRefusals.assertDenied;
import static io.github.keywharf.cassandra.key.KeyServer.ALICE;
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
import io.github.keywharf.testing.CassandraServer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is done by itself goes on when a part of it fails. */
class KeySweepsTest {
    private final KeyServer server = KeyServer.newRing(CassandraServer.shared());
    private final CassandraKeyRing ring = server.ring();
    private final CassandraKeyRing later =
            server.ring(options -> options.clock(() -> Instant.now().plus(Duration.ofDays(366))));

    @AfterEach
    void close() {
        server.close();
    }

    private boolean roleExists(AccessKey key) {
        return server.root()
                        .execute("SELECT role FROM system_auth.roles WHERE role = '" + KeyNames.roleOfKey(key.id())
                                + "'")
                        .one()
                != null;
    }

    @Test
    void the_roles_of_ended_keys_go_also_when_the_role_of_their_organisation_was_dropped() {
        Organisation acme = server.onboarded();
        AccessKey revoked = server.issue(acme);
        AccessKey expired = ring.issue(KeyRequest.of(acme).validFor(Duration.ofSeconds(1)), ALICE);
        AccessKey offboarded = server.issue(acme);
        server.root().execute("DROP ROLE " + server.roleCql(acme));
        // The server authorizes before it looks whether there is such a role.
        await().untilAsserted(() -> assertDenied(
                server.issuer(), "REVOKE " + server.roleCql(acme) + " FROM " + KeyNames.roleOfKey(revoked.id())));

        ring.revoke(revoked.id(), ALICE);
        assertThat(roleExists(revoked)).isFalse();

        await().until(() -> ring.describe(expired.id()).state() == KeyState.EXPIRED);
        assertThat(ring.sweep().expired()).isEqualTo(1);
        assertThat(roleExists(expired)).isFalse();

        assertThat(ring.offboard(acme, ALICE)).hasSize(1);
        assertThat(roleExists(offboarded)).isFalse();
    }

    @Test
    void a_membership_that_the_librarys_role_may_no_longer_end_keeps_no_expired_key_and_no_other_membership() {
        Organisation acme = server.onboarded();
        Organisation globex = server.onboarded();
        AccessKey key = server.issue(acme);
        String issuer = server.keyspace() + "_issuer";
        CassandraManager thief = server.issuer();
        thief.unwrap().execute("GRANT " + server.roleCql(acme) + " TO " + issuer);
        thief.unwrap().execute("GRANT " + server.roleCql(globex) + " TO " + issuer);
        thief.unwrap().execute("REVOKE AUTHORIZE ON ROLE " + server.roleCql(acme) + " FROM " + issuer);
        await().untilAsserted(() -> assertDenied(thief, "REVOKE " + server.roleCql(acme) + " FROM " + issuer));

        assertThatThrownBy(later::sweep).hasMessageContaining(server.role(acme));
        assertCode("key.sweep_incomplete", later::sweep);

        assertThat(roleExists(key)).isFalse();
        assertThat(ring.describe(key.id()).state()).isEqualTo(KeyState.EXPIRED);
        assertThat(server.root()
                        .execute("SELECT member_of FROM system_auth.roles WHERE role = '" + issuer + "'")
                        .one()
                        .getSet("member_of", String.class))
                .containsExactly(server.role(acme));
    }

    @Test
    void the_place_of_an_admin_who_never_was_is_free_again_also_when_its_role_cannot_be_dropped() {
        AccessKey dead = ring.issue(KeyRequest.admin(), ALICE);
        server.root()
                .execute("UPDATE " + server.keyspace() + ".access_key SET state = 'REVOKED' WHERE id = '" + dead.id()
                        + "' IF EXISTS");
        server.root().execute("ALTER ROLE " + KeyNames.roleOfKey(dead.id()) + " WITH SUPERUSER = true");

        assertCode("key.sweep_incomplete", ring::sweep);

        ring.issue(KeyRequest.admin(), ALICE).close();
        server.root().execute("ALTER ROLE " + KeyNames.roleOfKey(dead.id()) + " WITH SUPERUSER = false");
        await().untilAsserted(() -> assertThat(ring.sweep().cleared()).isEqualTo(1));
        assertThat(roleExists(dead)).isFalse();
    }

    @Test
    void an_error_does_not_end_what_is_repeated() {
        AtomicInteger times = new AtomicInteger();
        try (KeyDuties duties = new KeyDuties(server.issuer().unwrap())) {
            Future<?> repeated = duties.check(Duration.ofMillis(10), () -> {
                throw new AssertionError("check " + times.incrementAndGet());
            });
            AtomicInteger sweeps = new AtomicInteger();
            Future<?> swept = duties.sweep(Duration.ZERO, Duration.ofMillis(10), () -> {
                throw new IllegalArgumentException("sweep " + sweeps.incrementAndGet());
            });

            await().until(() -> times.get() > 2 && sweeps.get() > 2);
            assertThat(repeated).isNotDone();
            assertThat(swept).isNotDone();
        }
    }

    @Test
    void a_key_that_cannot_be_read_keeps_the_sessions_of_no_other_open() {
        List<CqlSession> ended = new ArrayList<>();
        List<CqlSession> unreadable = new ArrayList<>();
        try (KeyDuties duties = new KeyDuties(server.issuer().unwrap())) {
            KeySessions sessions = new KeySessions(duties, InstantSource.system(), Duration.ofMillis(50), id -> {
                if (id.startsWith("unreadable")) {
                    throw new AssertionError(id);
                }
                return Optional.empty();
            });
            Instant end = Instant.now().plus(Duration.ofHours(1));
            for (int i = 0; i < 5; i++) {
                unreadable.add(closeable());
                sessions.watch(unreadable.get(i), "unreadable" + i, end);
                ended.add(closeable());
                sessions.watch(ended.get(i), "ended" + i, end);
            }

            await().until(() -> ended.stream().allMatch(CqlSession::isClosed));
            assertThat(unreadable).noneMatch(CqlSession::isClosed);
            unreadable.forEach(CqlSession::closeAsync);
        }
    }

    @Test
    void a_session_stays_open_until_its_keys_end_by_a_clock_that_was_set_back() {
        Instant start = Instant.parse("2026-01-01T00:00:00Z");
        AtomicReference<Instant> now = new AtomicReference<>(start);
        try (KeyDuties duties = new KeyDuties(server.issuer().unwrap())) {
            KeySessions sessions = new KeySessions(duties, now::get, Duration.ofHours(1), id -> Optional.empty());
            CqlSession early = closeable();
            sessions.watch(early, "one", start.plusMillis(100));
            now.set(start.minus(Duration.ofHours(1)));
            CqlSession later = closeable();
            sessions.watch(later, "two", now.get().plusMillis(500));
            now.set(now.get().plusMillis(500));

            await().until(later::isClosed);
            assertThat(early.isClosed()).isFalse();
            early.closeAsync();
        }
    }

    /** A session of which only the closing is pretended. */
    private CqlSession closeable() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        return SessionProxy.of(server.issuer().unwrap(), (method, arguments, real) -> switch (method) {
            case "closeAsync" -> {
                closed.complete(null);
                yield closed;
            }
            case "closeFuture" -> closed;
            case "isClosed" -> closed.isDone();
            default -> real.call(arguments);
        });
    }

    @Test
    void a_host_that_sweeps_seldom_leaves_the_others_their_turns_and_one_whose_sweep_fails_gives_its_turn_back() {
        SweepTurns seldom = turns();
        SweepTurns often = turns();
        assertThat(seldom.take(Duration.ofDays(1))).isTrue();
        assertThat(server.root()
                        .execute("SELECT ttl(set_by) FROM " + server.keyspace() + ".admin_key WHERE name = 'sweep'")
                        .one()
                        .getInt(0))
                .isBetween(400, 540);
        often.release();
        assertThat(often.take(Duration.ofSeconds(1))).isFalse();
        seldom.release();

        assertThatThrownBy(() -> seldom.inTurn(Duration.ofDays(1), () -> {
                    throw new AssertionError("a sweep that fails");
                }))
                .hasMessage("a sweep that fails");

        AtomicInteger sweeps = new AtomicInteger();
        often.inTurn(Duration.ofMinutes(1), sweeps::incrementAndGet);
        seldom.inTurn(Duration.ofDays(1), sweeps::incrementAndGet);
        assertThat(sweeps).hasValue(1);
    }

    private SweepTurns turns() {
        KeyStatements statements = new KeyStatements(server.issuer());
        return new SweepTurns(statements, new KeyNames(server.keyspace()), InstantSource.system());
    }
}
