package io.github.keywharf.store;

import io.github.keywharf.internal.Checks;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Keys of a journal's entries, formed from their numbers.
 *
 * @param name prefix of the keys
 * @param digits least number of digits
 * @param countsDown true if keys begin with the difference of the greatest number and their own
 */
record JournalKeys(String name, int digits, boolean countsDown) {
    /** Number of digits that are enough for any number. */
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

    /** Returns the number of the entry of a key, or empty if it is not the key of an entry. */
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
