package io.github.keywharf.format;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Reads numbers from characters. */
final class Numbers {
    /** The characters of a number at most; those of a decimal that a column holds are far fewer. */
    private static final int MAX_BIG = 4_000;

    /** What {@link #parse} returns when the text is not a number or does not fit. */
    static final long MALFORMED = Long.MIN_VALUE;

    /** Whole numbers of so many digits are exact as doubles, and so are powers of ten up to 10^22. */
    private static final int EXACT_DIGITS = 15;

    private static final double[] TENS = {
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };

    private static final String LEAST = Long.toString(Long.MIN_VALUE);

    private Numbers() {}

    /** The unscaled long of a plain number with at most so many digits after the point, zeros behind them ignored. */
    static long parse(char[] text, int offset, int length, int scale) {
        int end = offset + length;
        int at = offset;
        boolean negative = at < end && text[at] == '-';
        if (negative || (at < end && text[at] == '+')) {
            at++;
        }
        long value = 0;
        int digits = 0;
        int point = -1;
        for (; at < end; at++) {
            char c = text[at];
            if (c == '.' && point < 0 && scale > 0) {
                point = at;
                continue;
            }
            int digit = c - '0';
            if (digit < 0 || digit > 9) {
                return MALFORMED;
            }
            digits++;
            if (point >= 0 && at - point > scale) {
                if (digit != 0) {
                    return MALFORMED;
                }
            } else if (value > (Long.MAX_VALUE - digit) / 10) {
                return MALFORMED;
            } else {
                value = value * 10 + digit;
            }
        }
        if (digits == 0) {
            return MALFORMED;
        }
        for (int missing = scale - (point < 0 ? 0 : end - point - 1); missing > 0; missing--) {
            if (value > Long.MAX_VALUE / 10) {
                return MALFORMED;
            }
            value *= 10;
        }
        return negative ? -value : value;
    }

    /** The double of a short plain number, NaN of any other text. A quotient of two exact doubles is the nearest one. */
    static double parsePlain(char[] text, int offset, int length) {
        int end = offset + length;
        int at = length > 0 && text[offset] == '-' ? offset + 1 : offset;
        boolean negative = at > offset;
        int point = -1;
        long value = 0;
        int digits = 0;
        for (; at < end; at++) {
            int digit = text[at] - '0';
            if (digit >= 0 && digit <= 9 && digits < EXACT_DIGITS) {
                value = value * 10 + digit;
                digits++;
            } else if (text[at] == '.' && point < 0) {
                point = at;
            } else {
                return Double.NaN;
            }
        }
        if (digits == 0) {
            return Double.NaN;
        }
        double whole = value;
        double number = point < 0 ? whole : whole / TENS[end - point - 1];
        return negative ? -number : number;
    }

    /** Whether the text is the least long, which has no positive twin. */
    static boolean isLeast(char[] text, int offset, int length) {
        return length == LEAST.length() && LEAST.equals(new String(text, offset, length));
    }

    /** The number, exponents allowed, or null when it is none. */
    static @Nullable BigDecimal parseBig(char[] text, int offset, int length) {
        // The time that it takes grows with the square of the digits: hours, for some million of them.
        if (length > MAX_BIG) {
            return null;
        }
        try {
            return new BigDecimal(text, offset, length);
        } catch (NumberFormatException | ArithmeticException e) {
            return null;
        }
    }

    /** Whether a digit other than zero stands before the exponent. */
    static boolean hasDigits(char[] text, int offset, int length) {
        for (int i = offset; i < offset + length && text[i] != 'e' && text[i] != 'E'; i++) {
            if (text[i] >= '1' && text[i] <= '9') {
                return true;
            }
        }
        return false;
    }

    /** Whether Java's own parser may have a look: no blanks around, no hexadecimal, no suffix for the type. */
    static boolean isFloating(char[] text, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            char c = text[i];
            if (c <= ' ' || c == 'x' || c == 'X' || c == 'd' || c == 'D' || c == 'F' || c == 'p') {
                return false;
            }
        }
        return length > 0 && (text[offset + length - 1] != 'f');
    }
}
