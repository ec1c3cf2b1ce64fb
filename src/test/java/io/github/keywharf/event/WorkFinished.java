package io.github.keywharf.event;

import java.time.Duration;

/** An event with a fact of each unit. */
public final class WorkFinished {

    /** Its name. */
    public static final String NAME = "work.finished";

    private WorkFinished() {}

    /** The event. */
    public static Event of(Work work, long rows, long bytes, Duration took) {
        return Event.of(
                Event.Level.INFO,
                NAME,
                work,
                "work",
                "finished",
                Fact.count("rows", rows),
                Fact.bytes("bytes", bytes),
                Fact.time("took", took));
    }
}
