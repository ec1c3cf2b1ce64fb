package io.github.keywharf.key;

import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Storage of a ring's records, one value that is replaced as a whole. Thread-safe. */
interface RecordsPlace {

    /** Returns the records, possibly from memory; each implementation limits their age. */
    KeyRecords recent();

    /** Returns the newest records. */
    KeyRecords newest();

    /**
     * Replaces the records.
     *
     * @param note description of the change, for people
     * @param change returns the new records, or its argument if it changes nothing. May be called several times, each time
     *     with newer records, which may contain this change already
     * @return the records after the change
     */
    KeyRecords update(Note note, UnaryOperator<KeyRecords> change);

    /** Records the use of a key, if the implementation keeps that. */
    default void used(String keyId, Instant at) {}

    /** Returns the time of the last use of a key, if the implementation keeps that. */
    default Optional<Instant> lastUsed(String keyId) {
        return Optional.empty();
    }

    /**
     * Description of a change.
     *
     * @param action name of the change, such as {@code revoke}
     * @param by its author
     * @param at its time
     */
    record Note(String action, Actor by, Instant at) {}
}
