package io.github.keywharf.postgres;

import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import io.github.keywharf.table.RowMask;
import java.math.BigDecimal;
import java.sql.SQLException;

/**
 * Whole numbers, and decimals held as unscaled longs, into numeric columns. The server's binary format has digits of
 * base 10,000 around the point, without leading and trailing zeros.
 */
final class CopyNumeric extends CopyColumn {

    private static final int BASE = 10_000;
    private static final long[] POWERS = new long[19];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = POWERS[i - 1] * 10;
        }
    }

    private final int scale;
    private final boolean ints;
    private final int[] digits = new int[12];
    private LongVector longs = LongVector.of(ColumnType.INT64, new long[0]);
    private IntVector narrow = IntVector.of(ColumnType.INT32, new int[0]);

    CopyNumeric(TargetColumn target, int scale, boolean ints) {
        super(target);
        this.scale = scale;
        this.ints = ints;
    }

    @Override
    void take(ColumnVector vector) {
        if (ints) {
            narrow = (IntVector) vector;
        } else {
            longs = (LongVector) vector;
        }
    }

    private long at(int row) {
        return ints ? narrow.intAt(row) : longs.longAt(row);
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
        boolean onlyZero = whole <= 0 || excess >= POWERS.length;
        long max = onlyZero ? 0 : whole >= POWERS.length ? Long.MAX_VALUE : POWERS[whole] - 1;
        long min = max == Long.MAX_VALUE ? Long.MIN_VALUE : -max;
        long unit = onlyZero || excess <= 0 ? 1 : POWERS[excess];
        for (int row = 0; row < size; row++) {
            long value = at(row);
            if ((value > max || value < min || (unit > 1 && value % unit != 0)) && !isNull(row)) {
                rejected.reject(
                        row,
                        target.name(),
                        BigDecimal.valueOf(value, scale).toPlainString() + " does not fit " + target.declared());
            }
        }
    }

    @Override
    void writeValue(CopyBuffer out, int row) throws SQLException {
        long value = at(row);
        long whole = value / POWERS[scale];
        long fraction = value - whole * POWERS[scale];
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
                digits[count++] = (int) (part / POWERS[left - 4]);
                part %= POWERS[left - 4];
            } else {
                digits[count++] = (int) (part * POWERS[4 - left]);
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
        write(out, first, count, count == first ? 0 : groups - 1 - first, negative);
    }

    private void write(CopyBuffer out, int first, int end, int weight, boolean negative) throws SQLException {
        int count = end - first;
        out.putInt(8 + 2 * count);
        out.putInt(count << 16 | (weight & 0xffff));
        out.putInt((negative ? 0x4000 : 0) << 16 | scale);
        for (int i = first; i < end; i++) {
            out.putShort(digits[i]);
        }
    }
}
