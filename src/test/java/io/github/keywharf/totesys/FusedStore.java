package io.github.keywharf.totesys;

import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import java.io.IOException;
import java.util.stream.Stream;

/**
 * A store whose objects appear in steps of a {@link Fuse}. The lease's are none, as time makes them; and even the dead
 * release it, so that the next run need not wait.
 */
final class FusedStore implements ObjectStore {

    private final ObjectStore real;
    private final Fuse fuse;

    FusedStore(ObjectStore real, Fuse fuse) {
        this.real = real;
        this.fuse = fuse;
    }

    private static boolean isLease(String key) {
        return key.startsWith(PipelineRuns.LEASE);
    }

    private void alive(String key) {
        if (!isLease(key)) {
            fuse.alive();
        }
    }

    @Override
    public String name() {
        return real.name();
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        alive(prefix);
        return real.list(prefix);
    }

    @Override
    public ObjectReader open(String key) {
        alive(key);
        return real.open(key);
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        return isLease(key)
                ? real.createIfAbsent(key, content)
                : fuse.step(key, () -> real.createIfAbsent(key, content));
    }

    @Override
    public void delete(String key) {
        if (isLease(key)) {
            real.delete(key);
            return;
        }
        fuse.step(key, () -> {
            real.delete(key);
            return key;
        });
    }

    @Override
    public ObjectWriter create(String key) {
        fuse.alive();
        ObjectWriter writer = real.create(key);
        return new ObjectWriter() {
            @Override
            public void write(int b) throws IOException {
                fuse.alive();
                writer.write(b);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                fuse.alive();
                writer.write(bytes, offset, length);
            }

            @Override
            public StoredObject commit() {
                return fuse.step(key, writer::commit);
            }

            @Override
            public void close() {
                writer.close();
            }
        };
    }
}
