package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.testing.ForwardingStore;
import io.github.keywharf.testing.ForwardingWriter;

/** A store whose process is killed at one of its writes: before it, or right after; nothing works from there on. */
final class StoppingStore extends ForwardingStore {
    private int left;
    private boolean stopped;

    StoppingStore(ObjectStore store, int writes) {
        super(store);
        this.left = writes;
    }

    boolean stopped() {
        return stopped;
    }

    private void before() {
        if (stopped || left-- == 0) {
            stopped = true;
            throw KeywharfException.retryable("store.unavailable", name(), "The process is killed here");
        }
    }

    private void after() {
        // Every second point is after a write that was made.
        if (left-- == 0) {
            stopped = true;
            throw KeywharfException.retryable("store.unavailable", name(), "The process is killed here");
        }
    }

    @Override
    public ObjectWriter create(String key) {
        before();
        return new ForwardingWriter(super.create(key)) {
            @Override
            public StoredObject commit() {
                before();
                StoredObject object = super.commit();
                after();
                return object;
            }
        };
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        before();
        boolean created = super.createIfAbsent(key, content);
        after();
        return created;
    }

    @Override
    public void delete(String key) {
        before();
        super.delete(key);
        after();
    }
}
