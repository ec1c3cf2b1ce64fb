package io.github.keywharf.format;

import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** A store in memory that counts what is asked of it. */
final class CountingStore implements ObjectStore {

    final ObjectStore memory = ObjectStore.inMemory();
    final AtomicLong bytes = new AtomicLong();
    final AtomicInteger requests = new AtomicInteger();
    final AtomicInteger open = new AtomicInteger();

    @Override
    public String name() {
        return "counting";
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        return memory.list(prefix);
    }

    @Override
    public ObjectReader open(String key) {
        ObjectReader reader = memory.open(key);
        open.incrementAndGet();
        return new ObjectReader() {
            private boolean closed;

            @Override
            public StoredObject object() {
                return reader.object();
            }

            @Override
            public void readFully(long position, byte[] target, int offset, int length) {
                requests.incrementAndGet();
                bytes.addAndGet(length);
                reader.readFully(position, target, offset, length);
            }

            @Override
            public InputStream stream() {
                return reader.stream();
            }

            @Override
            public void close() {
                if (!closed) {
                    closed = true;
                    open.decrementAndGet();
                    reader.close();
                }
            }
        };
    }

    @Override
    public ObjectWriter create(String key) {
        return memory.create(key);
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        return memory.createIfAbsent(key, content);
    }

    @Override
    public void delete(String key) {
        memory.delete(key);
    }
}
