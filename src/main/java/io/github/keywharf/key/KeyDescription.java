package io.github.keywharf.key;

import java.time.Instant;
import java.util.Optional;

/**
 * Description of a key, which contains neither the key nor its verifier.
 *
 * @param identity name of the key
 * @param life life of the key, with the state at the time of the description
 * @param lastUsed time of the last use, if the key was used and the ring records uses
 */
public record KeyDescription(KeyIdentity identity, KeyLife life, Optional<Instant> lastUsed) implements KeyView {

    @Override
    public String toString() {
        return id() + " " + state() + identity.toString().substring(id().length()) + ", created " + created() + " by "
                + createdBy()
                + ended().map(time -> ", ended " + time).orElse(", expires " + expires())
                + replacedBy().map(other -> ", replaced by " + other).orElse("");
    }
}
