package io.github.keywharf.key;

import io.github.keywharf.Organisation;
import io.github.keywharf.store.ObjectStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;

/** A ring in a directory. */
class DirectoryKeyRingTest extends KeyRingContract {
    private static final AtomicInteger COUNT = new AtomicInteger();

    @TempDir
    Path directory;

    @Override
    protected KeyRing ring(InstantSource clock) {
        ObjectStore folder = ObjectStore.ofDirectory(directory).under("keys");
        return KeyRing.inStore(folder, clock, new SecureRandom(), KeyRing.DEFAULT_REFRESH);
    }

    @Override
    protected Organisation organisation() {
        return Organisation.of("org" + COUNT.incrementAndGet());
    }
}
