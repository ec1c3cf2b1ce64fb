package io.github.keywharf.key;

import io.github.keywharf.Organisation;
import java.time.Instant;
import java.util.Optional;

/** Public facts about a key. */
public sealed interface KeyView permits KeyDescription, KeyRecord {

    /** Name of the key. */
    KeyIdentity identity();

    /** Life of the key. */
    KeyLife life();

    /** Id of the key, which is not a secret. */
    default String id() {
        return identity().id();
    }

    /** Organisation whose data the key opens; absent for the Admin's key. */
    default Optional<Organisation> organisation() {
        return identity().organisation();
    }

    /** Returns true for the Admin's key. */
    default boolean isAdmin() {
        return organisation().isEmpty();
    }

    /** Purpose of the key; may be empty. */
    default String label() {
        return identity().label();
    }

    /** State of the key. */
    default KeyState state() {
        return life().state();
    }

    /** Time of creation. */
    default Instant created() {
        return life().issue().created();
    }

    /** Name of the issuer. */
    default String createdBy() {
        return life().issue().createdBy();
    }

    /** End of the key unless it is ended before; the end of its grace period if it has one. */
    default Instant expires() {
        return life().expires();
    }

    /** Time at which the key was ended, if it was. */
    default Optional<Instant> ended() {
        return life().end().ended();
    }

    /** Id of the key that replaced this one, if any. */
    default Optional<String> replacedBy() {
        return life().end().replacedBy();
    }
}
