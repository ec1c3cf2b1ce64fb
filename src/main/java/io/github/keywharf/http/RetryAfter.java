package io.github.keywharf.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;

/** The header {@code Retry-After} (RFC 9110, section 10.2.3): seconds, or a date. */
final class RetryAfter {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss zzz", Locale.ROOT);

    private RetryAfter() {}

    /** Parses a wait from now on; zero if the date is past, empty if the value is malformed. */
    static Optional<Duration> parse(String value, Instant now) {
        if (!value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
            // Longer than anyone waits, where it is a number of more digits.
            return Optional.of(Duration.ofSeconds(value.length() <= 9 ? Long.parseLong(value) : Long.MAX_VALUE));
        }
        try {
            Duration until =
                    Duration.between(now, ZonedDateTime.parse(value, DATE).toInstant());
            return Optional.of(until.isNegative() ? Duration.ZERO : until);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
