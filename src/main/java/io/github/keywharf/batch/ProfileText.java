package io.github.keywharf.batch;

import io.github.keywharf.internal.Cut;

/** Checks of single values of a profile, in the same words for each. */
final class ProfileText {
    /** The most characters of the name of a column. */
    static final int MAX_NAME = 200;

    private static final int MAX_SHOWN = 100;

    private ProfileText() {}

    /** What somebody wrote, fit for a message. */
    static String shown(String text) {
        return Cut.printable(text, MAX_SHOWN);
    }

    static long within(String key, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(key + " is " + value + "; it must be from " + least + " to " + most);
        }
        return value;
    }

    /** The name of a column. */
    static String name(String key, String name) {
        if (name.isBlank()
                || name.length() > MAX_NAME
                || !Cut.printable(name, MAX_NAME).equals(name)) {
            throw new IllegalArgumentException(key + " has '" + shown(name) + "'; the name of a column has 1 to "
                    + MAX_NAME + " characters, not all blank and none of them a control character");
        }
        return name;
    }
}
