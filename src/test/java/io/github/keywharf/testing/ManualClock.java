package io.github.keywharf.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;

/**
 * A clock that stands still until the test moves it. {@code clock::advance} also serves as a
 * {@link io.github.keywharf.http.Pause} that takes no time. Thread-safe.
 */
public class ManualClock implements InstantSource {
    private Instant now;

    /** A clock that begins at noon of a fixed day. */
    public ManualClock() {
        this(Instant.parse("2026-11-23T12:00:00Z"));
    }

    /** A clock that begins at the given time. */
    public ManualClock(Instant start) {
        now = Objects.requireNonNull(start, "start");
    }

    @Override
    public synchronized Instant instant() {
        return now;
    }

    /** Moves the clock forward, or back if the duration is negative. */
    public synchronized void advance(Duration duration) {
        now = now.plus(duration);
    }

    /** Sets the clock to the given time. */
    public synchronized void set(Instant time) {
        now = Objects.requireNonNull(time, "time");
    }

    @Override
    public String toString() {
        return "ManualClock[" + instant() + "]";
    }
}
