package io.github.keywharf.bench.format;

import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;

/** Adds up columns, so that each value is looked at and what two readers read can be compared. */
final class WideSums {

    /** How a reader holds a column. */
    enum Kind {
        INT,
        LONG,
        FLOAT,
        DOUBLE,
        BOOLEAN,
        TEXT
    }

    private WideSums() {}

    private static boolean absent(long[] present, int row) {
        return present != null && (present[row >>> 6] & (1L << row)) == 0;
    }

    static long of(ColumnVector vector) {
        long sum = 0;
        int rows = vector.size();
        boolean nulls = vector.hasNulls();
        if (vector instanceof IntVector ints) {
            for (int i = 0; i < rows; i++) {
                sum += nulls && vector.isNull(i) ? 0 : ints.intAt(i);
            }
        } else if (vector instanceof LongVector longs) {
            for (int i = 0; i < rows; i++) {
                sum += nulls && vector.isNull(i) ? 0 : longs.longAt(i);
            }
        } else if (vector instanceof DoubleVector doubles) {
            for (int i = 0; i < rows; i++) {
                sum += nulls && vector.isNull(i) ? 0 : (long) doubles.doubleAt(i);
            }
        } else if (vector instanceof BooleanVector booleans) {
            for (int i = 0; i < rows; i++) {
                sum += booleans.booleanAt(i) && !(nulls && vector.isNull(i)) ? 1 : 0;
            }
        } else {
            BytesVector bytes = (BytesVector) vector;
            for (int i = 0; i < rows; i++) {
                if (!(nulls && vector.isNull(i))) {
                    sum += bytes.length(i) + bytes.bytes()[bytes.offset(i)];
                }
            }
        }
        return sum;
    }

    static long ints(int[] values, long[] present, int rows) {
        long sum = 0;
        for (int i = 0; i < rows; i++) {
            sum += absent(present, i) ? 0 : values[i];
        }
        return sum;
    }

    static long longs(long[] values, long[] present, int rows) {
        long sum = 0;
        for (int i = 0; i < rows; i++) {
            sum += absent(present, i) ? 0 : values[i];
        }
        return sum;
    }

    static long floats(float[] values, long[] present, int rows) {
        long sum = 0;
        for (int i = 0; i < rows; i++) {
            sum += absent(present, i) ? 0 : (long) values[i];
        }
        return sum;
    }

    static long doubles(double[] values, long[] present, int rows) {
        long sum = 0;
        for (int i = 0; i < rows; i++) {
            sum += absent(present, i) ? 0 : (long) values[i];
        }
        return sum;
    }

    static long booleans(boolean[] values, long[] present, int rows) {
        long sum = 0;
        for (int i = 0; i < rows; i++) {
            sum += values[i] && !absent(present, i) ? 1 : 0;
        }
        return sum;
    }

    static long texts(byte[] values, int[] offsets, long[] present, int rows) {
        long sum = 0;
        for (int i = 0; i < rows; i++) {
            if (!absent(present, i)) {
                sum += offsets[i + 1] - offsets[i] + values[offsets[i]];
            }
        }
        return sum;
    }
}
