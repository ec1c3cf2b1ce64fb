package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.StoredObject;
import java.io.InputStream;
import java.util.Objects;

/** An object by its etag: each request asks for that version and is refused when there is another. */
final class S3Reader implements ObjectReader {
    /** Ranges of 8 or 16 MB are typical by "Performance guidelines for Amazon S3". */
    private static final int PIECE_BYTES = 8 * 1024 * 1024;

    private final S3Store store;
    private final StoredObject object;

    S3Reader(S3Store store, StoredObject object) {
        this.store = store;
        this.object = object;
    }

    @Override
    public StoredObject object() {
        return object;
    }

    @Override
    public void readFully(long position, byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        Checks.notNegative("position", position);
        if (position > object.size() - length) {
            throw new KeywharfException(
                    "store.ended",
                    store.subject(object.key()),
                    "Bytes " + position + " to " + (position + length) + " were asked for, but it has "
                            + object.size());
        }
        try (S3Range range = new S3Range(store, object, position, position + length, null)) {
            range.readWhole(target, offset, length);
        }
    }

    @Override
    public int pieceBytes() {
        return PIECE_BYTES;
    }

    @Override
    public InputStream stream() {
        return new S3Range(store, object, 0, object.size(), null);
    }

    @Override
    public void close() {}
}
