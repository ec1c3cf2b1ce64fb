package io.github.keywharf.sharing.server;

import io.github.keywharf.table.Condition;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which rows a client says that it needs. The client filters again, so that too many files do no harm and one too few does:
 * what is not understood is left out.
 *
 * @param condition what rows have to fit to be needed; empty for all
 * @param exact whether a file that may have such a row has no others, so that its rows may be counted for a limit
 */
record Hints(Optional<Condition> condition, boolean exact) {
    static final Hints NONE = new Hints(Optional.empty(), true);

    /**
     * The hints of a query.
     *
     * @param sql predicates of SQL, which the protocol deprecated and lets servers ignore; where there is one, a limit
     *     is ignored too, as the client means it for the rows that the predicate leaves
     * @param json a tree of predicates
     */
    static Hints of(List<String> sql, Optional<String> json, HintColumns columns, Set<String> partitionColumns) {
        Optional<Part> part = json.map(text -> JsonHint.parse(text, columns));
        Optional<Condition> condition = part.flatMap(Part::condition);
        boolean exact = part.map(known -> known.exact()
                        && known.condition()
                                .map(it -> partitionColumns.containsAll(it.columns()))
                                .orElse(false))
                .orElse(true);
        return new Hints(condition, exact && sql.isEmpty());
    }

    /**
     * A part of a predicate.
     *
     * @param condition true for each row for which the part is true; empty when nothing is known of it
     * @param exact whether it is true for no others
     */
    record Part(Optional<Condition> condition, boolean exact) {
        static final Part UNKNOWN = new Part(Optional.empty(), false);

        static Part of(Condition condition) {
            return new Part(Optional.of(condition), true);
        }

        static Part and(List<Part> parts) {
            Condition[] known =
                    parts.stream().flatMap(part -> part.condition().stream()).toArray(Condition[]::new);
            boolean exact = parts.stream().allMatch(Part::exact);
            return known.length == 0
                    ? UNKNOWN
                    : new Part(Optional.of(known.length == 1 ? known[0] : Condition.and(known)), exact);
        }

        static Part or(List<Part> parts) {
            boolean known = parts.stream().allMatch(part -> part.condition().isPresent());
            return known && !parts.isEmpty()
                    ? new Part(
                            Optional.of(Condition.or(parts.stream()
                                    .map(part -> part.condition().orElseThrow())
                                    .toArray(Condition[]::new))),
                            parts.stream().allMatch(Part::exact))
                    : UNKNOWN;
        }

        /** What is true for too many rows is false for too few. */
        Part negated() {
            return exact ? condition.map(known -> of(Condition.not(known))).orElse(UNKNOWN) : UNKNOWN;
        }
    }
}
