package io.github.keywharf.key;

/** State of a key. */
public enum KeyState {
    /** Being issued, and not valid yet. */
    ISSUING,
    /** Valid: it opens the data of its organisation. */
    ACTIVE,
    /** Valid until the end of its grace period, beside the key that replaced it. */
    GRACE,
    /** Ended by time. */
    EXPIRED,
    /** Ended by a person or a program before its time. */
    REVOKED;

    /** Returns true if a key in this state opens. */
    public boolean isOpen() {
        return this == ACTIVE || this == GRACE;
    }

    /** Returns true if the key has ended. */
    public boolean hasEnded() {
        return this == EXPIRED || this == REVOKED;
    }
}
