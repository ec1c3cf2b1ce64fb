package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.table.RowMask;
import java.math.BigDecimal;
import java.sql.SQLException;

/**
 * Whole numbers, and decimals held as unscaled longs, into numeric columns. The server's binary format has digits of
 * base 10,000 around the point, without leading and trailing zeros.
 */
final class CopyNumeric extends CopyColumn {

    private static final int BASE = 10_000;
    private final int scale;
    private final boolean ints;
    private final int[] digits = new int[12];

    CopyNumeric(TargetColumn target, int scale, boolean ints) {
        super(target);
        this.scale = scale;
        this.ints = ints;
    }

    private long at(int row) {
        return ints ? ints().intAt(row) : longs().longAt(row);
    }

    /** Rejects what has more digits before the point, or more that count after it, than the column. */
    @Override
    void checkValues(int size, RowMask rejected) {
        if (target.precision() < 0) {
            return;
        }
        int whole = target.precision() - target.scale() + scale;
        int excess = scale - target.scale();
        // Of more digits than a long has, none is too many before the point, and only zero has none after it.
        boolean onlyZero = whole <= 0 || excess >= Numerics.POWERS.length;
        long max = onlyZero ? 0 : whole >= Numerics.POWERS.length ? Long.MAX_VALUE : Numerics.POWERS[whole] - 1;
        long min = max == Long.MAX_VALUE ? Long.MIN_VALUE : -max;
        long unit = onlyZero || excess <= 0 ? 1 : Numerics.POWERS[excess];
        reject(
                size,
                rejected,
                row -> at(row) > max || at(row) < min || (unit > 1 && at(row) % unit != 0),
                row -> BigDecimal.valueOf(at(row), scale).toPlainString() + " does not fit " + target.declared());
    }

    @Override
    void writeValue(CopyBuffer out, int row) throws SQLException {
        long value = at(row);
        long whole = value / Numerics.POWERS[scale];
        long fraction = value - whole * Numerics.POWERS[scale];
        boolean negative = value < 0;
        int groups = 0;
        for (long rest = whole; rest != 0; rest /= BASE) {
            groups++;
        }
        long rest = whole;
        for (int i = groups - 1; i >= 0; i--) {
            digits[i] = (int) Math.abs(rest % BASE);
            rest /= BASE;
        }
        int count = groups;
        long part = Math.abs(fraction);
        for (int left = scale; left > 0 && part != 0; left -= 4) {
            if (left >= 4) {
                digits[count++] = (int) (part / Numerics.POWERS[left - 4]);
                part %= Numerics.POWERS[left - 4];
            } else {
                digits[count++] = (int) (part * Numerics.POWERS[4 - left]);
                part = 0;
            }
        }
        int first = 0;
        while (first < count && digits[first] == 0) {
            first++;
        }
        while (count > first && digits[count - 1] == 0) {
            count--;
        }
        Numerics.write(out, digits, first, count, groups - 1 - first, negative, scale);
    }
}
