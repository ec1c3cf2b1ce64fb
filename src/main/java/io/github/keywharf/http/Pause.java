package io.github.keywharf.http;

import java.time.Duration;

/** Waits; tests put one in its place that does not. */
@FunctionalInterface
public interface Pause {

    /** Sleeps on the thread. */
    Pause SLEEP = duration -> Thread.sleep(duration.toMillis(), duration.toNanosPart() % 1_000_000);

    /**
     * Returns after that time.
     *
     * @throws InterruptedException when the thread was interrupted meanwhile
     */
    void of(Duration duration) throws InterruptedException;
}
