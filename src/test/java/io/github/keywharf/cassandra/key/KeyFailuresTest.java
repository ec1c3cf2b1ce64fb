package io.github.keywharf.cassandra.key;

import static io.github.keywharf.cassandra.key.KeyRefusals.assertCode;
import static io.github.keywharf.cassandra.key.KeyServer.ALICE;
import static io.github.keywharf.cassandra.key.KeyServer.forged;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.cassandra.CassandraManager;
import io.github.keywharf.key.AccessKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KeyFailuresTest {
    private static final AtomicInteger HOSTS = new AtomicInteger();

    private final KeyServer server = KeyServer.shared();
    private final CassandraKeyRing ring = server.ring(options -> options.failures(3, 6, Duration.ofMinutes(5)));
    private final String attacker = "203.0.113." + HOSTS.incrementAndGet();
    private final String home = "198.51.100." + HOSTS.incrementAndGet();

    private int rows(String bucket) {
        return server.root()
                .execute("SELECT at FROM " + server.keyspace() + ".key_failure WHERE bucket = '" + bucket + "'")
                .all()
                .size();
    }

    @Test
    void a_flood_of_wrong_secrets_is_stopped_and_does_not_lock_the_holder_out_elsewhere() {
        AccessKey key = server.issue(server.acme());
        for (int i = 0; i < 3; i++) {
            assertCode("key.refused", () -> ring.check(forged(key), attacker));
        }

        assertCode("key.rate_limited", () -> ring.check(forged(key), attacker));
        assertCode("key.rate_limited", () -> ring.open(key, attacker));
        assertThat(ring.check(key, home).keyId()).isEqualTo(key.id());
    }

    @Test
    void what_is_refused_for_the_limit_writes_nothing() {
        AccessKey key = server.issue(server.acme());
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> ring.check(forged(key), attacker));
        }

        assertThat(rows("key " + key.id() + " from " + attacker)).isEqualTo(3);
        assertThat(rows("from " + attacker)).isEqualTo(3);
    }

    @Test
    void ids_that_nobody_has_count_as_others_do_so_that_nobody_learns_which_exist() {
        AccessKey known = server.issue(server.acme());
        AccessKey wrong = forged(known);
        AccessKey unknown = AccessKey.generate(new SecureRandom());
        String other = "203.0.113." + HOSTS.incrementAndGet();

        assertThat(answers(unknown, other))
                .isEqualTo(answers(wrong, attacker))
                .containsSequence("key.refused", "key.rate_limited");
        assertThat(ring.check(known, home).keyId()).isEqualTo(known.id());
    }

    private List<String> answers(AccessKey key, String from) {
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            try {
                answers.add(ring.check(key, from).keyId());
            } catch (KeywharfException e) {
                answers.add(e.code());
            }
        }
        return answers;
    }

    @Test
    void whoever_makes_up_ids_is_stopped_and_makes_no_more_rows_than_the_limit_of_an_origin() {
        AccessKey key = server.issue(server.acme());
        List<AccessKey> made = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            AccessKey unknown = AccessKey.generate(new SecureRandom());
            made.add(unknown);
            assertThatThrownBy(() -> ring.check(unknown, attacker));
        }

        assertCode("key.rate_limited", () -> ring.check(key, attacker));
        assertThat(ring.check(key, home).keyId()).isEqualTo(key.id());
        assertThat(rows("from " + attacker)).isEqualTo(6);
        assertThat(made.stream()
                        .mapToInt(one -> rows("key " + one.id() + " from " + attacker))
                        .sum())
                .isEqualTo(6);
    }

    @Test
    void a_client_that_goes_on_with_a_key_that_has_ended_hinders_nobody_at_its_address() {
        AccessKey ended = server.issue(server.acme());
        AccessKey other = server.issue(server.acme());
        ring.revoke(ended.id(), ALICE);
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(() -> ring.check(ended, home));
        }

        assertCode("key.rate_limited", () -> ring.check(ended, home));
        assertThat(ring.check(other, home).keyId()).isEqualTo(other.id());
    }

    @Test
    void hosts_share_what_they_count() {
        AccessKey key = server.issue(server.acme());
        try (CassandraManager another = server.anotherIssuer()) {
            CassandraKeyRing other = server.builder(another)
                    .failures(3, 6, Duration.ofMinutes(5))
                    .build();
            assertCode("key.refused", () -> ring.check(forged(key), attacker));
            assertCode("key.refused", () -> other.check(forged(key), attacker));
            assertCode("key.refused", () -> ring.check(forged(key), attacker));

            assertCode("key.rate_limited", () -> other.check(key, attacker));
        }
    }

    @Test
    void failures_are_forgotten() {
        CassandraKeyRing shortly = server.ring(options -> options.failures(1, 6, Duration.ofSeconds(5)));
        AccessKey key = server.issue(server.acme());
        assertCode("key.refused", () -> shortly.check(forged(key), attacker));
        assertCode("key.rate_limited", () -> shortly.check(key, attacker));

        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> shortly.check(key, attacker).keyId().equals(key.id()));
    }

    @Test
    void limits_are_bounded() {
        CassandraKeyRing.Builder options = CassandraKeyRing.builder(server.issuer());

        assertThatThrownBy(() -> options.failures(0, 1, Duration.ofMinutes(1)))
                .hasMessage("perKey must be from 1 to 1000, but is 0");
        assertThatThrownBy(() -> options.failures(1, 1_001, Duration.ofMinutes(1)))
                .hasMessageContaining("1001");
        assertThatThrownBy(() -> options.failures(1, 1, Duration.ofMillis(1))).hasMessageContaining("PT0.001S");
    }

    @Test
    void an_unknown_key_and_a_wrong_one_are_refused_alike() {
        AccessKey key = server.issue(server.acme());
        AccessKey wrong = forged(key);
        AccessKey unknown = AccessKey.generate(new SecureRandom());

        assertThatThrownBy(() -> ring.check(wrong, attacker))
                .satisfies(of -> assertThatThrownBy(() -> ring.check(unknown, attacker))
                        .hasMessage(of.getMessage().replace(key.id(), unknown.id())));
    }
}
