package io.github.keywharf.key;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.Instant;
import java.util.Optional;

/**
 * Life of a key from its creation to its end.
 *
 * @param state the state; stored ones are never {@link KeyState#GRACE}, which {@link #at} derives
 * @param issue the creation
 * @param end changes to the end
 */
public record KeyLife(
        KeyState state,
        @JsonUnwrapped KeyIssue issue,
        @JsonUnwrapped KeyEnd end) {

    /** Returns the end without further changes: the earlier of the one set and the latest one. */
    public Instant expires() {
        return end.ends().filter(time -> time.isBefore(issue.validUntil())).orElse(issue.validUntil());
    }

    /** Returns the state at a time. */
    public KeyState stateAt(Instant now) {
        if (state != KeyState.ACTIVE) {
            return state;
        }
        if (!now.isBefore(expires())) {
            return KeyState.EXPIRED;
        }
        return end.replacedBy().isPresent() ? KeyState.GRACE : KeyState.ACTIVE;
    }

    /** Returns this life with its state at a time. */
    KeyLife at(Instant now) {
        return withState(stateAt(now));
    }

    KeyLife withState(KeyState other) {
        return new KeyLife(other, issue, end);
    }

    KeyLife withEnd(KeyEnd other) {
        return new KeyLife(state, issue, other);
    }

    /** Returns the time of the end, past or future: that a key has expired may be noted later. */
    Instant endTime() {
        return end.ended().filter(at -> at.isBefore(expires())).orElse(expires());
    }

    KeyLife ended(KeyState last, Instant at) {
        return withState(last).withEnd(new KeyEnd(end.ends(), end.replacedBy(), Optional.of(at)));
    }

    KeyLife replacedBy(String successor) {
        return withEnd(new KeyEnd(end.ends(), Optional.of(successor), end.ended()));
    }

    KeyLife endingBy(Instant time) {
        return time.isBefore(expires()) ? withEnd(new KeyEnd(Optional.of(time), end.replacedBy(), end.ended())) : this;
    }
}
