package io.github.keywharf.pipeline.star;

import java.time.DayOfWeek;

/** How {@code dim_date.day_of_week} numbers the days. The specification is silent; warehouses in use differ. */
public enum DayNumbering {
    /** ISO 8601: Monday is 1, Sunday is 7. */
    ISO,
    /** Monday is 0, Sunday is 6. */
    MONDAY_ZERO,
    /** Sunday is 0, Saturday is 6. */
    SUNDAY_ZERO;

    int number(DayOfWeek day) {
        return switch (this) {
            case ISO -> day.getValue();
            case MONDAY_ZERO -> day.getValue() - 1;
            case SUNDAY_ZERO -> day.getValue() % 7;
        };
    }
}
