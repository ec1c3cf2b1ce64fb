package io.github.keywharf.http.upload;

import io.github.keywharf.KeywharfException;
import java.time.Duration;
import java.util.Optional;

/** Waits after failures, longer each time, until something gets further or there were too many. */
final class Patience {
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
            throw KeywharfException.retryable(
                    UploadClient.INTERRUPTED,
                    subject,
                    (tooLong
                                    ? "The server asks to wait for " + asked.get()
                                    : "The upload got no further in " + failures + " attempts")
                            + "; what has arrived stays, so resume it by its URI later",
                    failure);
        }
        Duration own = settings.backoff().pause(failures);
        settings.pause().of(asked.filter(wait -> wait.compareTo(own) > 0).orElse(own), subject);
    }
}
