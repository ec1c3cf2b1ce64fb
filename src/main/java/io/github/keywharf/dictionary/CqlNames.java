package io.github.keywharf.dictionary;

import java.util.List;
import java.util.regex.Pattern;

/** The names in a CQL type. */
final class CqlNames {
    private static final Pattern NAME = Pattern.compile("\"((?:[^\"]|\"\")*)\"|'[^']*'|([A-Za-z][A-Za-z0-9_]*)");

    private CqlNames() {}

    /** Names in their order, those of the built-in types included, without quotes. */
    static List<String> in(String cqlType) {
        return NAME.matcher(cqlType)
                .results()
                .map(found -> found.group(1) != null
                        ? found.group(1).replace("\"\"", "\"")
                        : found.group(2) == null ? "" : found.group(2))
                .filter(name -> !name.isEmpty())
                .toList();
    }
}
