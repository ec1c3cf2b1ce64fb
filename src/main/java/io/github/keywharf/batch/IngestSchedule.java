package io.github.keywharf.batch;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;

/**
 * Between which times of each day files are ingested. Each day has its window once, also when its clocks are set: a start
 * that the clocks skip is where they go on, and of a time that they show twice the first one counts.
 *
 * @param from the first minute
 * @param to the minute after the last one; before {@code from} when the window passes midnight
 * @param zone whose clocks show these times
 */
record IngestSchedule(LocalTime from, LocalTime to, ZoneId zone) {

    IngestSchedule {
        if (!from.truncatedTo(ChronoUnit.MINUTES).equals(from)
                || !to.truncatedTo(ChronoUnit.MINUTES).equals(to)) {
            throw new IllegalArgumentException(
                    "schedule is from " + from + " to " + to + "; the times must be whole minutes, such as 22:30");
        }
        if (from.equals(to)) {
            throw new IllegalArgumentException("schedule is from " + from + " to " + to
                    + "; the times must differ, and without a schedule files are ingested at any time");
        }
    }

    boolean isOpenAt(Instant time) {
        LocalDate day = time.atZone(zone).toLocalDate();
        return isWithin(day, time) || isWithin(day.minusDays(1), time);
    }

    /** Whether a time is in the window that begins on that day. */
    private boolean isWithin(LocalDate day, Instant time) {
        ZoneOffsetTransition skipped = zone.getRules().getTransition(day.atTime(from));
        Instant begin = skipped != null && skipped.isGap()
                ? skipped.getInstant()
                : ZonedDateTime.of(day, from, zone).toInstant();
        boolean overnight = to.isBefore(from);
        Instant end =
                ZonedDateTime.of(overnight ? day.plusDays(1) : day, to, zone).toInstant();
        if (!begin.isBefore(end)) {
            // The clocks skipped the whole of it: it is as long as on other days.
            end = begin.plus(Duration.between(from, to));
        }
        return !time.isBefore(begin) && time.isBefore(end);
    }
}
