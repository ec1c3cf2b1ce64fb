package io.github.keywharf.key;

import io.github.keywharf.Organisation;
import java.time.Instant;
import java.util.Optional;

/**
 * What a key lets its holder do.
 *
 * @param keyId the key's id, which is not a secret
 * @param organisation the one that may be entered; none for the Admin, who may enter all
 * @param expires when the key ends, at the latest; it may be revoked before
 */
public record Grant(String keyId, Optional<Organisation> organisation, Instant expires) {

    /** Whether it is the Admin's. */
    public boolean isAdmin() {
        return organisation.isEmpty();
    }

    /** Whether the holder may enter that organisation. */
    public boolean mayEnter(Organisation other) {
        return organisation.map(other::equals).orElse(true);
    }

    @Override
    public String toString() {
        return "Grant[" + keyId + " for " + organisation.map(Organisation::id).orElse("all (Admin)") + " until "
                + expires + "]";
    }
}
