package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.table.RowMask;
import java.sql.SQLException;

/** Whole numbers of 32 or 64 bits into columns of 16, 32 or 64, with a check of the range where it is smaller. */
final class CopyWhole extends CopyColumn {

    private final boolean wide;
    private final int bytes;
    private final long max;

    CopyWhole(TargetColumn target, boolean wide, int bytes) {
        super(target);
        this.wide = wide;
        this.bytes = bytes;
        this.max = bytes == 8 ? Long.MAX_VALUE : (1L << (bytes * 8 - 1)) - 1;
    }

    private long at(int row) {
        return wide ? longs().longAt(row) : ints().intAt(row);
    }

    @Override
    void checkValues(int size, RowMask rejected) {
        if (bytes < 8) {
            reject(
                    size,
                    rejected,
                    row -> at(row) > max || at(row) < -max - 1,
                    row -> at(row) + " is out of the range " + (-max - 1) + " to " + max);
        }
    }

    @Override
    void writeValue(CopyBuffer out, int row) throws SQLException {
        long value = at(row);
        switch (bytes) {
            case 2 -> out.putShortField((int) value);
            case 4 -> out.putIntField((int) value);
            default -> out.putLongField(value);
        }
    }
}
