package io.github.keywharf.aws;

import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * One version of an object: opening another is an error, and a reader that is open never gives a mixture. Its end may be kept,
 * so that what kind of file it is, its columns and its rows take the footer from one request. Thread-safe.
 */
final class PinnedObject {
    /** What is kept: the footer of most Parquet files, and as much as is read of one at first. */
    static final int TAIL = 64 * 1024;

    private final ObjectStore store;
    private final StoredObject version;
    private final boolean keepsTail;
    private byte @Nullable [] tail;

    PinnedObject(ObjectStore store, StoredObject version, boolean keepsTail) {
        this.store = store;
        this.version = version;
        this.keepsTail = keepsTail;
    }

    String key() {
        return version.key();
    }

    String name() {
        return store.name() + "/" + version.key();
    }

    ObjectReader open() {
        ObjectReader reader = store.open(version);
        return keepsTail ? new TailReader(reader) : reader;
    }

    InputStream stream() {
        ObjectReader reader = store.open(version);
        return new FilterInputStream(reader.stream()) {
            @Override
            public void close() throws IOException {
                try (reader) {
                    super.close();
                }
            }
        };
    }

    private synchronized byte[] tail(ObjectReader reader) {
        byte[] kept = tail;
        if (kept == null) {
            kept = new byte[(int) Math.min(TAIL, version.size())];
            reader.readFully(version.size() - kept.length, kept, 0, kept.length);
            tail = kept;
        }
        return kept;
    }

    @Override
    public String toString() {
        return name();
    }

    /** Reads what lies in the object's end from what is kept of it. */
    private final class TailReader implements ObjectReader {
        private final ObjectReader reader;

        TailReader(ObjectReader reader) {
            this.reader = reader;
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
            long start = Math.max(0, version.size() - TAIL);
            if (length > 0 && position >= start && position <= version.size() - length) {
                System.arraycopy(tail(reader), (int) (position - start), target, offset, length);
            } else {
                reader.readFully(position, target, offset, length);
            }
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
}
