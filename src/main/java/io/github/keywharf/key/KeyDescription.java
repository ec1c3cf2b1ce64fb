package io.github.keywharf.key;

import io.github.keywharf.Organisation;
import java.time.Instant;
import java.util.Optional;

/**
 * What may be seen of a key: neither the key nor what it is verified by.
 *
 * @param id its id
 * @param state where it is in its life, at the time of asking
 * @param organisation whose data it opens; none for the Admin
 * @param label what it is for
 * @param created when it was issued
 * @param createdBy by whom
 * @param expires when it ends by itself, at the end of its grace if it has one
 * @param ended when it was ended, if it was
 * @param replacedBy the id of the key that took its place, if one did
 * @param lastUsed when it last opened something, if it did and the ring keeps it
 */
public record KeyDescription(
        String id,
        KeyState state,
        Optional<Organisation> organisation,
        String label,
        Instant created,
        String createdBy,
        Instant expires,
        Optional<Instant> ended,
        Optional<String> replacedBy,
        Optional<Instant> lastUsed) {

    /** Whether it is an Admin's. */
    public boolean isAdmin() {
        return organisation.isEmpty();
    }

    /** The same with the time of its last use. */
    public KeyDescription withLastUsed(Optional<Instant> time) {
        return new KeyDescription(id, state, organisation, label, created, createdBy, expires, ended, replacedBy, time);
    }

    @Override
    public String toString() {
        return id + " " + state + " " + organisation.map(Organisation::id).orElse("(Admin)")
                + (label.isEmpty() ? "" : " '" + label + "'") + ", created " + created + " by " + createdBy
                + ended.map(time -> ", ended " + time).orElse(", expires " + expires)
                + replacedBy.map(other -> ", replaced by " + other).orElse("");
    }
}
