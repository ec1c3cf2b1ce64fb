package io.github.keywharf.dictionary;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Formats names, comments and notes, which are untrusted text, for a line. */
final class Texts {
    private static final int NAMES_IN_AN_ERROR = 10;

    private Texts() {}

    /** Returns the text on one line, without control characters and marks of the direction of writing. */
    static String line(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int kind = Character.getType(c);
            boolean printable = kind != Character.CONTROL
                    && kind != Character.FORMAT
                    && kind != Character.SURROGATE
                    && kind != Character.LINE_SEPARATOR
                    && kind != Character.PARAGRAPH_SEPARATOR;
            line.appendCodePoint(printable ? c : ' ');
        });
        return line.toString();
    }

    static String padded(String text, int width) {
        return text.length() >= width ? text : text + " ".repeat(width - text.length());
    }

    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        String[] units = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
        double value = bytes / 1024.0;
        int unit = 0;
        while (value >= 1024 && unit < units.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
    }

    static String count(int number, String noun) {
        if (number == 1) {
            return "1 " + noun;
        }
        return number + " " + (noun.endsWith("x") ? noun + "es" : noun + "s");
    }

    static Map<String, String> sorted(Map<String, String> map) {
        return Collections.unmodifiableMap(new TreeMap<>(map));
    }

    /**
     * Returns the exception for a missing object; its message lists some that exist.
     *
     * @param code code of the exception, {@code dictionary.no_} and the kind of the object
     */
    static KeywharfException absent(String code, String subject, String name, Stream<String> present) {
        String noun = code.substring(code.indexOf('_') + 1);
        String names = present.limit(NAMES_IN_AN_ERROR + 1L)
                .map(Texts::line)
                .map(line -> Cut.to(line, 80))
                .collect(Collectors.joining(", "));
        return new KeywharfException(
                code,
                Cut.to(line(subject), 200),
                "There is no " + noun + " '" + Cut.to(line(name), 200) + "', or it may not be seen; "
                        + (names.isEmpty() ? "there is none" : "there are " + names));
    }
}
