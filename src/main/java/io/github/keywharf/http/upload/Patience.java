package io.github.keywharf.http.upload;

import io.github.keywharf.KeywharfException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Waits after failures, longer each time, until something gets further or there were too many. */
final class Patience {
    private static final double JITTER = 0.25;

    private final UploadSettings settings;
    private final String subject;
    private int failures;

    Patience(UploadSettings settings, String subject) {
        this.settings = settings;
        this.subject = subject;
    }

    /** Something got further: failures before do not count. */
    void progressed() {
        failures = 0;
    }

    /**
     * Waits.
     *
     * @param asked what the server asks to wait
     * @throws KeywharfException {@code http.upload_interrupted} when that is too long, or this was the last attempt
     */
    void after(KeywharfException failure, Optional<Duration> asked) {
        failures++;
        boolean tooLong = asked.filter(wait -> wait.compareTo(settings.retryAfterCap()) > 0)
                .isPresent();
        if (failures >= settings.attempts() || tooLong) {
            throw new KeywharfException(
                    "http.upload_interrupted",
                    subject,
                    (tooLong
                                    ? "The server asks to wait for " + asked.get()
                                    : "The upload got no further in " + failures + " attempts")
                            + "; what has arrived stays, so resume it by its URI later",
                    failure);
        }
        Duration wait = asked.filter(duration -> duration.compareTo(own()) > 0).orElseGet(this::own);
        try {
            settings.pause().of(wait);
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(subject, e);
        }
    }

    private Duration own() {
        long most = settings.longestWait().toMillis();
        long wait = settings.firstWait().toMillis();
        for (int i = 1; i < failures && wait < most; i++) {
            wait *= 2;
        }
        double share = 1 + ThreadLocalRandom.current().nextDouble(-JITTER, JITTER);
        return Duration.ofMillis(Math.round(Math.min(wait, most) * share));
    }
}
