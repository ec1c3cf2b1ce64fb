package io.github.keywharf.dictionary;

import java.util.List;

/**
 * Visible part of a cluster in a dictionary.
 *
 * @param kind kind of the filter
 * @param roles roles whose rights are the filter, for {@link Kind#GRANTED}: that of the session and those it is a member of
 */
public record DictionaryScope(Kind kind, List<String> roles) {

    /** Copies and sorts. */
    public DictionaryScope {
        roles = roles.stream().sorted().toList();
    }

    /** Kind of the filter. */
    public enum Kind {
        /** No filter, because the session may see the rights of all roles, as superusers may. */
        ALL,
        /** No filter, because the server enforces no rights. */
        UNENFORCED,
        /** No filter, because the host disabled it. */
        UNFILTERED,
        /** Only objects on which the session's roles have a right. */
        GRANTED
    }

    /** Returns true if nothing is hidden. */
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
