package io.github.keywharf.key;

import io.github.keywharf.Organisation;
import java.time.Instant;
import java.util.Optional;

/**
 * Rights of the holder of a key.
 *
 * @param keyId id of the key, which is not a secret
 * @param organisation the organisation whose data the key opens; absent for the Admin, whose key opens all
 * @param expires latest end of the key, which may be revoked before
 */
public record Grant(String keyId, Optional<Organisation> organisation, Instant expires) {

    /** Returns true for the Admin's key. */
    public boolean isAdmin() {
        return organisation.isEmpty();
    }

    /** Returns true if the key opens the data of that organisation. */
    public boolean mayEnter(Organisation other) {
        return organisation.map(other::equals).orElse(true);
    }

    @Override
    public String toString() {
        return "Grant[" + keyId + " for " + organisation.map(Organisation::id).orElse("all (Admin)") + " until "
                + expires + "]";
    }
}
