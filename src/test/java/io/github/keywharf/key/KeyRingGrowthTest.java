package io.github.keywharf.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.Organisation;
import io.github.keywharf.testing.CountingStore;
import io.github.keywharf.testing.GrowthCheck;
import io.github.keywharf.testing.ManualClock;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A ring in a store costs what its keys need, however many checks and changes there were. */
class KeyRingGrowthTest {
    private static final Organisation ACME = Organisation.of("acme");
    private static final Actor ALICE = Actor.of("alice", "10.1.2.3");
    private static final String FROM = "192.0.2.1";

    private final CountingStore store = CountingStore.inMemory();
    private final ManualClock clock = new ManualClock();
    private final KeyRing ring = KeyRing.inStore(store, clock, new SecureRandom(), KeyRing.DEFAULT_REFRESH);

    @Test
    void a_check_after_the_refresh_is_over() throws Exception {
        AccessKey key = ring.issue(KeyRequest.of(ACME), ALICE);
        GrowthCheck.of("a check").store(store).last(10_000).run(number -> {
            clock.advance(KeyRing.DEFAULT_REFRESH.plusSeconds(1));
            assertThat(ring.check(key, FROM).organisation()).contains(ACME);
        });
    }

    @Test
    void a_key_that_is_extended_by_the_day() throws Exception {
        AccessKey key = ring.issue(KeyRequest.of(ACME), ALICE);
        GrowthCheck.of("a new expiry").store(store).run(number -> {
            clock.advance(Duration.ofHours(1));
            ring.expire(key.id(), clock.instant().plus(Duration.ofDays(30)), ALICE);
        });
    }
}
