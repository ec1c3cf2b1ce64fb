package io.github.keywharf.key;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.keywharf.Organisation;
import java.util.Optional;

/**
 * Name of a key in lists and logs.
 *
 * @param id the key's id, which is not a secret
 * @param organisation the organisation whose data the key opens; absent for the Admin's key
 * @param label the purpose of the key, in the words of its issuer; may be empty
 */
public record KeyIdentity(
        String id, @JsonInclude(JsonInclude.Include.ALWAYS) Optional<Organisation> organisation, String label) {

    @Override
    public String toString() {
        return id + " " + organisation.map(Organisation::id).orElse("(Admin)")
                + (label.isEmpty() ? "" : " '" + label + "'");
    }
}
