package io.github.keywharf.sharing;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.Pause;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoreLease;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lets one caller at a time work on what has a name: of this manager, and with a store, of all processes. */
final class TenantLocks {
    /** How long a process that was killed keeps others out; on the same machine it does not. */
    static final Duration LEASE = Duration.ofMinutes(1);

    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, Local> locals = new ConcurrentHashMap<>();
    private final @Nullable ObjectStore store;
    private final Duration patience;
    private final InstantSource clock;
    private final Pause pause;

    /** Shows that the name is the caller's still. */
    interface Held {
        /** Throws {@code store.lease_lost} when another may have taken it. */
        void check();
    }

    /** A lock with how many threads have it or wait for it. */
    private record Local(ReentrantLock lock, int users) {}

    TenantLocks(@Nullable ObjectStore store, Duration patience, InstantSource clock, Pause pause) {
        this.store = store;
        this.patience = patience;
        this.clock = clock;
        this.pause = pause;
    }

    <T> T with(String name, Function<Held, T> work) {
        ReentrantLock lock = locals.compute(
                        name,
                        (key, local) -> local == null
                                ? new Local(new ReentrantLock(), 1)
                                : new Local(local.lock(), local.users() + 1))
                .lock();
        try {
            if (!lock.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw busy(name, "This process");
            }
            try {
                return underLease(name, work);
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(name, e);
        } finally {
            locals.computeIfPresent(
                    name, (key, local) -> local.users() == 1 ? null : new Local(local.lock(), local.users() - 1));
        }
    }

    private <T> T underLease(String name, Function<Held, T> work) throws InterruptedException {
        if (store == null) {
            return work.apply(() -> {});
        }
        try (StoreLease lease = lease(store, name).renewInBackground()) {
            return work.apply(lease::checkHeld);
        }
    }

    private StoreLease lease(ObjectStore folder, String name) throws InterruptedException {
        for (long waits = patience.dividedBy(POLL); ; waits--) {
            Optional<StoreLease> lease = StoreLease.tryAcquire(folder, name, "sharing", LEASE, clock);
            if (lease.isPresent()) {
                return lease.get();
            }
            if (waits <= 0) {
                throw busy(name, "Another process");
            }
            pause.of(POLL);
        }
    }

    private KeywharfException busy(String name, String who) {
        return KeywharfException.retryable(
                "sharing.busy", name, who + " has been working on it for longer than " + patience + "; try again");
    }
}
