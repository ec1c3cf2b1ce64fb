package io.github.keywharf.internal;

/** State of rows that can be read once. */
public enum OnePass {

    /** More rows may follow. */
    OPEN,

    /** The rows were read to their end, or closed. */
    CLOSED,

    /** Reading has failed, and what would be read next lacks rows. */
    FAILED;

    /** Refuses to read on unless this is {@link #OPEN}: no rows would look like the end of the source. */
    public void requireOpen() {
        switch (this) {
            case CLOSED ->
                throw new IllegalStateException("The rows were read to their end, or closed; open them once more");
            case FAILED ->
                throw new IllegalStateException(
                        "Reading has failed before, so that rows are missing; open them once more");
            case OPEN -> {}
        }
    }
}
