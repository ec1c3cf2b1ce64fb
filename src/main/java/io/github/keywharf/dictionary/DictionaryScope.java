package io.github.keywharf.dictionary;

import java.util.List;

/**
 * How much of the cluster a dictionary shows.
 *
 * @param kind why as much
 * @param roles whose rights it was filtered by, for {@link Kind#GRANTED}: the session's own and those it is a member of
 */
public record DictionaryScope(Kind kind, List<String> roles) {

    /** Copies and sorts. */
    public DictionaryScope {
        roles = roles.stream().sorted().toList();
    }

    /** Why a dictionary shows as much as it does. */
    public enum Kind {
        /** All, since the session may see everyone's rights, as superusers may. */
        ALL,
        /** All, since the server enforces no rights. */
        UNENFORCED,
        /** All that the server listed, since the host set no filter. */
        UNFILTERED,
        /** Only what the session's roles have some right on. */
        GRANTED
    }

    /** Whether all is shown that there is. */
    public boolean complete() {
        return kind != Kind.GRANTED;
    }

    @Override
    public String toString() {
        return switch (kind) {
            case ALL -> "complete";
            case UNENFORCED -> "complete; the server enforces no rights";
            case UNFILTERED -> "all that the server listed";
            case GRANTED ->
                Texts.line("what may be seen by " + (roles.isEmpty() ? "no role" : String.join(", ", roles)));
        };
    }
}
