package io.github.keywharf.testing;

import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A store that counts the requests to another one, the bytes read and written, the keys listed and the readers that are
 * still open. Counts only grow, so that the cost of an operation is the difference before and after. Readers of files in
 * place would not be counted, so {@link #findFile} is always empty. Thread-safe.
 */
public final class CountingStore extends ForwardingStore {
    /** Keys that S3 lists with one request. */
    private static final int KEYS_OF_A_LISTING = 1_000;

    private final ObjectStore real;
    private final Map<Request, AtomicLong> requests = new EnumMap<>(Request.class);
    private final AtomicLong bytesRead = new AtomicLong();
    private final AtomicLong bytesWritten = new AtomicLong();
    private final AtomicLong keysListed = new AtomicLong();
    private final AtomicLong openReaders = new AtomicLong();

    /** A kind of request. */
    public enum Request {
        /** A listing; one more for every 1,000 keys of it. */
        LIST,
        /** Opening an object by its key alone. */
        OPEN,
        /** Reading a range, the beginning of a stream, or a small object whole. */
        READ,
        /** Writing an object that may replace another one, counted when it is committed. */
        WRITE,
        /** Writing an object unless there is one, successful or not. */
        CREATE,
        /** Copying an object. */
        COPY,
        /** Deleting an object. */
        DELETE
    }

    /** Counts the requests to a store; closing this one closes it. */
    public CountingStore(ObjectStore real) {
        super(real);
        this.real = real;
        for (Request kind : Request.values()) {
            requests.put(kind, new AtomicLong());
        }
    }

    /** Counts the requests to a new store in memory. */
    public static CountingStore inMemory() {
        return new CountingStore(ObjectStore.inMemory());
    }

    /** Number of requests of all kinds. */
    public long requests() {
        return requests.values().stream().mapToLong(AtomicLong::get).sum();
    }

    /** Number of requests of one kind. */
    public long requests(Request kind) {
        return requests.get(kind).get();
    }

    /** Number of bytes read. */
    public long bytesRead() {
        return bytesRead.get();
    }

    /** Number of bytes written, those of objects that were never committed included. */
    public long bytesWritten() {
        return bytesWritten.get();
    }

    /** Number of keys in listings, as far as they were read. */
    public long keysListed() {
        return keysListed.get();
    }

    /** Number of readers that are not closed; the only count that falls. */
    public long openReaders() {
        return openReaders.get();
    }

    private void count(Request kind) {
        requests.get(kind).incrementAndGet();
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        return listed(real.list(prefix));
    }

    @Override
    public Stream<StoredObject> list(String prefix, String startAfter) {
        return listed(real.list(prefix, startAfter));
    }

    private Stream<StoredObject> listed(Stream<StoredObject> objects) {
        count(Request.LIST);
        AtomicLong keys = new AtomicLong();
        return objects.peek(object -> {
            keysListed.incrementAndGet();
            if (keys.incrementAndGet() % KEYS_OF_A_LISTING == 0) {
                count(Request.LIST);
            }
        });
    }

    @Override
    public ObjectReader open(String key) {
        count(Request.OPEN);
        return new Reader(real.open(key));
    }

    @Override
    public ObjectReader open(StoredObject version) {
        return new Reader(real.open(version));
    }

    @Override
    public byte[] readSmall(String key) {
        count(Request.READ);
        byte[] content = real.readSmall(key);
        bytesRead.addAndGet(content.length);
        return content;
    }

    @Override
    public Optional<byte[]> find(String key, int maxBytes) {
        count(Request.READ);
        Optional<byte[]> content = real.find(key, maxBytes);
        content.ifPresent(bytes -> bytesRead.addAndGet(bytes.length));
        return content;
    }

    @Override
    public ObjectWriter create(String key) {
        return new Writer(real.create(key));
    }

    @Override
    public boolean createIfAbsent(String key, byte[] content) {
        count(Request.CREATE);
        bytesWritten.addAndGet(content.length);
        return real.createIfAbsent(key, content);
    }

    @Override
    public boolean copy(String from, String to) {
        count(Request.COPY);
        return real.copy(from, to);
    }

    @Override
    public boolean copy(StoredObject version, String to) {
        count(Request.COPY);
        return real.copy(version, to);
    }

    @Override
    public void delete(String key) {
        count(Request.DELETE);
        real.delete(key);
    }

    @Override
    public void close() {
        real.close();
    }

    @Override
    public String toString() {
        return "CountingStore[" + name() + ", " + requests() + " requests, " + bytesRead() + " bytes read, "
                + bytesWritten() + " bytes written, " + keysListed() + " keys listed]";
    }

    private final class Reader implements ObjectReader {
        private final ObjectReader reader;
        private boolean closed;

        Reader(ObjectReader reader) {
            this.reader = reader;
            openReaders.incrementAndGet();
        }

        @Override
        public StoredObject object() {
            return reader.object();
        }

        @Override
        public int pieceBytes() {
            return reader.pieceBytes();
        }

        @Override
        public void readFully(long position, byte[] target, int offset, int length) {
            count(Request.READ);
            bytesRead.addAndGet(length);
            reader.readFully(position, target, offset, length);
        }

        @Override
        public InputStream stream() {
            count(Request.READ);
            return new CountedStream(reader.stream());
        }

        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                openReaders.decrementAndGet();
            }
            reader.close();
        }
    }

    private final class CountedStream extends FilterInputStream {
        CountedStream(InputStream stream) {
            super(stream);
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            bytesRead.addAndGet(b < 0 ? 0 : 1);
            return b;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = super.read(target, offset, length);
            bytesRead.addAndGet(Math.max(0, n));
            return n;
        }
    }

    private final class Writer extends ForwardingWriter {
        Writer(ObjectWriter writer) {
            super(writer);
        }

        @Override
        public void write(int b) throws IOException {
            bytesWritten.incrementAndGet();
            super.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            bytesWritten.addAndGet(length);
            super.write(bytes, offset, length);
        }

        @Override
        public StoredObject commit() {
            count(Request.WRITE);
            return super.commit();
        }
    }
}
