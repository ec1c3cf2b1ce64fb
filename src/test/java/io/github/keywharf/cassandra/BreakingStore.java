package io.github.keywharf.cassandra;

import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.testing.ForwardingStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A store that refuses everything after so many writes, as for a process that was killed there. */
final class BreakingStore extends ForwardingStore {
    private final AtomicInteger left;
    private final List<String> created = new CopyOnWriteArrayList<>();

    BreakingStore(ObjectStore store, int writes) {
        super(store);
        this.left = new AtomicInteger(writes);
    }

    /** The keys of the objects that were begun. */
    List<String> created() {
        return created;
    }

    private void step(String key) {
        if (left.getAndDecrement() <= 0) {
            throw new IllegalStateException("The store broke before " + key);
        }
    }

    @Override
    public ObjectWriter create(String key) {
        step(key);
        created.add(key);
        return super.create(key);
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        step(key);
        return super.createIfAbsent(key, content);
    }

    @Override
    public void delete(String key) {
        step(key);
        super.delete(key);
    }
}
