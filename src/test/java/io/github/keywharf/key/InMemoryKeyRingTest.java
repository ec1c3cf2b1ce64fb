package io.github.keywharf.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.Organisation;
import io.github.keywharf.testing.contract.KeyRingContract;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InMemoryKeyRingTest extends KeyRingContract {
    private static final AtomicInteger COUNT = new AtomicInteger();

    @Override
    protected KeyRing ring(InstantSource clock) {
        return KeyRing.inMemory(clock, new SecureRandom());
    }

    @Override
    protected Organisation organisation() {
        return Organisation.of("org" + COUNT.incrementAndGet());
    }

    @Test
    void the_last_use_is_kept() {
        KeyRing ring = KeyRing.inMemory();
        AccessKey key = ring.issue(KeyRequest.of(organisation()), Actor.of("alice", "here"));
        assertThat(ring.list().get(0).lastUsed()).isEmpty();

        ring.check(key, "there");

        assertThat(ring.list().get(0).lastUsed()).isPresent();
    }
}
