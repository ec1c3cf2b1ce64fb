package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.testing.ForwardingWriter;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A store that fails when a test says so, before or after it has done what was asked for. */
final class FailingStore implements ObjectStore {

    private final ObjectStore real;
    private final Runnable atDeath;
    private int callsLeft = Integer.MAX_VALUE;
    private boolean lastIsCarriedOut;
    private boolean dead;

    FailingStore(ObjectStore real) {
        this(real, () -> {});
    }

    /** A store that does something, such as halting the process, when it fails. */
    FailingStore(ObjectStore real, Runnable atDeath) {
        this.real = real;
        this.atDeath = atDeath;
    }

    /** Fails from the call of that number on, from 0, for good. */
    synchronized void dieAt(int call, boolean carriedOut) {
        callsLeft = call;
        lastIsCarriedOut = carriedOut;
    }

    synchronized void fail() {
        dead = true;
    }

    synchronized void recover() {
        dead = false;
        callsLeft = Integer.MAX_VALUE;
    }

    synchronized boolean isDead() {
        return dead;
    }

    private synchronized <T> T call(Supplier<T> work) {
        if (!dead && callsLeft-- > 0) {
            return work.get();
        }
        String lost = !dead && lastIsCarriedOut ? "It loses the answer " + work.get() : "It does nothing";
        dead = true;
        atDeath.run();
        throw KeywharfException.retryable("store.unavailable", real.name(), "The store is away. " + lost);
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        return call(() -> real.list(prefix));
    }

    @Override
    public ObjectReader open(String key) {
        return call(() -> real.open(key));
    }

    @Override
    public ObjectWriter create(String key) {
        return new ForwardingWriter(call(() -> real.create(key))) {
            @Override
            public StoredObject commit() {
                return call(super::commit);
            }
        };
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        return call(() -> real.createIfAbsent(key, content));
    }

    @Override
    public void delete(String key) {
        call(() -> {
            real.delete(key);
            return key;
        });
    }
}
