package io.github.keywharf.format;

import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.testing.ForwardingStore;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A store in memory that counts what is asked of it. */
final class CountingStore extends ForwardingStore {

    final AtomicLong bytes = new AtomicLong();
    final AtomicInteger requests = new AtomicInteger();
    final AtomicInteger open = new AtomicInteger();

    CountingStore() {
        super(ObjectStore.inMemory());
    }

    @Override
    public String name() {
        return "counting";
    }

    @Override
    public ObjectReader open(String key) {
        ObjectReader reader = super.open(key);
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
}
