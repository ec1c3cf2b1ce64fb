package io.github.keywharf.totesys;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.IntVector;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class CalendarDaysTest {

    /** Such as a repaired row may have, whose load would otherwise fail in each run. */
    @Test
    void days_of_years_that_the_calendar_does_not_have_are_left_out() {
        ColumnVector.Builder dates = ColumnVector.builder(ColumnType.DATE, 3);
        dates.appendValue(LocalDate.of(0, 12, 31));
        dates.appendValue(LocalDate.of(2024, 5, 1));
        dates.appendValue(LocalDate.of(10_000, 1, 1));
        CalendarDays days = new CalendarDays();
        days.addAll((IntVector) dates.build());

        StarSchema star = StarSchema.totesys();
        assertThat(days.batch(star.calendarTable().schema(), star.dayNumbering())
                        .size())
                .isEqualTo(1);
    }
}
