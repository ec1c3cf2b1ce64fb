package io.github.keywharf.postgres;

import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import io.github.keywharf.table.RowMask;
import java.sql.SQLException;

/** Whole numbers into columns of whole numbers. */
final class CopyWhole {

    private static final IntVector NO_INTS = IntVector.of(ColumnType.INT32, new int[0]);
    private static final LongVector NO_LONGS = LongVector.of(ColumnType.INT64, new long[0]);

    private CopyWhole() {}

    /** 32 bits into 32 bits, the most frequent case. */
    static final class Int extends CopyColumn {

        private IntVector values = NO_INTS;

        Int(TargetColumn target) {
            super(target);
        }

        @Override
        void take(ColumnVector vector) {
            values = (IntVector) vector;
        }

        @Override
        void writeValue(CopyBuffer out, int row) throws SQLException {
            out.putIntField(values.intAt(row));
        }
    }

    /** 32 bits into a double, which holds each of them exactly. */
    static final class IntAsDouble extends CopyColumn {

        private IntVector values = NO_INTS;

        IntAsDouble(TargetColumn target) {
            super(target);
        }

        @Override
        void take(ColumnVector vector) {
            values = (IntVector) vector;
        }

        @Override
        void writeValue(CopyBuffer out, int row) throws SQLException {
            out.putLongField(Double.doubleToRawLongBits(values.intAt(row)));
        }
    }

    /** 32 or 64 bits into 16, 32 or 64, with a check of the range where it is smaller. */
    static final class Narrowed extends CopyColumn {

        private final boolean wide;
        private final int bytes;
        private final long max;
        private LongVector longs = NO_LONGS;
        private IntVector ints = NO_INTS;

        Narrowed(TargetColumn target, boolean wide, int bytes) {
            super(target);
            this.wide = wide;
            this.bytes = bytes;
            this.max = bytes == 8 ? Long.MAX_VALUE : (1L << (bytes * 8 - 1)) - 1;
        }

        @Override
        void take(ColumnVector vector) {
            if (wide) {
                longs = (LongVector) vector;
            } else {
                ints = (IntVector) vector;
            }
        }

        private long at(int row) {
            return wide ? longs.longAt(row) : ints.intAt(row);
        }

        @Override
        void checkValues(int size, RowMask rejected) {
            if (bytes == 8) {
                return;
            }
            for (int row = 0; row < size; row++) {
                long value = at(row);
                if ((value > max || value < -max - 1) && !isNull(row)) {
                    rejected.reject(row, target.name(), value + " is out of the range " + (-max - 1) + " to " + max);
                }
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
}
