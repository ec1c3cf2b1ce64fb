package io.github.keywharf.cassandra.key;

/**
 * What a sweep did.
 *
 * @param expired keys whose time was over, and whose roles are gone now
 * @param abandoned keys whose issue a crash had interrupted
 * @param cleared keys that had ended, and whose roles a crash had left on the server
 * @param repairs things about the Admin's key, and rotations, that a crash had left half done, and memberships of the library's role
 *     that open data
 */
public record KeySweep(int expired, int abandoned, int cleared, int repairs) {

    /** Whether there was nothing to do. */
    public boolean isEmpty() {
        return expired + abandoned + cleared + repairs == 0;
    }
}
