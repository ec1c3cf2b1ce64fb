package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import java.time.Duration;

/** A wait; tests replace it by one that returns immediately. */
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

    /**
     * Returns after that time, for callers that end when they are interrupted.
     *
     * @param subject subject of the error
     * @throws KeywharfException {@value KeywharfException#INTERRUPTED} when the thread was interrupted meanwhile
     */
    default void of(Duration duration, String subject) {
        try {
            of(duration);
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(subject, e);
        }
    }
}
