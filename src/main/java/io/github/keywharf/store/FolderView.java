package io.github.keywharf.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** View of one folder of a store, with keys relative to it. */
final class FolderView implements ObjectStore {
    private final ObjectStore store;
    private final String folder;

    FolderView(ObjectStore store, String folder) {
        String path = folder.endsWith("/") ? folder.substring(0, folder.length() - 1) : folder;
        this.store = Objects.requireNonNull(store, "store");
        this.folder = ObjectKeys.check(path) + "/";
    }

    @Override
    public String name() {
        return store.name() + "/" + folder.substring(0, folder.length() - 1);
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        return store.list(folder + ObjectKeys.checkPrefix(prefix)).map(this::relative);
    }

    @Override
    public Stream<StoredObject> list(String prefix, String startAfter) {
        return store.list(folder + ObjectKeys.checkPrefix(prefix), folder + ObjectKeys.checkPrefix(startAfter))
                .map(this::relative);
    }

    @Override
    public ObjectReader open(String key) {
        return new Reader(this, store.open(full(key)));
    }

    @Override
    public ObjectReader open(StoredObject version) {
        return new Reader(this, store.open(full(version)));
    }

    @Override
    public Optional<Path> findFile(String key) {
        return store.findFile(full(key));
    }

    @Override
    public ObjectWriter create(String key) {
        return new Writer(store.create(full(key)));
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        return store.createIfAbsent(full(key), content);
    }

    @Override
    public boolean copy(String from, String to) {
        return store.copy(full(from), full(to));
    }

    @Override
    public boolean copy(StoredObject version, String to) {
        return store.copy(full(version), full(to));
    }

    @Override
    public void delete(String key) {
        store.delete(full(key));
    }

    @Override
    public byte[] readSmall(String key) {
        return store.readSmall(full(key));
    }

    @Override
    public Optional<byte[]> find(String key, int maxBytes) {
        return store.find(full(key), maxBytes);
    }

    private StoredObject full(StoredObject version) {
        return version.withKey(full(version.key()));
    }

    private String full(String key) {
        return folder + ObjectKeys.check(key);
    }

    private StoredObject relative(StoredObject object) {
        return object.withKey(object.key().substring(folder.length()));
    }

    @Override
    public String toString() {
        return "ObjectStore[" + name() + "]";
    }

    private record Reader(FolderView view, ObjectReader reader) implements ObjectReader {
        @Override
        public StoredObject object() {
            return view.relative(reader.object());
        }

        @Override
        public int pieceBytes() {
            return reader.pieceBytes();
        }

        @Override
        public void readFully(long position, byte[] target, int offset, int length) {
            reader.readFully(position, target, offset, length);
        }

        @Override
        public InputStream stream() {
            return reader.stream();
        }

        @Override
        public void close() {
            reader.close();
        }
    }

    private final class Writer extends ObjectWriter {
        private final ObjectWriter writer;

        Writer(ObjectWriter writer) {
            this.writer = writer;
        }

        @Override
        public void write(int b) throws IOException {
            writer.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            writer.write(bytes, offset, length);
        }

        @Override
        public void flush() throws IOException {
            writer.flush();
        }

        @Override
        public StoredObject commit() {
            return relative(writer.commit());
        }

        @Override
        public void close() {
            writer.close();
        }
    }
}
