package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.table.RowMask;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.util.Objects;

/** Decimals of more than 18 digits into numeric columns. */
final class CopyBigNumeric extends CopyColumn {

    private static final BigInteger BASE = BigInteger.valueOf(10_000);

    private final int scale;

    CopyBigNumeric(TargetColumn target, int scale) {
        super(target);
        this.scale = scale;
    }

    @Override
    void checkValues(int size, RowMask rejected) {
        if (target.precision() >= 0) {
            reject(
                    size,
                    rejected,
                    row -> !isNull(row) && !fits(at(row)),
                    row -> at(row).toPlainString() + " does not fit " + target.declared());
        }
    }

    private BigDecimal at(int row) {
        return (BigDecimal) Objects.requireNonNull(values().value(row));
    }

    private boolean fits(BigDecimal value) {
        BigDecimal plain = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        return plain.scale() <= target.scale()
                && plain.precision() - plain.scale() <= target.precision() - target.scale();
    }

    @Override
    void writeValue(CopyBuffer out, int row) throws SQLException {
        BigDecimal value = at(row);
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
        Numerics.write(out, digits, first, end, weight, value.signum() < 0, scale);
    }
}
