package io.github.keywharf.postgres;

import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.RowMask;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Decimals of more than 18 digits into numeric columns. */
final class CopyBigNumeric extends CopyColumn {

    private static final BigInteger BASE = BigInteger.valueOf(10_000);

    private final int scale;
    private ColumnVector values = ColumnVector.ofNulls(ColumnType.INT32, 0);

    CopyBigNumeric(TargetColumn target, int scale) {
        super(target);
        this.scale = scale;
    }

    @Override
    void take(ColumnVector vector) {
        values = vector;
    }

    @Override
    void checkValues(int size, RowMask rejected) {
        if (target.precision() < 0) {
            return;
        }
        for (int row = 0; row < size; row++) {
            @Nullable BigDecimal value = (BigDecimal) values.value(row);
            if (value != null && !fits(value)) {
                rejected.reject(row, target.name(), value.toPlainString() + " does not fit " + target.declared());
            }
        }
    }

    private boolean fits(BigDecimal value) {
        BigDecimal plain = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        return plain.scale() <= target.scale()
                && plain.precision() - plain.scale() <= target.precision() - target.scale();
    }

    @Override
    void writeValue(CopyBuffer out, int row) throws SQLException {
        BigDecimal value = (BigDecimal) values.value(row);
        if (value == null) {
            out.putNull();
            return;
        }
        int padded = (scale + 3) / 4 * 4;
        BigInteger rest =
                value.setScale(padded, RoundingMode.UNNECESSARY).unscaledValue().abs();
        int[] digits = new int[16];
        int end = digits.length;
        int first = end;
        while (rest.signum() != 0) {
            BigInteger[] parts = rest.divideAndRemainder(BASE);
            digits[--first] = parts[1].intValue();
            rest = parts[0];
        }
        int weight = digits.length - first - 1 - padded / 4;
        while (end > first && digits[end - 1] == 0) {
            end--;
        }
        int count = end - first;
        out.putInt(8 + 2 * count);
        out.putInt(count << 16 | ((count == 0 ? 0 : weight) & 0xffff));
        out.putInt((value.signum() < 0 ? 0x4000 : 0) << 16 | scale);
        for (int i = first; i < end; i++) {
            out.putShort(digits[i]);
        }
    }
}
