package io.github.keywharf.postgres.internal.copy;

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
    private static void checkPrecision(CopyColumn column, int size, RowMask rejected) {
        long unit = column.target.microsKept();
        if (unit > 1) {
            column.reject(
                    size,
                    rejected,
                    row -> column.longs().longAt(row) % unit != 0 && !rejected.isRejected(row),
                    row -> column.longs().value(row) + " has more digits after the second than "
                            + column.target.declared() + " keeps");
        }
    }

    /** Days. */
    static final class Date extends CopyColumn {

        Date(TargetColumn target) {
            super(target);
        }

        @Override
        void checkValues(int size, RowMask rejected) {
            reject(
                    size,
                    rejected,
                    row -> ints().intAt(row) < FIRST_DAY || ints().intAt(row) > LAST_DAY,
                    row -> "day " + ints().intAt(row) + " since 1970-01-01 is beyond the server's calendar");
        }

        @Override
        void writeValue(CopyBuffer out, int row) throws SQLException {
            out.putIntField(ints().intAt(row) - DAYS_TO_2000);
        }
    }

    /** Times of day. */
    static final class Time extends CopyColumn {

        Time(TargetColumn target) {
            super(target);
        }

        @Override
        void checkValues(int size, RowMask rejected) {
            reject(
                    size,
                    rejected,
                    row -> longs().longAt(row) < 0 || longs().longAt(row) > Micros.PER_DAY,
                    row -> longs().longAt(row) + " microseconds are not within a day");
            checkPrecision(this, size, rejected);
        }

        @Override
        void writeValue(CopyBuffer out, int row) throws SQLException {
            out.putLongField(longs().longAt(row));
        }
    }

    /** Timestamps, with and without a time zone; the server takes all later ones that a long holds. */
    static final class Timestamp extends CopyColumn {

        Timestamp(TargetColumn target) {
            super(target);
        }

        @Override
        void checkValues(int size, RowMask rejected) {
            reject(
                    size,
                    rejected,
                    row -> longs().longAt(row) < FIRST_MICROS,
                    row -> longs().longAt(row) + " microseconds since 1970-01-01 are before the server's calendar");
            checkPrecision(this, size, rejected);
        }

        @Override
        void writeValue(CopyBuffer out, int row) throws SQLException {
            out.putLongField(longs().longAt(row) - MICROS_TO_2000);
        }
    }
}
