package io.github.keywharf.cassandra;

import com.datastax.oss.protocol.internal.ProtocolConstants;
import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnVector;
import java.nio.ByteBuffer;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the usual forms of numbers, days, times and so on straight from the bytes of their text, as a file of a million rows
 * has them. Any other form, and whatever is wrong, is left to {@link BulkText}, which knows them all and says why.
 */
final class BulkPlainText {
    private static final long NOT_PLAIN = Long.MIN_VALUE;
    private static final int MAX_DIGITS = 18;
    private static final int MAX_EXACT_DIGITS = 15;
    private static final int UUID_LENGTH = 36;
    private static final int DATE_LENGTH = 10;
    private static final int SECONDS_END = 19;
    private static final long MILLIS_OF_DAY = 86_400_000L;
    private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
    private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};

    /** Powers of ten that a double holds exactly, so that one division rounds once, as reading the text whole would. */
    private static final double[] POWERS = new double[23];

    static {
        double power = 1;
        for (int i = 0; i < POWERS.length; i++) {
            POWERS[i] = power;
            power *= 10;
        }
    }

    private BulkPlainText() {}

    /** The encoder of text into a scalar type: the plain forms here, all others by the other encoder. */
    static BulkEncoder encoder(int code, BulkEncoder otherwise) {
        @Nullable
        Plain plain = switch (code) {
            case ProtocolConstants.DataType.INT -> BulkPlainText::int32;
            case ProtocolConstants.DataType.BIGINT, ProtocolConstants.DataType.COUNTER -> BulkPlainText::int64;
            case ProtocolConstants.DataType.DECIMAL -> BulkPlainText::decimal;
            case ProtocolConstants.DataType.DOUBLE -> BulkPlainText::float64;
            case ProtocolConstants.DataType.BOOLEAN -> BulkPlainText::bool;
            case ProtocolConstants.DataType.UUID -> BulkPlainText::uuid;
            case ProtocolConstants.DataType.DATE -> BulkPlainText::date;
            case ProtocolConstants.DataType.TIMESTAMP -> BulkPlainText::timestamp;
            default -> null;
        };
        if (plain == null) {
            return otherwise;
        }
        return (vector, row) -> {
            ByteBuffer read = read(plain, vector, row);
            return read == null ? otherwise.encode(vector, row) : read;
        };
    }

    private static @Nullable ByteBuffer read(Plain plain, ColumnVector vector, int row) {
        BytesVector values = (BytesVector) vector;
        int from = values.offset(row);
        return plain.read(values.bytes(), from, from + values.length(row));
    }

    /** Reads one form of text. */
    @FunctionalInterface
    private interface Plain {

        /** The bytes of CQL, or null when the text between two places is of another form. */
        @Nullable
        ByteBuffer read(byte[] text, int from, int to);
    }

    private static @Nullable ByteBuffer int32(byte[] text, int from, int to) {
        long value = whole(text, from, to);
        return value == (int) value ? CqlScalars.int32((int) value) : null;
    }

    private static @Nullable ByteBuffer int64(byte[] text, int from, int to) {
        long value = whole(text, from, to);
        return value == NOT_PLAIN ? null : CqlScalars.int64(value);
    }

    private static long whole(byte[] text, int from, int to) {
        boolean negative = from < to && text[from] == '-';
        int start = negative ? from + 1 : from;
        long digits = to - start > MAX_DIGITS ? NOT_PLAIN : digits(text, start, to);
        return digits == NOT_PLAIN || !negative ? digits : -digits;
    }

    /** The number that at least one digit and nothing else makes. */
    private static long digits(byte[] text, int from, int to) {
        if (from >= to) {
            return NOT_PLAIN;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                return NOT_PLAIN;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** Where the only point is, with a digit on each side of it; the end when there is none. */
    private static int point(byte[] text, int from, int to) {
        for (int i = from + 1; i < to - 1; i++) {
            if (text[i] == '.') {
                return i;
            }
        }
        return to;
    }

    /** The digits on both sides of a point as one number. */
    private static long unscaled(byte[] text, int from, int point, int to) {
        if (to - from > MAX_DIGITS + 1) {
            return NOT_PLAIN;
        }
        long before = digits(text, from, point);
        if (point == to || before == NOT_PLAIN) {
            return to - from > MAX_DIGITS ? NOT_PLAIN : before;
        }
        long after = digits(text, point + 1, to);
        return after == NOT_PLAIN ? NOT_PLAIN : before * (long) POWERS[to - point - 1] + after;
    }

    private static @Nullable ByteBuffer decimal(byte[] text, int from, int to) {
        boolean negative = from < to && text[from] == '-';
        int start = negative ? from + 1 : from;
        int point = point(text, start, to);
        long unscaled = unscaled(text, start, point, to);
        return unscaled == NOT_PLAIN
                ? null
                : CqlScalars.decimal(negative ? -unscaled : unscaled, point == to ? 0 : to - point - 1);
    }

    private static @Nullable ByteBuffer float64(byte[] text, int from, int to) {
        boolean negative = from < to && text[from] == '-';
        int start = negative ? from + 1 : from;
        int point = point(text, start, to);
        if (to - start - (point == to ? 0 : 1) > MAX_EXACT_DIGITS) {
            return null;
        }
        long unscaled = unscaled(text, start, point, to);
        if (unscaled == NOT_PLAIN) {
            return null;
        }
        double value = point == to ? unscaled : unscaled / POWERS[to - point - 1];
        return CqlScalars.int64(Double.doubleToRawLongBits(negative ? -value : value));
    }

    private static @Nullable ByteBuffer bool(byte[] text, int from, int to) {
        if (Arrays.equals(text, from, to, TRUE, 0, TRUE.length)) {
            return ByteBuffer.allocate(1).put(0, (byte) 1);
        }
        return Arrays.equals(text, from, to, FALSE, 0, FALSE.length) ? ByteBuffer.allocate(1) : null;
    }

    private static @Nullable ByteBuffer uuid(byte[] text, int from, int to) {
        if (to - from != UUID_LENGTH) {
            return null;
        }
        byte[] uuid = new byte[16];
        int at = from;
        for (int i = 0; i < 16; i++) {
            if (i == 4 || i == 6 || i == 8 || i == 10) {
                if (text[at++] != '-') {
                    return null;
                }
            }
            int pair = Character.digit(text[at], 16) << 4 | Character.digit(text[at + 1], 16);
            if (pair < 0) {
                return null;
            }
            uuid[i] = (byte) pair;
            at += 2;
        }
        return ByteBuffer.wrap(uuid);
    }

    private static @Nullable ByteBuffer date(byte[] text, int from, int to) {
        long day = to - from == DATE_LENGTH ? day(text, from) : NOT_PLAIN;
        return day == NOT_PLAIN ? null : CqlScalars.date((int) day);
    }

    /** Days since 1970-01-01 of a text that has at least as many bytes as {@code 2024-05-20}. */
    private static long day(byte[] text, int from) {
        long year = digits(text, from, from + 4);
        long month = digits(text, from + 5, from + 7);
        long day = digits(text, from + 8, from + 10);
        boolean plain = year >= 0
                && month >= 1
                && month <= 12
                && day >= 1
                && text[from + 4] == '-'
                && text[from + 7] == '-'
                && (day <= 28 || day <= YearMonth.of((int) year, (int) month).lengthOfMonth());
        return plain ? LocalDate.of((int) year, (int) month, (int) day).toEpochDay() : NOT_PLAIN;
    }

    /** A day and a time to the second, then perhaps a fraction, then perhaps a {@code Z}; without it, it is UTC too. */
    private static @Nullable ByteBuffer timestamp(byte[] text, int from, int to) {
        if (to - from < SECONDS_END || (text[from + 10] != 'T' && text[from + 10] != ' ')) {
            return null;
        }
        long day = day(text, from);
        long hour = digits(text, from + 11, from + 13);
        long minute = digits(text, from + 14, from + 16);
        long second = digits(text, from + 17, from + 19);
        int end = text[to - 1] == 'Z' ? to - 1 : to;
        long millis = millis(text, from + SECONDS_END, end);
        boolean plain = day != NOT_PLAIN
                && hour >= 0
                && hour <= 23
                && minute >= 0
                && minute <= 59
                && second >= 0
                && second <= 59
                && millis >= 0
                && text[from + 13] == ':'
                && text[from + 16] == ':';
        return plain
                ? CqlScalars.int64(day * MILLIS_OF_DAY + ((hour * 60 + minute) * 60 + second) * 1_000 + millis)
                : null;
    }

    /** A point and one to three digits, or nothing, as thousandths. */
    private static long millis(byte[] text, int from, int to) {
        int length = to - from;
        if (length == 0) {
            return 0;
        }
        if (length < 2 || length > 4 || text[from] != '.') {
            return NOT_PLAIN;
        }
        long fraction = digits(text, from + 1, to);
        return fraction == NOT_PLAIN ? NOT_PLAIN : fraction * (long) POWERS[4 - length];
    }
}
