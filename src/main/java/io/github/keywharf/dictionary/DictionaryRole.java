package io.github.keywharf.dictionary;

import java.util.List;
import java.util.Optional;

/**
 * Role, without its secrets.
 *
 * @param name name, without quotes
 * @param superuser true if it has all rights; its members have them too
 * @param login true if it can log in
 * @param memberOf roles whose rights it inherits, sorted by name; absent if they are not visible
 */
public record DictionaryRole(String name, boolean superuser, boolean login, Optional<List<String>> memberOf) {

    /** Copies and sorts. */
    public DictionaryRole {
        memberOf = memberOf.map(roles -> roles.stream().sorted().toList());
    }

    @Override
    public String toString() {
        return Texts.line(name
                + (superuser ? ", superuser" : "")
                + (login ? ", may log in" : "")
                + memberOf.filter(roles -> !roles.isEmpty())
                        .map(roles -> ", member of " + String.join(", ", roles))
                        .orElse(""));
    }
}
