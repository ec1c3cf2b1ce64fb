package io.github.keywharf.salesforce;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import java.util.stream.Stream;

/** A store whose process is killed at one of its writes: before it, or right after; nothing works from there on. */
final class StoppingStore implements ObjectStore {
    private final ObjectStore store;
    private int left;
    private boolean stopped;

    StoppingStore(ObjectStore store, int writes) {
        this.store = store;
        this.left = writes;
    }

    boolean stopped() {
        return stopped;
    }

    private void before() {
        if (stopped || left-- == 0) {
            stopped = true;
            throw new KeywharfException("store.unavailable", name(), "The process is killed here");
        }
    }

    private void after() {
        // Every second point is after a write that was made.
        if (left-- == 0) {
            stopped = true;
            throw new KeywharfException("store.unavailable", name(), "The process is killed here");
        }
    }

    @Override
    public String name() {
        return store.name();
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        return store.list(prefix);
    }

    @Override
    public ObjectReader open(String key) {
        return store.open(key);
    }

    @Override
    public ObjectWriter create(String key) {
        before();
        ObjectWriter writer = store.create(key);
        return new ObjectWriter() {
            @Override
            public void write(int b) {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                try {
                    writer.write(bytes, offset, length);
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }

            @Override
            public StoredObject commit() {
                before();
                StoredObject object = writer.commit();
                after();
                return object;
            }

            @Override
            public void close() {
                writer.close();
            }
        };
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        before();
        boolean created = store.createIfAbsent(key, content);
        after();
        return created;
    }

    @Override
    public void delete(String key) {
        before();
        store.delete(key);
        after();
    }
}
