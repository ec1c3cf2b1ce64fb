package io.github.keywharf.format;

import io.github.keywharf.table.Micros;

/**
 * Reads days and times in ISO form from characters and does the calendar's arithmetic, without an object for each
 * value. The calendar is the proleptic Gregorian one.
 */
final class Times {

    /** What the parsing methods return when the text is not such a value. */
    static final long MALFORMED = Long.MIN_VALUE;

    private static final int DAYS_PER_400_YEARS = 146_097;
    private static final int DAYS_TO_1970 = 719_468;
    private static final int MAX_YEAR_DIGITS = 7;

    private Times() {}

    /** One of the methods below. */
    @FunctionalInterface
    interface Parser {
        /** The value, or {@link Times#MALFORMED}. */
        long parse(char[] text, int offset, int length);
    }

    /** Days since 1970-01-01 of a date whose year begins, for the arithmetic's sake, in March. */
    static long epochDay(long year, int month, int day) {
        long shifted = month <= 2 ? year - 1 : year;
        long era = Math.floorDiv(shifted, 400);
        long yearOfEra = shifted - era * 400;
        long dayOfYear = (153L * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
        return era * DAYS_PER_400_YEARS + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - DAYS_TO_1970;
    }

    /** Year, month and day of a day since 1970-01-01, in one number for {@link #year} and its siblings. */
    static long civil(long epochDay) {
        long shifted = epochDay + DAYS_TO_1970;
        long era = Math.floorDiv(shifted, DAYS_PER_400_YEARS);
        long day = shifted - era * DAYS_PER_400_YEARS;
        long yearOfEra = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        long dayOfYear = day - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long shiftedMonth = (5 * dayOfYear + 2) / 153;
        long month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        long year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        return year * 1_024 + month * 32 + dayOfYear - (153 * shiftedMonth + 2) / 5 + 1;
    }

    static long year(long civil) {
        return civil >> 10;
    }

    static int month(long civil) {
        return (int) (civil >> 5) & 31;
    }

    static int day(long civil) {
        return (int) civil & 31;
    }

    /** Days since 1970-01-01 of {@code 2024-05-20}; the year has 4 to 7 digits and may have a sign. */
    static long parseDate(char[] text, int offset, int length) {
        int end = offset + length;
        int at = offset;
        boolean negative = at < end && text[at] == '-';
        if (negative || (at < end && text[at] == '+')) {
            at++;
        }
        int start = at;
        long year = 0;
        while (at < end && isDigit(text[at]) && at - start < MAX_YEAR_DIGITS) {
            year = year * 10 + text[at++] - '0';
        }
        if (at - start < 4 || end - at != 6 || text[at] != '-' || text[at + 3] != '-') {
            return MALFORMED;
        }
        year = negative ? -year : year;
        int month = two(text, at + 1);
        int day = two(text, at + 4);
        return month < 1 || month > 12 || day < 1 || day > daysOf(year, month) ? MALFORMED : epochDay(year, month, day);
    }

    private static int daysOf(long year, int month) {
        if (month == 2) {
            return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
        }
        return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    }

    /** Microseconds since midnight of {@code 12:10}, {@code 12:10:03} or {@code 12:10:03.998}, at most six digits. */
    static long parseTime(char[] text, int offset, int length) {
        boolean hasSeconds = length >= 8;
        if ((length != 5 && length < 8) || text[offset + 2] != ':' || (hasSeconds && text[offset + 5] != ':')) {
            return MALFORMED;
        }
        int hour = two(text, offset);
        int minute = two(text, offset + 3);
        int second = hasSeconds ? two(text, offset + 6) : 0;
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
            return MALFORMED;
        }
        long fraction = 0;
        if (length > 8) {
            if (text[offset + 8] != '.' || length < 10 || length > 15) {
                return MALFORMED;
            }
            for (int i = 9; i < 15; i++) {
                char c = i < length ? text[offset + i] : '0';
                if (!isDigit(c)) {
                    return MALFORMED;
                }
                fraction = fraction * 10 + c - '0';
            }
        }
        return ((hour * 60L + minute) * 60 + second) * Micros.PER_SECOND + fraction;
    }

    /** Microseconds since 1970-01-01T00:00 of a day, a blank or {@code T}, and a time of day. */
    static long parseTimestamp(char[] text, int offset, int length) {
        return parseTimestamp(text, offset, length, 0);
    }

    private static long parseTimestamp(char[] text, int offset, int length, long shift) {
        int middle = offset + 10;
        int end = offset + length;
        while (middle < end && text[middle] != 'T' && text[middle] != ' ') {
            middle++;
        }
        if (middle >= end) {
            return MALFORMED;
        }
        long day = parseDate(text, offset, middle - offset);
        long time = parseTime(text, middle + 1, end - middle - 1);
        if (day == MALFORMED || time == MALFORMED) {
            return MALFORMED;
        }
        // Counted from the end of the day where days are negative, as the first day's beginning is out of range.
        long wholeDays = day < 0 ? day + 1 : day;
        long rest = time + shift - (day < 0 ? Micros.PER_DAY : 0);
        long days = wholeDays + rest / Micros.PER_DAY;
        rest %= Micros.PER_DAY;
        if (days < 0 && rest > 0) {
            days++;
            rest -= Micros.PER_DAY;
        }
        if (days > 0 && rest < 0) {
            days--;
            rest += Micros.PER_DAY;
        }
        if (Math.abs(days) > Long.MAX_VALUE / Micros.PER_DAY) {
            return MALFORMED;
        }
        long micros = days * Micros.PER_DAY;
        return (micros ^ (micros + rest)) < 0 && (micros ^ rest) >= 0 ? MALFORMED : micros + rest;
    }

    /** The same with {@code Z}, {@code +02}, {@code +02:00} or {@code +0200} at its end. */
    static long parseInstant(char[] text, int offset, int length) {
        int end = offset + length;
        if (length > 0 && (text[end - 1] == 'Z' || text[end - 1] == 'z')) {
            return parseTimestamp(text, offset, length - 1);
        }
        int sign = end - 1;
        while (sign > offset + 10 && text[sign] != '+' && text[sign] != '-') {
            sign--;
        }
        int digits = end - sign - 1;
        boolean colon = digits == 5 && text[sign + 3] == ':';
        if (sign <= offset + 10 || (digits != 2 && digits != 4 && !colon)) {
            return MALFORMED;
        }
        int hours = two(text, sign + 1);
        int minutes = digits == 2 ? 0 : two(text, end - 2);
        if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) {
            return MALFORMED;
        }
        long shift = (hours * 60L + minutes) * 60 * Micros.PER_SECOND;
        return parseTimestamp(text, offset, sign - offset, text[sign] == '-' ? shift : -shift);
    }

    private static int two(char[] text, int at) {
        return isDigit(text[at]) && isDigit(text[at + 1]) ? (text[at] - '0') * 10 + text[at + 1] - '0' : -1;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
