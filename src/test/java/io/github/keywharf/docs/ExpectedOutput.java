package io.github.keywharf.docs;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Printed output, in which {@code <...>} stands for whatever changes from run to run within a line. */
final class ExpectedOutput {
    private static final String WILDCARD = "<...>";

    private ExpectedOutput() {}

    /** Says where the two first differ, or nothing if they do not. */
    static String difference(String expected, String actual) {
        List<String> wanted = lines(expected);
        List<String> printed = lines(actual);
        for (int i = 0; i < Math.max(wanted.size(), printed.size()); i++) {
            boolean both = i < wanted.size() && i < printed.size();
            if (!both || !pattern(wanted.get(i)).matcher(printed.get(i)).matches()) {
                return "line %d should be%n  %s%nbut is%n  %s%nin%n%s"
                        .formatted(i + 1, lineOrEnd(wanted, i), lineOrEnd(printed, i), actual);
            }
        }
        return "";
    }

    private static String lineOrEnd(List<String> lines, int i) {
        return i < lines.size() ? lines.get(i) : "(end of output)";
    }

    private static List<String> lines(String text) {
        return text.stripTrailing().lines().map(String::stripTrailing).toList();
    }

    private static Pattern pattern(String line) {
        return Pattern.compile(Stream.of(line.split(Pattern.quote(WILDCARD), -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*")));
    }
}
