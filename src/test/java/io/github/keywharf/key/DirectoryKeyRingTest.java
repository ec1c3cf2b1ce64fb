package io.github.keywharf.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.Organisation;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.testing.contract.KeyRingContract;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ring in a directory. */
class DirectoryKeyRingTest extends KeyRingContract {
    private static final Actor ALICE = Actor.of("alice", "10.1.2.3");
    private static final int KEYS = 30;
    private static final AtomicInteger COUNT = new AtomicInteger();

    @TempDir
    Path directory;

    /** Another process: issues keys in the directory of the first argument and revokes every third of them. */
    public static void main(String[] args) {
        System.out.println("started");
        issue(over(Path.of(args[0]), InstantSource.system())).forEach(System.out::println);
    }

    private static List<String> issue(KeyRing ring) {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            try (AccessKey key = ring.issue(KeyRequest.of(Organisation.of("acme")), ALICE)) {
                ids.add(key.id());
                if (i % 3 == 0) {
                    ring.revoke(key.id(), ALICE);
                }
            }
        }
        return ids;
    }

    @Test
    void two_processes_that_change_one_ring_lose_nothing() throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-classpath",
                        System.getProperty("java.class.path"),
                        DirectoryKeyRingTest.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        KeyRing ring = ring(InstantSource.system());
        BufferedReader printed = other.inputReader();
        assertThat(printed.readLine()).isEqualTo("started");

        List<String> ids = issue(ring);

        List<String> others = printed.lines().toList();
        assertThat(other.waitFor()).isZero();
        assertThat(others).hasSize(KEYS);
        for (List<String> made : List.of(ids, others)) {
            for (int i = 0; i < made.size(); i++) {
                assertThat(ring.describe(made.get(i)).state())
                        .isEqualTo(i % 3 == 0 ? KeyState.REVOKED : KeyState.ACTIVE);
            }
        }
        assertThat(ring.list()).hasSize(ids.size() + others.size());
    }

    private static KeyRing over(Path directory, InstantSource clock) {
        ObjectStore folder = ObjectStore.ofDirectory(directory).under("keys");
        return KeyRing.inStore(folder, clock, new SecureRandom(), KeyRing.DEFAULT_REFRESH);
    }

    @Override
    protected KeyRing ring(InstantSource clock) {
        return over(directory, clock);
    }

    @Override
    protected Organisation organisation() {
        return Organisation.of("org" + COUNT.incrementAndGet());
    }
}
