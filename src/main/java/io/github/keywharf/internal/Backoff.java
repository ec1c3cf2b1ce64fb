package io.github.keywharf.internal;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/**
 * Pauses between attempts, each longer than the one before up to a longest one.
 *
 * @param first pause after the first failed attempt
 * @param longest upper limit of a pause
 * @param factor by which each pause is longer than the one before, 1 or more
 * @param jitter share from 0 to 1 by which a pause is randomly shortened at most, so that clients do not return together
 */
public record Backoff(Duration first, Duration longest, double factor, double jitter) {

    public Backoff {
        Checks.positive("first", first);
        Checks.atLeast("longest", longest, first);
        if (!(factor >= 1 && factor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("factor must be at least 1, but is " + factor);
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("jitter must be from 0 to 1, but is " + jitter);
        }
    }

    /** Pauses that double, without a random part. */
    public static Backoff doubling(Duration first, Duration longest) {
        return doubling(first, longest, 0);
    }

    /** Pauses that double, each randomly shortened by up to a share of it. */
    public static Backoff doubling(Duration first, Duration longest, double share) {
        return new Backoff(first, longest, 2, share);
    }

    /** Pause after a failed attempt; the first attempt is number 1. */
    public Duration pause(int attempt) {
        return pause(attempt, ThreadLocalRandom.current());
    }

    /** Pause after a failed attempt, with its random part from {@code random}. */
    public Duration pause(int attempt, RandomGenerator random) {
        Checks.positive("attempt", attempt);
        // The power is infinite for many attempts, which the longest pause limits as well.
        double nanos = Math.min(nanos(first) * Math.pow(factor, attempt - 1.0), nanos(longest));
        double share = jitter == 0 ? 1 : 1 - jitter * random.nextDouble();
        return Duration.ofNanos(Math.round(nanos * share));
    }

    private static double nanos(Duration duration) {
        return duration.toSeconds() * 1e9 + duration.toNanosPart();
    }
}
