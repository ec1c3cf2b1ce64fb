package io.github.keywharf.sharing.server;

/** Gives the lines of an answer as they are needed. */
interface LineSource extends AutoCloseable {

    /**
     * Writes the next line, or a few.
     *
     * @return whether there may be more
     */
    boolean writeNext();

    /** Ends, at the last line or before; never fails. */
    @Override
    void close();
}
