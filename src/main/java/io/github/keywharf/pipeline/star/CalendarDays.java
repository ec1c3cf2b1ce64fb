package io.github.keywharf.pipeline.star;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.time.LocalDate;
import java.time.format.TextStyle;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** The days that facts speak of, and the rows of the calendar for them. Not thread-safe. */
public final class CalendarDays {

    private static final int FIRST = (int) LocalDate.of(1, 1, 1).toEpochDay();
    private static final int LAST = (int) LocalDate.of(9999, 12, 31).toEpochDay();

    private static final int NONE = Integer.MIN_VALUE;

    private final BitSet days = new BitSet();

    /** Whether a day has a place in the calendar: years 1 to 9999. */
    static boolean has(int epochDay) {
        return epochDay >= FIRST && epochDay <= LAST;
    }

    /** Adds all days from the first to the last, inclusive. */
    public void addRange(LocalDate first, LocalDate last) {
        days.set((int) first.toEpochDay() - FIRST, (int) last.toEpochDay() - FIRST + 1);
    }

    /** Adds the days of a column of dates. */
    void addAll(IntVector dates) {
        int previous = NONE;
        for (int i = 0; i < dates.size(); i++) {
            int day = dates.intAt(i);
            // A row with another day is rejected, as the calendar does not have it.
            if (day != previous && !dates.isNull(i) && has(day)) {
                days.set(day - FIRST);
                previous = day;
            }
        }
    }

    /** True if no day was added. */
    public boolean isEmpty() {
        return days.isEmpty();
    }

    /** A row for each day, in order, with the columns of the calendar in the order of the specification. */
    public ColumnBatch batch(StarTables.Calendar calendar) {
        Schema schema = calendar.table().schema();
        List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, days.cardinality());
        for (int bit = days.nextSetBit(0); bit >= 0; bit = days.nextSetBit(bit + 1)) {
            LocalDate day = LocalDate.ofEpochDay((long) bit + FIRST);
            Object[] values = {
                day,
                day.getYear(),
                day.getMonthValue(),
                day.getDayOfMonth(),
                calendar.numbering().number(day.getDayOfWeek()),
                day.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH),
                day.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH),
                (day.getMonthValue() + 2) / 3
            };
            for (int i = 0; i < values.length; i++) {
                builders.get(i).appendValue(values[i]);
            }
        }
        return ColumnBatch.build(schema, builders);
    }

    /** {@link #batch} as rows. */
    public Rows rows(StarTables.Calendar calendar) {
        return Rows.of(calendar.table().schema(), List.of(batch(calendar)));
    }

    /** Adds the days of every column that refers to the calendar. */
    public void addDatesOf(ColumnBatch batch) {
        for (int i = 0; i < batch.schema().size(); i++) {
            ColumnVector column = batch.column(i);
            if (column.type().kind() == io.github.keywharf.table.ColumnType.Kind.DATE) {
                addAll((IntVector) column);
            }
        }
    }
}
