package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyServer.ALICE;
import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import io.github.keywharf.cassandra.AnswersSession;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.cassandra.SessionProxy;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.KeyDescription;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.key.KeyState;
import io.github.keywharf.testing.Background;
import io.github.keywharf.testing.CassandraServer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What others do, or what fails by an Error, in the middle of making, replacing and ending keys. */
class KeyMidwayTest {
    private static final String ACTIVATE = "SET state = 'ACTIVE'";
    private static final String LINK = "SET replaced_by = ?";
    private static final String END = "SET state = ?, ended = ?";

    private static KeyServer server;

    @BeforeAll
    static void setUp() {
        server = KeyServer.newRing(CassandraServer.shared());
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static CassandraKeyRing ring(CqlSession session) {
        return server.ring(CassandraManager.of(session));
    }

    /** A ring on which something is done once, right before or after the first statement that contains a text. */
    @SuppressWarnings("FutureReturnValueIgnored") // the driver's caller gets it
    private static CassandraKeyRing with(String text, boolean before, Runnable what) {
        AtomicBoolean done = new AtomicBoolean();
        return ring(SessionProxy.of(server.issuer().unwrap(), (method, arguments, real) -> {
            boolean now = method.equals("executeAsync")
                    && SessionProxy.cql(arguments[0]).contains(text)
                    && done.compareAndSet(false, true);
            if (!now) {
                return real.call(arguments);
            }
            // Not on the driver's own threads, which must not wait.
            return Background.supply(() -> {
                if (before) {
                    what.run();
                }
                Object result = stage(real, arguments).join();
                if (!before) {
                    what.run();
                }
                return result;
            });
        }));
    }

    private static CompletableFuture<?> stage(SessionProxy.Real real, Object[] arguments) {
        try {
            return ((CompletionStage<?>) real.call(arguments)).toCompletableFuture();
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** A ring on which statements that contain a text are carried out, and their answer is an Error. */
    private static CassandraKeyRing failing(String text) {
        return ring(AnswersSession.on(
                server.issuer().unwrap(),
                text,
                stage -> stage.thenCompose(done ->
                        CompletableFuture.<AsyncResultSet>failedFuture(new StackOverflowError("of the test")))));
    }

    private static List<String> outcomes(String action, String keyId) {
        return server
                .root()
                .execute("SELECT action, outcome, key_id FROM " + server.keyspace() + ".key_audit")
                .all()
                .stream()
                .filter(row -> action.equals(row.getString("action")) && keyId.equals(row.getString("key_id")))
                .map(row -> row.getString("outcome"))
                .toList();
    }

    private static Optional<String> admin() {
        return Optional.ofNullable(server.root()
                        .execute("SELECT key_id FROM " + server.keyspace() + ".admin_key WHERE name = 'admin'")
                        .one())
                .map(row -> row.getString(0));
    }

    private static boolean roleExists(String keyId) {
        return server.root()
                        .execute("SELECT role FROM system_auth.roles WHERE role = '" + KeyNames.roleOfKey(keyId) + "'")
                        .one()
                != null;
    }

    @Test
    void a_key_that_is_revoked_while_it_is_being_replaced_has_its_entry_of_that_too() {
        AccessKey old = server.issue(server.acme());
        AccessKey next = with(ACTIVATE, false, () -> server.ring().revoke(old.id(), ALICE))
                .rotate(old.id(), Duration.ZERO, ALICE);

        server.ring().check(next, FROM);
        KeyRefusals.assertCode("key.revoked", () -> server.ring().check(old, FROM));
        assertThat(outcomes("revoke", old.id())).containsExactly("ok");
        assertThat(outcomes("replace", old.id())).containsExactly("ok");
        assertThat(roleExists(old.id())).isFalse();
    }

    @Test
    void a_key_whose_end_is_brought_forward_while_it_is_being_replaced_is_replaced_all_the_same() {
        AccessKey old = server.issue(server.acme());
        Instant end = Instant.now().plus(Duration.ofHours(2));
        AccessKey next = with(LINK, true, () -> server.ring().expire(old.id(), end, ALICE))
                .rotate(old.id(), Duration.ofDays(1), ALICE);

        KeyDescription record = server.ring().describe(old.id());
        assertThat(record.replacedBy()).contains(next.id());
        assertThat(record.expires()).isBeforeOrEqualTo(end);
        server.ring().check(next, FROM);
        server.ring().check(old, FROM);
    }

    @Test
    void a_key_that_an_error_ended_the_making_of_is_ended() {
        assertThatThrownBy(() -> failing(ACTIVATE).issue(KeyRequest.of(server.globex()), ALICE))
                .isInstanceOf(StackOverflowError.class);

        assertThat(server.ring().list(server.globex())).singleElement().satisfies(key -> {
            assertThat(key.state()).isEqualTo(KeyState.REVOKED);
            assertThat(roleExists(key.id())).isFalse();
        });
    }

    @Test
    void a_rotation_that_an_error_ended_leaves_the_old_key_as_it_was_or_is_done() {
        AccessKey old = server.issue(server.acme());
        assertThatThrownBy(() -> failing(LINK).rotate(old.id(), Duration.ofHours(1), ALICE))
                .isInstanceOf(StackOverflowError.class);
        server.ring().check(old, FROM);
        assertThat(server.ring().describe(old.id()).replacedBy()).isEmpty();

        assertThatThrownBy(() -> failing(ACTIVATE).rotate(old.id(), Duration.ofHours(1), ALICE))
                .isInstanceOf(StackOverflowError.class);
        assertThat(server.ring().describe(old.id()).replacedBy()).isEmpty();

        // The end of the old key is written, and the new one is shown only once.
        AccessKey next = failing("SET ends = ?").rotate(old.id(), Duration.ofHours(1), ALICE);
        assertThat(server.ring().describe(old.id()).replacedBy()).contains(next.id());
        server.ring().check(next, FROM);
    }

    @Test
    void a_key_whose_end_is_set_while_it_is_issued_ends_then() {
        Instant end = Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.MILLIS);
        CassandraKeyRing ring = with(
                ACTIVATE,
                true,
                () -> server.ring().list().stream()
                        .filter(key -> key.state() == KeyState.ISSUING)
                        .forEach(key -> server.ring().expire(key.id(), end, ALICE)));
        try (AccessKey key = ring.issue(KeyRequest.of(server.acme()), ALICE)) {
            assertThat(server.ring().describe(key.id()).expires()).isEqualTo(end);
            assertThat(server.ring().describe(key.id()).state()).isEqualTo(KeyState.ACTIVE);
        }
    }

    @Test
    void the_admins_place_is_nobodys_or_a_holders_after_an_error() {
        assertThatThrownBy(() -> failing(ACTIVATE).issue(KeyRequest.admin(), ALICE))
                .isInstanceOf(StackOverflowError.class);
        assertThat(admin()).isEmpty();

        AccessKey first = server.ring().issue(KeyRequest.admin(), ALICE);
        assertThatThrownBy(() -> failing(ACTIVATE).rotateAdmin(KeyRequest.admin(), ALICE))
                .isInstanceOf(StackOverflowError.class);
        server.ring().check(first, FROM);

        AccessKey second = failing(END).rotateAdmin(KeyRequest.admin(), ALICE);
        server.ring().check(second, FROM);
        KeyRefusals.assertCode("key.revoked", () -> server.ring().check(first, FROM));
        second.close();

        // A sweep, or a check of open sessions, in the middle of a rotation that fails leaves the key before valid.
        server.root().execute("DELETE FROM " + server.keyspace() + ".admin_key WHERE name = 'admin' IF EXISTS");
        server.ring().sweep();
        AccessKey third = server.ring().issue(KeyRequest.admin(), ALICE);
        CassandraKeyRing swept = with(ACTIVATE, true, () -> {
            server.ring().sweep();
            server.root()
                    .execute("UPDATE " + server.keyspace() + ".access_key SET state = 'REVOKED' WHERE id = '"
                            + admin().orElseThrow() + "' IF EXISTS");
        });
        KeyRefusals.assertCode("key.took_too_long", () -> swept.rotateAdmin(KeyRequest.admin(), ALICE));
        server.ring().check(third, FROM);
    }
}
