package io.github.keywharf.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.keywharf.Organisation;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IngestScheduleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static IngestSchedule schedule(String from, String to) {
        return new IngestSchedule(LocalTime.parse(from), LocalTime.parse(to), BERLIN);
    }

    @ParameterizedTest
    @CsvSource({
        // by day, by night; Berlin is an hour ahead in winter
        "08:00, 17:00, 2026-01-15T06:59:59Z, false",
        "08:00, 17:00, 2026-01-15T07:00:00Z, true",
        "08:00, 17:00, 2026-01-15T15:59:59Z, true",
        "08:00, 17:00, 2026-01-15T16:00:00Z, false",
        "22:00, 06:00, 2026-01-15T20:59:59Z, false",
        "22:00, 06:00, 2026-01-15T21:00:00Z, true",
        "22:00, 06:00, 2026-01-16T04:59:59Z, true",
        "22:00, 06:00, 2026-01-16T05:00:00Z, false",
        // two hours ahead in summer
        "08:00, 17:00, 2026-07-15T06:00:00Z, true",
        "08:00, 17:00, 2026-07-15T15:00:00Z, false",
        // the night in which the clocks go from 02:00 to 03:00, at 01:00 UTC
        "22:00, 06:00, 2026-03-29T03:59:59Z, true",
        "22:00, 06:00, 2026-03-29T04:00:00Z, false",
        "02:10, 02:20, 2026-03-29T00:59:59Z, false",
        "02:10, 02:20, 2026-03-29T01:00:00Z, true",
        "02:10, 02:20, 2026-03-29T01:20:00Z, false",
        "02:30, 03:00, 2026-03-29T01:29:59Z, true",
        "02:30, 03:00, 2026-03-29T01:30:00Z, false",
        // the night in which they go from 03:00 to 02:00: the first 02:15 counts
        "02:15, 02:45, 2026-10-25T00:15:00Z, true",
        "02:15, 02:45, 2026-10-25T00:45:00Z, false",
        "02:15, 02:45, 2026-10-25T01:15:00Z, false",
        "22:00, 06:00, 2026-10-25T04:59:59Z, true",
        "22:00, 06:00, 2026-10-25T05:00:00Z, false",
    })
    void files_are_ingested_within_the_window_by_the_clocks_of_the_zone(
            String from, String to, Instant time, boolean open) {
        assertThat(schedule(from, to).isOpenAt(time)).isEqualTo(open);
    }

    @Property(tries = 300)
    void each_day_has_its_window_also_when_the_clocks_are_set(
            @ForAll @IntRange(max = 1_439) int from, @ForAll @IntRange(min = 1, max = 1_439) int minutes) {
        LocalTime begin = LocalTime.of(from / 60, from % 60);
        IngestSchedule schedule = new IngestSchedule(begin, begin.plusMinutes(minutes), BERLIN);
        for (String day : new String[] {"2026-03-28T23:00:00Z", "2026-10-24T22:00:00Z", "2026-06-01T22:00:00Z"}) {
            Instant start = Instant.parse(day);
            boolean opened = false;
            for (int minute = 0; minute < 25 * 60 && !opened; minute++) {
                opened = schedule.isOpenAt(start.plus(Duration.ofMinutes(minute)));
            }
            assertThat(opened).as(day).isTrue();
        }
    }

    @Test
    void without_a_schedule_files_are_ingested_at_any_time() {
        assertThat(TenantProfile.builder(Organisation.of("a")).build().isOpenAt(Instant.EPOCH))
                .isTrue();
    }
}
