package io.github.keywharf.store;

import java.io.InputStream;

/**
 * An object opened for reading, whole or by ranges.
 *
 * <p>Ranged reads may come from several threads. Errors are {@link io.github.keywharf.KeywharfException}s that name the
 * key.
 */
public interface ObjectReader extends AutoCloseable {

    /** Key, size and the rest, as they were when the object was opened. */
    StoredObject object();

    /**
     * Reads exactly {@code length} bytes from {@code position} on into {@code target} at {@code offset}.
     *
     * @throws io.github.keywharf.KeywharfException when the object ends before that, cannot be read, or was replaced
     */
    void readFully(long position, byte[] target, int offset, int length);

    /**
     * How many bytes a read should ask for where they are needed and there is memory for them: with as many, what a read costs
     * by itself no longer matters. 128 KiB unless overridden, more where each read is a request to a server.
     */
    default int pieceBytes() {
        return 128 * 1024;
    }

    /** The bytes from the first to the last; the caller closes the stream. */
    InputStream stream();

    /** Releases what the reader holds; closing twice is harmless. */
    @Override
    void close();
}
