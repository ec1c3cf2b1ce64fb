package io.github.keywharf.key;

import java.time.Instant;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Where the records of a ring are kept, as one value that changes as a whole. Thread-safe. */
interface RecordsPlace {

    /** The records as they are, or were a moment ago; how long ago at most is said by the place. */
    KeyRecords recent();

    /** The records as they are. */
    KeyRecords newest();

    /**
     * Replaces the records.
     *
     * @param note who changes them and how, for people
     * @param change gives the records that are to come after those that it is given, and the same ones if there is nothing
     *     left to do. May be called several times, each time with newer records, which may have this change already
     * @return the records after the change
     */
    KeyRecords update(Note note, UnaryOperator<KeyRecords> change);

    /** Notes that a key was used, if the place keeps that. */
    default void used(String keyId, Instant at) {}

    /** When a key was last used, if the place keeps that. */
    default Optional<Instant> lastUsed(String keyId) {
        return Optional.empty();
    }

    /**
     * Who changes the records, and how.
     *
     * @param action such as {@code revoke}
     * @param by who
     * @param at when
     */
    record Note(String action, Actor by, Instant at) {}
}
