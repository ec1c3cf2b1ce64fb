package io.github.keywharf.sql;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import java.util.regex.Pattern;

/** Names of tables and columns in statements, which cannot be bound as parameters. */
public final class Identifiers {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,62}");

    private Identifiers() {}

    /**
     * Returns the name in double quotes, with quotes inside it doubled, so that it cannot be anything but a name.
     *
     * @throws IllegalArgumentException if it is empty or contains a NUL character
     */
    public static String quote(String name) {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("A name must not be empty, nor contain a NUL character");
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /**
     * Returns the name if it is plain: ASCII letters, digits and underscores, not a digit first, at most 63.
     *
     * @throws KeywharfException with code {@code sql.bad_identifier} otherwise
     */
    public static String check(String name) {
        if (!PLAIN.matcher(name).matches()) {
            throw new KeywharfException(
                    "sql.bad_identifier",
                    Cut.to(name, 80),
                    "This is not a plain name; use ASCII letters, digits and underscores, not a digit first, at most 63");
        }
        return name;
    }
}
