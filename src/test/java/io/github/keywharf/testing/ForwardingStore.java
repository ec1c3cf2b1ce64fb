package io.github.keywharf.testing;

import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import java.util.stream.Stream;

/** A store that hands all on to another one; a test's subclass changes what it is about. */
public abstract class ForwardingStore implements ObjectStore {
    private final ObjectStore real;

    protected ForwardingStore(ObjectStore real) {
        this.real = real;
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
    public ObjectWriter create(String key) {
        return real.create(key);
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        return real.createIfAbsent(key, content);
    }

    @Override
    public void delete(String key) {
        real.delete(key);
    }
}
