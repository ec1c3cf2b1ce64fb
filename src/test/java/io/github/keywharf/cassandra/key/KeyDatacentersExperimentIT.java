package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyServer.ALICE;
import static io.github.keywharf.cassandra.key.KeyServer.FROM;
import static io.github.keywharf.cassandra.key.KeyServer.forged;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.DriverException;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.KeyRequest;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.CassandraNodes;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** What goes on when one of two data centres is lost: {@code -Dkeywharf.datacenters=3} takes so many nodes for each. */
@EnabledIfSystemProperty(
        named = "keywharf.datacenters",
        matches = "[1-3]",
        disabledReason = "an experiment with two data centres, which takes minutes")
class KeyDatacentersExperimentIT {
    private static final String EAST = "east";
    private static final String WEST = "west";

    private final Map<String, String> outcomes = new TreeMap<>();

    @Test
    void with_one_of_two_data_centres_lost_nobody_can_log_in_who_must_not() {
        int each = Integer.getInteger("keywharf.datacenters");
        try (CassandraNodes nodes =
                CassandraNodes.builder().count(2 * each).datacenters(EAST, WEST).start()) {
            try (KeyServer keys = KeyServer.newRing(
                    nodes.node(0), setup -> setup.replicas(EAST, each).replicas(WEST, each))) {
                run(nodes, keys, each);
            }
        }
    }

    private void run(CassandraNodes nodes, KeyServer keys, int each) {
        Organisation acme = KeyServer.stranger();
        String data = KeyServer.keyspaceOf(acme);
        keys.ring().onboard(Onboarding.of(acme, data).creating(EAST, each).creating(WEST, each), ALICE);
        nodes.execute("CREATE TABLE " + data + ".note (id int PRIMARY KEY, text text)");
        nodes.execute("INSERT INTO " + data + ".note (id, text) VALUES (1, 'of " + acme + "')");
        AccessKey valid = keys.issue(acme);
        AccessKey ended = keys.issue(acme);
        keys.ring().revoke(ended.id(), ALICE);
        CassandraManager before = keys.ring().open(valid, FROM);

        IntStream.range(0, 2 * each)
                .filter(index -> index % 2 == 1)
                .forEach(index -> nodes.node(index).kill());

        // As long as the living nodes do not know it, requests wait for the others.
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            try {
                keys.ring().describe(valid.id());
                return true;
            } catch (KeywharfException e) {
                return e.code().equals("cassandra.unavailable");
            }
        });
        attempt(
                "session that was open reads",
                () -> before.execute("SELECT text FROM note").table().size());
        attempt("session that was open writes", () -> before.execute("INSERT INTO note (id) VALUES (2)"));
        attempt("valid key, check", () -> keys.ring().check(valid, FROM));
        attempt("valid key, open", () -> keys.ring().open(valid, FROM));
        attempt("ended key, check", () -> keys.ring().check(ended, FROM));
        attempt("ended key, open", () -> keys.ring().open(ended, FROM));
        attempt("forged key, open", () -> keys.ring().open(forged(valid), FROM));
        attempt("valid key's role, at the server", () -> login(nodes, valid));
        attempt("ended key's role, at the server", () -> login(nodes, ended));
        attempt("issue", () -> keys.issue(acme));
        attempt("rotate", () -> keys.ring().rotate(valid.id(), Duration.ofHours(1), ALICE));
        attempt("revoke", () -> keys.ring().revoke(valid.id(), ALICE));
        attempt("sweep", () -> keys.ring().sweep());
        attempt("list", () -> keys.ring().list());
        outcomes.forEach((what, outcome) -> System.out.println("two data centres: " + what + ": " + outcome));
        assertThat(outcomes.get("ended key, check")).isNotEqualTo("done");
        assertThat(outcomes.get("ended key, open")).isNotEqualTo("done");
        assertThat(outcomes.get("forged key, open")).isNotEqualTo("done");
        assertThat(outcomes.get("ended key's role, at the server")).isNotEqualTo("done");

        nodes.restart(
                IntStream.range(0, 2 * each).filter(index -> index % 2 == 1).toArray());
        await().atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(KeywharfException.class)
                .until(() -> {
                    keys.ring().open(valid, FROM).close();
                    return true;
                });
        AccessKey later = keys.ring().issue(KeyRequest.of(acme), ALICE);
        keys.ring().open(later, FROM).close();
        KeyRefusals.assertCode("key.revoked", () -> keys.ring().open(ended, FROM));
        before.close();
    }

    private static CassandraManager login(CassandraNodes nodes, AccessKey key) {
        try (Secret secret = key.secret()) {
            return CassandraManager.builder()
                    .contactPoint(nodes.node(0).host(), nodes.node(0).port())
                    .localDatacenter(EAST)
                    .credentials(KeyNames.roleOfKey(key.id()), secret)
                    .connect();
        }
    }

    private void attempt(String what, Callable<?> act) {
        long start = System.nanoTime();
        String outcome;
        try {
            Object result = act.call();
            if (result instanceof CassandraManager manager) {
                manager.close();
            }
            outcome = "done";
        } catch (KeywharfException e) {
            outcome = e.code() + ": " + e.getMessage();
        } catch (DriverException e) {
            outcome = e.toString();
        } catch (Exception e) {
            throw new AssertionError(what, e);
        }
        long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
        outcomes.put(what, outcome);
        System.out.println("two data centres: " + what + " took " + millis + " ms");
    }
}
