package io.github.keywharf.totesys;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.pipeline.ZonePlaces;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.testing.ForwardingStore;
import io.github.keywharf.testing.ForwardingWriter;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/** A store that takes so many bytes and is full then. */
final class LimitedStore extends ForwardingStore {

    private final AtomicLong left = new AtomicLong(Long.MAX_VALUE);

    LimitedStore(ObjectStore real) {
        super(real);
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
    public boolean createIfAbsent(String key, byte[] content) {
        if (!key.startsWith(ZonePlaces.LEASE)) {
            take(key, content.length);
        }
        return super.createIfAbsent(key, content);
    }

    @Override
    public ObjectWriter create(String key) {
        return new ForwardingWriter(super.create(key)) {
            @Override
            public void write(int b) throws IOException {
                take(key, 1);
                super.write(b);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                take(key, length);
                super.write(bytes, offset, length);
            }
        };
    }
}
