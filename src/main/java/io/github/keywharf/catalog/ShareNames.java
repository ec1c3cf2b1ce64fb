package io.github.keywharf.catalog;

import io.github.keywharf.internal.Cut;
import java.util.regex.Pattern;

/** Limits of names in the Delta Sharing protocol. */
final class ShareNames {
    private static final int MAX_LENGTH = 255;
    private static final Pattern FORBIDDEN = Pattern.compile("[\\s./\\\\\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zs}\\p{Zl}\\p{Zp}]");

    private ShareNames() {}

    static String check(String what, String name) {
        if (name.isEmpty()
                || name.length() > MAX_LENGTH
                || FORBIDDEN.matcher(name).find()) {
            throw new IllegalArgumentException("'" + Cut.printable(name, 80) + "' is not a name of a " + what
                    + "; use 1 to " + MAX_LENGTH
                    + " characters without spaces, dots, slashes, backslashes and control characters");
        }
        return name;
    }

    /** Checks a text that may contain any characters but control characters, and is not empty. */
    static String checkText(String what, String text, int most) {
        if (text.isEmpty() || text.length() > most || !Cut.printable(text, most).equals(text)) {
            throw new IllegalArgumentException("'" + Cut.printable(text, 80) + "' is not a " + what + "; use 1 to "
                    + most + " characters without control characters");
        }
        return text;
    }
}
