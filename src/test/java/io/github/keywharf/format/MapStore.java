package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Keeps objects in a map and counts what is open. */
final class MapStore implements ObjectStore {

    final SortedMap<String, byte[]> objects = new TreeMap<>();
    int open;

    MapStore with(String key, String text) {
        objects.put(key, text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    String text(String key) {
        return new String(objects.get(key), StandardCharsets.UTF_8);
    }

    @Override
    public String name() {
        return "map";
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        return objects.keySet().stream().filter(key -> key.startsWith(prefix)).map(this::object);
    }

    private StoredObject object(String key) {
        return new StoredObject(key, objects.get(key).length, "", Instant.EPOCH);
    }

    @Override
    public ObjectReader open(String key) {
        byte[] content = objects.get(key);
        if (content == null) {
            throw new KeywharfException("store.not_found", key, "is not there");
        }
        open++;
        return new ObjectReader() {
            private boolean closed;

            @Override
            public StoredObject object() {
                return MapStore.this.object(key);
            }

            @Override
            public void readFully(long position, byte[] target, int offset, int length) {
                System.arraycopy(content, (int) position, target, offset, length);
            }

            @Override
            public InputStream stream() {
                return new ByteArrayInputStream(content);
            }

            @Override
            public void close() {
                open -= closed ? 0 : 1;
                closed = true;
            }
        };
    }

    @Override
    public ObjectWriter create(String key) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        open++;
        return new ObjectWriter() {
            private boolean closed;

            @Override
            public void write(int value) {
                content.write(value);
            }

            @Override
            public void write(byte[] source, int offset, int length) {
                content.write(source, offset, length);
            }

            @Override
            public StoredObject commit() {
                objects.put(key, content.toByteArray());
                return object(key);
            }

            @Override
            public void close() {
                open -= closed ? 0 : 1;
                closed = true;
            }
        };
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        return objects.putIfAbsent(key, content) == null;
    }

    @Override
    public void delete(String key) {
        objects.remove(key);
    }
}
