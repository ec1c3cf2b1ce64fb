package io.github.keywharf.store;

import java.io.OutputStream;

/**
 * Writer of an object. Not thread-safe.
 *
 * <p>No new content can be read under the key until {@link #commit()} has returned. {@link #close()} without a commit
 * discards the written bytes.
 */
public abstract class ObjectWriter extends OutputStream {

    /** For implementations. */
    protected ObjectWriter() {}

    /**
     * Stores the object, and waits until the store has acknowledged it.
     *
     * @return the stored object
     * @throws io.github.keywharf.KeywharfException if the store refuses
     */
    public abstract StoredObject commit();

    /** Releases all resources; discards the object unless it was committed. Closing twice is harmless. */
    @Override
    public abstract void close();
}
