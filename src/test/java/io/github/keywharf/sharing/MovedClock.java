package io.github.keywharf.sharing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that only the test moves. */
final class MovedClock implements InstantSource {
    private volatile Instant now = Instant.parse("2026-11-23T12:00:00Z");

    @Override
    public Instant instant() {
        return now;
    }

    void pass(Duration duration) {
        now = now.plus(duration);
    }
}
