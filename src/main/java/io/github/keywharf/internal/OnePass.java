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
}
