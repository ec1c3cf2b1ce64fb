package io.github.keywharf.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Store in a sorted map, whose contents never change. */
final class MemoryStore implements ObjectStore {
    private final ConcurrentNavigableMap<String, Entry> entries = new ConcurrentSkipListMap<>(ObjectKeys.ORDER);
    private final AtomicLong versions = new AtomicLong();
    private final InstantSource clock;

    MemoryStore(InstantSource clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        return list(prefix, "");
    }

    @Override
    public Stream<StoredObject> list(String prefix, String startAfter) {
        boolean later =
                ObjectKeys.ORDER.compare(ObjectKeys.checkPrefix(startAfter), ObjectKeys.checkPrefix(prefix)) > 0;
        String from = later ? startAfter : prefix;
        return entries.tailMap(from, !from.equals(startAfter)).values().stream()
                .map(Entry::object)
                .takeWhile(object -> object.key().startsWith(prefix));
    }

    @Override
    public ObjectReader open(String key) {
        Entry entry = entries.get(ObjectKeys.check(key));
        if (entry == null) {
            throw StoreErrors.notFound(this, key, null);
        }
        return new Reader(this, entry);
    }

    @Override
    public ObjectWriter create(String key) {
        return new Writer(ObjectKeys.check(key));
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        return entries.putIfAbsent(key, entry(ObjectKeys.check(key), content.clone())) == null;
    }

    @Override
    public boolean copy(String from, String to) {
        return copy(from, null, to);
    }

    @Override
    public boolean copy(StoredObject version, String to) {
        return copy(version.key(), version.etag(), to);
    }

    private boolean copy(String from, @Nullable String etag, String to) {
        ObjectKeys.check(to);
        Entry source = entries.get(ObjectKeys.check(from));
        if (source == null) {
            throw StoreErrors.notFound(this, from, null);
        }
        if (etag != null && !source.object().etag().equals(etag)) {
            throw StoreErrors.replaced(this, from);
        }
        return entries.putIfAbsent(to, entry(to, source.content)) == null;
    }

    @Override
    public void delete(String key) {
        entries.remove(ObjectKeys.check(key));
    }

    private Entry entry(String key, byte[] content) {
        String etag = Long.toString(versions.incrementAndGet());
        return new Entry(new StoredObject(key, content.length, etag, clock.instant()), content);
    }

    @Override
    public String toString() {
        return "ObjectStore[" + name() + ", " + entries.size() + " objects]";
    }

    @SuppressWarnings("ArrayRecordComponent") // entries are never compared
    private record Entry(StoredObject object, byte[] content) {}

    private record Reader(MemoryStore store, Entry entry) implements ObjectReader {
        @Override
        public StoredObject object() {
            return entry.object;
        }

        @Override
        public void readFully(long position, byte[] target, int offset, int length) {
            StoreErrors.checkRange(store, entry.object, position, target, offset, length);
            System.arraycopy(entry.content, (int) position, target, offset, length);
        }

        @Override
        public InputStream stream() {
            return new ByteArrayInputStream(entry.content);
        }

        @Override
        public void close() {}
    }

    private final class Writer extends ObjectWriter {
        private final String key;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private boolean done;

        Writer(String key) {
            this.key = key;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            requireOpen();
            content.write(bytes, offset, length);
        }

        private void requireOpen() {
            if (done) {
                throw StoreErrors.writerClosed(key);
            }
        }

        @Override
        public StoredObject commit() {
            requireOpen();
            done = true;
            Entry entry = entry(key, content.toByteArray());
            entries.put(key, entry);
            return entry.object;
        }

        @Override
        public void close() {
            done = true;
            content.reset();
        }
    }
}
