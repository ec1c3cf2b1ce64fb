package io.github.keywharf.store;

import io.github.keywharf.internal.Checks;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * How the keys of a journal's entries are made from their numbers.
 *
 * @param name what they begin with
 * @param digits how many digits a number has at least
 * @param countsDown whether they begin with the number counted down from the greatest one
 */
record JournalKeys(String name, int digits, boolean countsDown) {
    /** How many digits hold any number. */
    static final int DIGITS = 20;

    static final JournalKeys COUNTDOWN = new JournalKeys("", 1, true);

    private static final String END = ".json";

    static JournalKeys ascending(String name, int digits) {
        ObjectKeys.checkPrefix(name);
        if (!name.isEmpty() && Character.isDigit(name.charAt(name.length() - 1))) {
            throw new IllegalArgumentException(
                    "The name '" + name + "' ends with a digit, as the number begins with one");
        }
        return new JournalKeys(name, Checks.between("digits", digits, 1, DIGITS), false);
    }

    String key(long number) {
        Checks.notNegative("number", number);
        return countsDown
                ? String.format(Locale.ROOT, "%019d-%d" + END, Long.MAX_VALUE - number, number)
                : String.format(Locale.ROOT, "%s%0" + digits + "d" + END, name, number);
    }

    /** The number of the entry of that key, or empty when it is not a key of an entry. */
    OptionalLong number(String key) {
        int end = key.length() - END.length();
        int begin = countsDown ? key.lastIndexOf('-') + 1 : name.length();
        if (begin >= end) {
            return OptionalLong.empty();
        }
        try {
            long number = Long.parseLong(key.substring(begin, end));
            return number >= 0 && key.equals(key(number)) ? OptionalLong.of(number) : OptionalLong.empty();
        } catch (NumberFormatException another) {
            return OptionalLong.empty();
        }
    }
}
