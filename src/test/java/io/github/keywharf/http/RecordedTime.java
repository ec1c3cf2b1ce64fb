package io.github.keywharf.http;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** A clock that only waiting moves, and remembers the waits. */
public final class RecordedTime implements InstantSource, Pause {
    private final List<Duration> waits = new ArrayList<>();
    private Instant now = Instant.parse("2026-11-23T12:00:00Z");

    @Override
    public synchronized Instant instant() {
        return now;
    }

    @Override
    public synchronized void of(Duration duration) {
        waits.add(duration);
        now = now.plus(duration);
    }

    /** Lets time go by without a wait. */
    public synchronized void pass(Duration duration) {
        now = now.plus(duration);
    }

    /** The waits so far. */
    public synchronized List<Duration> waits() {
        return List.copyOf(waits);
    }
}
