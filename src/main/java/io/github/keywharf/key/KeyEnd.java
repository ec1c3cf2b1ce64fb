package io.github.keywharf.key;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Optional;

/**
 * Changes to the end of a key after it was issued.
 *
 * @param ends end before {@link KeyIssue#validUntil}, if one was set; a later one has no effect
 * @param replacedBy id of the key that replaced this one, if any
 * @param ended time at which the key was ended, if it was
 */
public record KeyEnd(
        Optional<Instant> ends, @JsonProperty("replaced_by") Optional<String> replacedBy, Optional<Instant> ended) {
    static final KeyEnd NONE = new KeyEnd(Optional.empty(), Optional.empty(), Optional.empty());
}
