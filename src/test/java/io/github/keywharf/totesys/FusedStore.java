package io.github.keywharf.totesys;

import io.github.keywharf.pipeline.ZonePlaces;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.testing.ForwardingStore;
import io.github.keywharf.testing.ForwardingWriter;
import java.io.IOException;
import java.util.stream.Stream;

/**
 * A store whose objects appear in steps of a {@link Fuse}. The lease's are none, as time makes them; and even the dead
 * release it, so that the next run need not wait.
 */
final class FusedStore extends ForwardingStore {

    private final Fuse fuse;

    FusedStore(ObjectStore real, Fuse fuse) {
        super(real);
        this.fuse = fuse;
    }

    private static boolean isLease(String key) {
        return key.startsWith(ZonePlaces.LEASE);
    }

    private void alive(String key) {
        if (!isLease(key)) {
            fuse.alive();
        }
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        alive(prefix);
        return super.list(prefix);
    }

    @Override
    public ObjectReader open(String key) {
        alive(key);
        return super.open(key);
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        return isLease(key)
                ? super.createIfAbsent(key, content)
                : fuse.step(key, () -> super.createIfAbsent(key, content));
    }

    @Override
    public void delete(String key) {
        if (isLease(key)) {
            super.delete(key);
            return;
        }
        fuse.step(key, () -> {
            super.delete(key);
            return key;
        });
    }

    @Override
    public ObjectWriter create(String key) {
        fuse.alive();
        return new ForwardingWriter(super.create(key)) {
            @Override
            public void write(int b) throws IOException {
                fuse.alive();
                super.write(b);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                fuse.alive();
                super.write(bytes, offset, length);
            }

            @Override
            public StoredObject commit() {
                return fuse.step(key, super::commit);
            }
        };
    }
}
