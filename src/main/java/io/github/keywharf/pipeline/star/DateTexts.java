package io.github.keywharf.pipeline.star;

import io.github.keywharf.table.BytesVector;
import java.time.DateTimeException;
import java.time.LocalDate;

/** Reads {@code yyyy-mm-dd} straight from a vector's bytes, for sources that keep dates as text. */
final class DateTexts {

    /** Marks a text that is not a day. */
    static final int INVALID = Integer.MIN_VALUE;

    private static final int LENGTH = "yyyy-mm-dd".length();

    private DateTexts() {}

    /** The day since 1970-01-01 that the text at a position names, strictly but for blanks around it, or {@link #INVALID}. */
    static int epochDay(BytesVector texts, int position) {
        byte[] bytes = texts.bytes();
        int at = texts.offset(position);
        int end = at + texts.length(position);
        while (at < end && bytes[at] == ' ') {
            at++;
        }
        while (end > at && bytes[end - 1] == ' ') {
            end--;
        }
        if (end - at != LENGTH || bytes[at + 4] != '-' || bytes[at + 7] != '-') {
            return INVALID;
        }
        int year = number(bytes, at, 4);
        int month = number(bytes, at + 5, 2);
        int day = number(bytes, at + 8, 2);
        if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31) {
            return INVALID;
        }
        if (day > 28) {
            try {
                return (int) LocalDate.of(year, month, day).toEpochDay();
            } catch (DateTimeException e) {
                return INVALID;
            }
        }
        return epochDay(year, month, day);
    }

    private static int number(byte[] bytes, int at, int digits) {
        int number = 0;
        for (int i = 0; i < digits; i++) {
            int digit = bytes[at + i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    /** Days since 1970-01-01 of a day of the proleptic Gregorian calendar, with years that begin in March. */
    private static int epochDay(int year, int month, int day) {
        int marchYear = month > 2 ? year : year - 1;
        int era = marchYear / 400;
        int yearOfEra = marchYear - era * 400;
        int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return era * 146_097 + dayOfEra - 719_468;
    }
}
