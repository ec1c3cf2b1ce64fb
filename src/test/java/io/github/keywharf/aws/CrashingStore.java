package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.testing.ForwardingStore;
import io.github.keywharf.testing.ForwardingWriter;
import java.util.stream.Stream;

/**
 * A store in which something happens at one of its calls: before a call that reads, before or after one that writes. By
 * default the process is killed there, and nothing works from then on.
 */
class CrashingStore extends ForwardingStore {
    private final ObjectStore real;
    private int left;
    private boolean crashed;

    CrashingStore(ObjectStore real, int calls) {
        super(real);
        this.real = real;
        this.left = calls;
    }

    boolean reached() {
        return crashed || left < 0;
    }

    /** What happens at the call. */
    void happen() {
        crashed = true;
    }

    private void point() {
        if (!crashed && left-- == 0) {
            happen();
        }
        if (crashed) {
            throw new KeywharfException("test.killed", name(), "The process is killed here");
        }
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        point();
        return super.list(prefix);
    }

    @Override
    public ObjectReader open(String key) {
        point();
        return super.open(key);
    }

    @Override
    public ObjectWriter create(String key) {
        point();
        return new ForwardingWriter(super.create(key)) {
            @Override
            public StoredObject commit() {
                point();
                StoredObject object = super.commit();
                point();
                return object;
            }
        };
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        point();
        boolean created = super.createIfAbsent(key, content);
        point();
        return created;
    }

    @Override
    public boolean copy(String from, String to) {
        point();
        boolean copied = real.copy(from, to);
        point();
        return copied;
    }

    @Override
    public boolean copy(StoredObject version, String to) {
        point();
        boolean copied = real.copy(version, to);
        point();
        return copied;
    }

    @Override
    public void delete(String key) {
        point();
        super.delete(key);
        point();
    }
}
