package io.github.keywharf.postgres.internal.copy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.SQLException;

/**
 * The binary format of {@code numeric}: how many digits to the base 10,000, the exponent of the first, the sign, how many
 * decimals are shown, then the digits; 16 bits each.
 */
final class Numerics {

    private static final int NEGATIVE = 0x4000;
    private static final int DIGITS = 8;
    /** Powers of ten that a long holds. */
    static final long[] POWERS = new long[19];

    private static final BigInteger BASE = BigInteger.valueOf(10_000);

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = POWERS[i - 1] * 10;
        }
    }

    private Numerics() {}

    /** The value times ten to the scale, for columns of at most 18 digits, which no step of this exceeds. */
    static long unscaledLong(byte[] bytes, int at, int scale) {
        int count = Wire.shortAt(bytes, at);
        int exponent = 4 * Wire.shortAt(bytes, at + 2) + scale;
        int sign = checkedSign(bytes, at);
        long value = 0;
        int next = at + DIGITS;
        for (int i = 0; i < count; i++, next += 2, exponent -= 4) {
            long digit = Wire.shortAt(bytes, next);
            if (exponent >= 0) {
                value += digit * POWERS[exponent];
            } else if (exponent > -4) {
                value += digit / POWERS[-exponent];
            }
        }
        return sign == NEGATIVE ? -value : value;
    }

    /** The value with that scale, which is not less than its own. */
    static BigDecimal bigDecimal(byte[] bytes, int at, int scale) {
        int count = Wire.shortAt(bytes, at);
        int lowest = Wire.shortAt(bytes, at + 2) - count + 1;
        int sign = checkedSign(bytes, at);
        BigInteger value = BigInteger.ZERO;
        for (int i = 0; i < count; i++) {
            value = value.multiply(BASE).add(BigInteger.valueOf(Wire.shortAt(bytes, at + DIGITS + 2 * i)));
        }
        return new BigDecimal(sign == NEGATIVE ? value.negate() : value, -4 * lowest).setScale(scale);
    }

    private static int checkedSign(byte[] bytes, int at) {
        int sign = Wire.shortAt(bytes, at + 4) & 0xFFFF;
        if (sign != 0 && sign != NEGATIVE) {
            throw sign == 0xC000
                    ? new Unreadable("NaN", "NaN")
                    : new Unreadable("an infinite number", sign == 0xF000 ? "-Infinity" : "Infinity");
        }
        return sign;
    }

    /**
     * Writes a field.
     *
     * @param digits to the base 10,000, from {@code first} to before {@code end}, without zeros around them
     * @param weight the exponent of the first digit
     */
    static void write(CopyBuffer out, int[] digits, int first, int end, int weight, boolean negative, int scale)
            throws SQLException {
        int count = end - first;
        out.putInt(8 + 2 * count);
        out.putInt(count << 16 | ((count == 0 ? 0 : weight) & 0xffff));
        out.putInt((negative ? NEGATIVE : 0) << 16 | scale);
        for (int i = first; i < end; i++) {
            out.putShort(digits[i]);
        }
    }
}
