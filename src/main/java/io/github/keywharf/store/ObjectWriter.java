package io.github.keywharf.store;

import java.io.OutputStream;

/**
 * An object being written. Not thread-safe.
 *
 * <p>Nothing can be read under the key until {@link #commit()} has returned. {@link #close()} without a commit gives up
 * what was written.
 */
public abstract class ObjectWriter extends OutputStream {

    /** For implementations. */
    protected ObjectWriter() {}

    /**
     * Makes the object appear, and waits until the store has acknowledged it.
     *
     * @return the object as stored
     * @throws io.github.keywharf.KeywharfException when the store refuses
     */
    public abstract StoredObject commit();

    /** Releases what the writer holds; gives up the object unless it was committed. Closing twice is harmless. */
    @Override
    public abstract void close();
}
