package io.github.keywharf.store;

import java.io.InputStream;

/**
 * Reader of an open object, as a whole or by ranges.
 *
 * <p>Ranged reads may come from several threads. Errors are {@link io.github.keywharf.KeywharfException}s that name the
 * key.
 */
public interface ObjectReader extends AutoCloseable {

    /** Key, size, version and time of the object when it was opened. */
    StoredObject object();

    /**
     * Reads exactly {@code length} bytes from {@code position} on into {@code target} at {@code offset}.
     *
     * @throws io.github.keywharf.KeywharfException if the object ends before that, cannot be read, or was replaced
     */
    void readFully(long position, byte[] target, int offset, int length);

    /**
     * Recommended size of a read, in bytes, at which the fixed cost of a read no longer matters. 128 KiB unless overridden,
     * more if each read is a request to a server.
     */
    default int pieceBytes() {
        return 128 * 1024;
    }

    /** Opens a stream of all bytes, which the caller closes. */
    InputStream stream();

    /** Releases all resources; closing twice is harmless. */
    @Override
    void close();
}
