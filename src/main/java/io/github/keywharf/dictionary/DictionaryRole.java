package io.github.keywharf.dictionary;

import java.util.List;
import java.util.Optional;

/**
 * A role, without any secret of it.
 *
 * @param name as it is, without quotes
 * @param superuser whether it may do everything by itself; a member of such a role may too
 * @param login whether one can log in as it
 * @param memberOf the roles whose rights it has too, by name; absent when it may not be seen
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
