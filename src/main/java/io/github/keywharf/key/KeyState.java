package io.github.keywharf.key;

/** Where a key is in its life. */
public enum KeyState {
    /** Being made, and shown to nobody yet: it opens nothing. */
    ISSUING,
    /** Lets its holder in. */
    ACTIVE,
    /** Lets its holder in for a while, beside the key that replaces it. */
    GRACE,
    /** Its time is over. */
    EXPIRED,
    /** Ended by somebody. */
    REVOKED;

    /** Whether a key in this state lets its holder in. */
    public boolean isOpen() {
        return this == ACTIVE || this == GRACE;
    }

    /** Whether the key has ended, for good. */
    public boolean hasEnded() {
        return this == EXPIRED || this == REVOKED;
    }
}
