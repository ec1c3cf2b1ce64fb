package io.github.keywharf.batch;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that a test moves. */
final class HandClock implements InstantSource {

    private Instant now = Instant.parse("2026-11-02T12:00:00Z");

    @Override
    public synchronized Instant instant() {
        return now;
    }

    synchronized void pass(Duration time) {
        now = now.plus(time);
    }
}
