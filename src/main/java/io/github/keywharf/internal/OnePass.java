package io.github.keywharf.internal;

/** Rows that can be read once. */
public final class OnePass {

    private OnePass() {}

    /** Refuses to read rows again, which would look like a source without rows. */
    public static void requireOpen(boolean closed) {
        if (closed) {
            throw new IllegalStateException("The rows were read to their end, or closed; open them once more");
        }
    }

    /** Refuses to go on behind rows that could not be read, which would look as if there were none. */
    public static void requireWhole(boolean failed) {
        if (failed) {
            throw new IllegalStateException("Reading has failed before, so that rows are missing; open them once more");
        }
    }
}
