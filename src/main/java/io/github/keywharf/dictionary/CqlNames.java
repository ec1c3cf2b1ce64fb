package io.github.keywharf.dictionary;

import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Finds the names in a CQL type. */
final class CqlNames {
    private static final Pattern NAME = Pattern.compile("\"((?:[^\"]|\"\")*)\"|'[^']*'|([A-Za-z][A-Za-z0-9_]*)");

    private CqlNames() {}

    /** Returns the names in their order, including those of built-in types, without quotes. */
    static List<String> in(String cqlType) {
        return NAME.matcher(cqlType)
                .results()
                .map(CqlNames::name)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<String> name(MatchResult found) {
        String quoted = found.group(1);
        return quoted == null
                ? Optional.ofNullable(found.group(2))
                : Optional.of(quoted.replace("\"\"", "\"")).filter(name -> !name.isEmpty());
    }
}
