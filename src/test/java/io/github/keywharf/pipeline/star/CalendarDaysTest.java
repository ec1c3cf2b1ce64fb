package io.github.keywharf.pipeline.star;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.IntVector;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CalendarDaysTest {

    private static final StarTables.Calendar CALENDAR = new StarTables.Calendar(
            new WarehouseTable(
                    "dim_date", StarTables.Calendar.COLUMNS, List.of("date_id"), Optional.empty(), List.of()),
            DayNumbering.ISO,
            LocalDate.of(2024, 1, 1),
            LocalDate.of(2024, 12, 31));

    @Test
    void days_of_the_week_are_numbered_as_chosen() {
        assertThat(List.of(DayNumbering.values()))
                .extracting(numbering -> numbering.number(DayOfWeek.SUNDAY))
                .containsExactly(7, 6, 0);
        assertThat(List.of(DayNumbering.values()))
                .extracting(numbering -> numbering.number(DayOfWeek.MONDAY))
                .containsExactly(1, 0, 1);
    }

    @Test
    void a_calendar_row_says_all_about_its_day() {
        CalendarDays days = new CalendarDays();
        days.addRange(LocalDate.of(2024, 2, 29), LocalDate.of(2024, 3, 1));
        ColumnBatch batch = days.batch(CALENDAR);

        assertThat(batch.row(0).toMap().values())
                .containsExactly(LocalDate.of(2024, 2, 29), 2024, 2, 29, 4, "Thursday", "February", 1);
        assertThat(batch.size()).isEqualTo(2);
    }

    /** Such as a repaired row may have, whose load would otherwise fail in each run. */
    @Test
    void days_of_years_that_the_calendar_does_not_have_are_left_out() {
        ColumnVector.Builder dates = ColumnVector.builder(ColumnType.DATE, 3);
        dates.appendValue(LocalDate.of(0, 12, 31));
        dates.appendValue(LocalDate.of(2024, 5, 1));
        dates.appendValue(LocalDate.of(10_000, 1, 1));
        CalendarDays days = new CalendarDays();
        days.addAll((IntVector) dates.build());
        assertThat(days.batch(CALENDAR).size()).isEqualTo(1);
    }
}
