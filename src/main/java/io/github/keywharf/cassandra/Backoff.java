package io.github.keywharf.cassandra;

import java.time.Duration;

/**
 * Waits between attempts: {@link #FIRST} after the first failure, and twice as long after each further one.
 *
 * @param longest what no wait exceeds
 */
record Backoff(Duration longest) {

    /** The first wait, 100 ms: a hiccup is over by then, and nobody notices the wait. */
    static final Duration FIRST = Duration.ofMillis(100);

    /** How long to wait after so many failures in a row, one or more. */
    Duration after(int failures) {
        long doubled = FIRST.toMillis() << Math.min(failures - 1, 20);
        return Duration.ofMillis(Math.min(doubled, longest.toMillis()));
    }
}
