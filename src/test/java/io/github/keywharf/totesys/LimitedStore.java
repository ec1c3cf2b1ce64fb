package io.github.keywharf.totesys;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** A store that takes so many bytes and is full then. */
final class LimitedStore implements ObjectStore {

    private final ObjectStore real;
    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);

    LimitedStore(ObjectStore real) {
        this.real = real;
    }

    /** How many bytes it takes from now on. */
    void limit(long bytes) {
        left.set(bytes);
    }

    private void take(String key, long bytes) {
        if (left.addAndGet(-bytes) < 0) {
            throw new KeywharfException(
                    "store.full", name() + "/" + key, "There is no space left; free some and try again");
        }
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        return real.list(prefix);
    }

    @Override
    public ObjectReader open(String key) {
        return real.open(key);
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        if (!key.startsWith(PipelineRuns.LEASE)) {
            take(key, content.length);
        }
        return real.createIfAbsent(key, content);
    }

    @Override
    public void delete(String key) {
        real.delete(key);
    }

    @Override
    public ObjectWriter create(String key) {
        ObjectWriter writer = real.create(key);
        return new ObjectWriter() {
            @Override
            public void write(int b) throws IOException {
                take(key, 1);
                writer.write(b);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                take(key, length);
                writer.write(bytes, offset, length);
            }

            @Override
            public StoredObject commit() {
                return writer.commit();
            }

            @Override
            public void close() {
                writer.close();
            }
        };
    }
}
