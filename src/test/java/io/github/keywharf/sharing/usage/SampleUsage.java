package io.github.keywharf.sharing.usage;

import io.github.keywharf.table.Rows;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A row of the usage table, in the order of its columns. */
record SampleUsage(
        String clientSpaceUid,
        Instant periodStart,
        String activity,
        String level,
        String measure,
        String unit,
        long amount) {

    static final Instant START = Instant.parse("2026-11-01T00:00:00Z");

    /**
     * Three activities over five days with a gap, at hours that are another day elsewhere. In the first hours one has the name
     * that an older version wrote.
     */
    static List<SampleUsage> some() {
        List<SampleUsage> usage = new ArrayList<>();
        for (int hour : List.of(0, 1, 23, 24, 30, 71, 96, 119)) {
            Instant start = START.plus(Duration.ofHours(hour));
            for (String activity : List.of(
                    hour < 24 ? "BatchEvent.FileChanged.done" : "batch.file.ingested",
                    "load.finished",
                    "it's <b>odd</b>")) {
                String level = hour == 24 ? "warning" : hour == 30 ? "error" : "info";
                usage.add(new SampleUsage("acme", start, activity, level, "events", "count", hour + 1));
                usage.add(new SampleUsage(
                        "acme", start, activity, level, "took", "nanoseconds", hour * 7_000_000_000_123L));
                if (!activity.startsWith("load")) {
                    usage.add(new SampleUsage(
                            "acme",
                            start,
                            activity,
                            level,
                            "rows",
                            "count",
                            1_000L * hour + FormerNames.current(activity).length()));
                    usage.add(new SampleUsage("acme", start, activity, level, "bytes", "bytes", 123_456_789L * hour));
                }
            }
        }
        return usage;
    }

    static Rows rows(List<SampleUsage> usage) {
        return Rows.ofRecords(SampleUsage.class, usage);
    }
}
