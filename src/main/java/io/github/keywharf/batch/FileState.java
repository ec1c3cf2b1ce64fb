package io.github.keywharf.batch;

/** How far a file has come. */
public enum FileState {
    /** It is here in full, and waits for its turn. */
    RECEIVED,
    /** The tenant's app works on it. */
    RUNNING,
    /** It is ingested; rows that were rejected are in its file of rejected rows. */
    DONE,
    /** The app failed for good, and the reason is kept; the file can be replayed. */
    FAILED,
    /** A constraint of the tenant's profile refuses it; it is in quarantine and can be replayed. */
    REFUSED,
    /** The last file of the same name has the same content; this copy was removed. */
    DUPLICATE;

    /** Whether nothing more happens to the file unless somebody asks for it. */
    public boolean hasEnded() {
        return this != RECEIVED && this != RUNNING;
    }
}
