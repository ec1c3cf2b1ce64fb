package io.github.keywharf.postgres;

import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import io.github.keywharf.table.Micros;
import io.github.keywharf.table.RowMask;
import java.sql.SQLException;

/** Days, times and timestamps, which the server counts from 2000-01-01 and within its own limits. */
final class CopyTimes {

    private static final int DAYS_TO_2000 = 10_957;
    private static final long MICROS_TO_2000 = DAYS_TO_2000 * Micros.PER_DAY;
    /** 4714-11-24 BC, the day 0 of the Julian calendar. */
    private static final int FIRST_DAY = -2_440_588;
    /** The day before 5874898-01-01. */
    private static final int LAST_DAY = 2_145_042_905;

    private static final long FIRST_MICROS = FIRST_DAY * Micros.PER_DAY;

    private CopyTimes() {}

    /** Rejects what the server would round, since the column keeps fewer digits of a second. */
    private static void checkPrecision(CopyColumn column, LongVector values, int size, RowMask rejected) {
        long unit = column.target.microsKept();
        if (unit == 1) {
            return;
        }
        for (int row = 0; row < size; row++) {
            if (values.longAt(row) % unit != 0 && !column.isNull(row) && !rejected.isRejected(row)) {
                rejected.reject(
                        row,
                        column.target.name(),
                        values.value(row) + " has more digits after the second than " + column.target.declared()
                                + " keeps");
            }
        }
    }

    /** Days. */
    static final class Date extends CopyColumn {

        private IntVector values = IntVector.of(ColumnType.DATE, new int[0]);

        Date(TargetColumn target) {
            super(target);
        }

        @Override
        void take(ColumnVector vector) {
            values = (IntVector) vector;
        }

        @Override
        void checkValues(int size, RowMask rejected) {
            for (int row = 0; row < size; row++) {
                int day = values.intAt(row);
                if ((day < FIRST_DAY || day > LAST_DAY) && !isNull(row)) {
                    rejected.reject(
                            row, target.name(), "day " + day + " since 1970-01-01 is beyond the server's calendar");
                }
            }
        }

        @Override
        void writeValue(CopyBuffer out, int row) throws SQLException {
            out.putIntField(values.intAt(row) - DAYS_TO_2000);
        }
    }

    /** Times of day. */
    static final class Time extends CopyColumn {

        private LongVector values = LongVector.of(ColumnType.TIME, new long[0]);

        Time(TargetColumn target) {
            super(target);
        }

        @Override
        void take(ColumnVector vector) {
            values = (LongVector) vector;
        }

        @Override
        void checkValues(int size, RowMask rejected) {
            for (int row = 0; row < size; row++) {
                long micros = values.longAt(row);
                if ((micros < 0 || micros > Micros.PER_DAY) && !isNull(row)) {
                    rejected.reject(row, target.name(), micros + " microseconds are not within a day");
                }
            }
            checkPrecision(this, values, size, rejected);
        }

        @Override
        void writeValue(CopyBuffer out, int row) throws SQLException {
            out.putLongField(values.longAt(row));
        }
    }

    /** Timestamps, with and without a time zone; the server takes all later ones that a long holds. */
    static final class Timestamp extends CopyColumn {

        private LongVector values = LongVector.of(ColumnType.TIMESTAMP, new long[0]);

        Timestamp(TargetColumn target) {
            super(target);
        }

        @Override
        void take(ColumnVector vector) {
            values = (LongVector) vector;
        }

        @Override
        void checkValues(int size, RowMask rejected) {
            for (int row = 0; row < size; row++) {
                long micros = values.longAt(row);
                if (micros < FIRST_MICROS && !isNull(row)) {
                    rejected.reject(
                            row,
                            target.name(),
                            micros + " microseconds since 1970-01-01 are before the server's calendar");
                }
            }
            checkPrecision(this, values, size, rejected);
        }

        @Override
        void writeValue(CopyBuffer out, int row) throws SQLException {
            out.putLongField(values.longAt(row) - MICROS_TO_2000);
        }
    }
}
