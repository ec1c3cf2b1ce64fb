package io.github.keywharf.cassandra;

import static io.github.keywharf.cassandra.KeyServer.ALICE;
import static io.github.keywharf.cassandra.KeyServer.keyspaceOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.key.AccessKey;
import io.github.keywharf.key.KeyDescription;
import io.github.keywharf.key.KeyRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/** Whatever is done in whatever order, the server lets a key's session reach its own organisation's data and no other's. */
class KeyTenancyIT {
    private static final Duration STATED = Duration.ofSeconds(2);

    private final KeyServer server = KeyServer.shared();
    private final CassandraKeyRing ring = server.ring();

    enum Act {
        ISSUE,
        ROTATE_WITH_GRACE,
        ROTATE,
        EXPIRE,
        REVOKE,
        SWEEP,
        ADMIT_AGAIN,
        STEAL_A_KEYSPACE
    }

    /** One act on one of the organisations or keys that there are. */
    record Step(Act act, int which) {}

    /** The model of a key: plain facts, and its session, which stays open whatever happens. */
    private static final class Held {
        final AccessKey key;
        final Organisation organisation;
        final CassandraManager session;
        boolean open = true;

        Held(AccessKey key, Organisation organisation, CassandraManager session) {
            this.key = key;
            this.organisation = organisation;
            this.session = session;
        }
    }

    @Provide
    Arbitrary<List<Step>> sequences() {
        return Combinators.combine(
                        Arbitraries.of(Act.class), Arbitraries.integers().between(0, 5))
                .as(Step::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(9);
    }

    @Property(tries = 4, shrinking = ShrinkingMode.OFF)
    void no_sequence_lets_an_organisation_reach_anothers_data(@ForAll("sequences") List<Step> steps) {
        List<Organisation> organisations = List.of(server.admitted(), server.admitted());
        Map<String, Held> keys = new LinkedHashMap<>();
        try {
            for (Organisation organisation : organisations) {
                hold(server.issue(organisation), organisation, keys);
            }
            for (Step step : steps) {
                take(step, organisations, keys);
                keys.values().forEach(held -> check(held, organisations));
                assertThat(openIds(organisations))
                        .isEqualTo(keys.values().stream()
                                .filter(held -> held.open)
                                .map(held -> held.key.id())
                                .collect(Collectors.toSet()));
            }
        } finally {
            keys.values().forEach(held -> held.session.close());
        }
    }

    private java.util.Set<String> openIds(List<Organisation> organisations) {
        return organisations.stream()
                .flatMap(organisation -> ring.list(organisation).stream())
                .filter(key -> key.state().isOpen())
                .map(KeyDescription::id)
                .collect(Collectors.toSet());
    }

    private void hold(AccessKey key, Organisation organisation, Map<String, Held> keys) {
        keys.put(key.id(), new Held(key, organisation, ring.open(key, "198.51.100.77")));
    }

    private void take(Step step, List<Organisation> organisations, Map<String, Held> keys) {
        Organisation organisation = organisations.get(step.which() % organisations.size());
        Organisation other = organisations.get((step.which() + 1) % organisations.size());
        Held held = new ArrayList<>(keys.values()).get(step.which() % keys.size());
        String id = held.key.id();
        switch (step.act()) {
            case ISSUE -> hold(ring.issue(KeyRequest.of(organisation), ALICE), organisation, keys);
            case ROTATE_WITH_GRACE, ROTATE -> {
                boolean grace = step.act() == Act.ROTATE_WITH_GRACE;
                try {
                    hold(ring.rotate(id, grace ? Duration.ofHours(1) : Duration.ZERO, ALICE), held.organisation, keys);
                    held.open = grace;
                } catch (KeywharfException e) {
                    assertThat(e.code()).isEqualTo("key.not_active");
                }
            }
            case EXPIRE -> {
                ring.expire(id, Instant.now(), ALICE);
                held.open = false;
            }
            case REVOKE -> {
                ring.revoke(id, ALICE);
                held.open = false;
            }
            case SWEEP -> ring.sweep();
            case ADMIT_AGAIN -> ring.admit(Admission.of(organisation, keyspaceOf(organisation)), ALICE);
            case STEAL_A_KEYSPACE -> {
                try {
                    ring.admit(Admission.of(organisation, keyspaceOf(other)), ALICE);
                    throw new AssertionError(organisation + " was given what is " + other + "'s");
                } catch (KeywharfException e) {
                    assertThat(e.code()).isEqualTo("key.keyspace_taken");
                }
            }
        }
    }

    private void check(Held held, List<Organisation> organisations) {
        for (Organisation organisation : organisations) {
            String data = keyspaceOf(organisation);
            if (!organisation.equals(held.organisation)) {
                attempts(held, data)
                        .forEach(cql -> assertThat(refused(held, cql))
                                .as(held.key + ": " + cql)
                                .isTrue());
            }
        }
        String own = keyspaceOf(held.organisation);
        String read = "SELECT text FROM " + own + ".note WHERE id = 1";
        if (held.open) {
            assertThat(refused(held, read)).as(held.key + " is open").isFalse();
            assertThat(held.session.unwrap().execute(read).one().getString("text"))
                    .isEqualTo("of " + held.organisation);
        } else {
            await().atMost(STATED).until(() -> refused(held, read));
            assertThat(refused(held, "INSERT INTO " + own + ".note (id) VALUES (3)"))
                    .isTrue();
        }
    }

    private List<String> attempts(Held held, String others) {
        String own = keyspaceOf(held.organisation);
        String role = KeyNames.roleOfKey(held.key.id());
        return List.of(
                "SELECT * FROM " + others + ".note",
                "INSERT INTO " + others + ".note (id, text) VALUES (1, 'taken')",
                "BEGIN BATCH INSERT INTO " + own + ".note (id) VALUES (5); DELETE FROM " + others
                        + ".note WHERE id = 1; APPLY BATCH",
                "TRUNCATE " + others + ".note",
                "SELECT * FROM system_auth.roles",
                "GRANT SELECT ON KEYSPACE " + others + " TO " + role,
                "CREATE ROLE mine_" + held.key.id(),
                "SELECT * FROM " + server.keyspace() + ".access_key");
    }

    private static boolean refused(Held held, String cql) {
        try {
            held.session.unwrap().execute(SimpleStatement.newInstance(cql));
            return false;
        } catch (UnauthorizedException e) {
            return true;
        }
    }
}
