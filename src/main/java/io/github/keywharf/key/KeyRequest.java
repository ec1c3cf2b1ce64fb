package io.github.keywharf.key;

import io.github.keywharf.Organisation;
import io.github.keywharf.internal.Cut;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Request for a key.
 *
 * @param organisation the organisation whose data the key opens; absent for the Admin's key
 * @param label purpose of the key, for people who read lists: at most {@value #MAX_LABEL} characters, none of them a control
 *     character
 * @param validity lifetime of the key, from one second to {@link #MAX_VALIDITY}
 */
public record KeyRequest(Optional<Organisation> organisation, String label, Duration validity) {

    /** 365 days: copies of a key that is never replaced cannot be traced. */
    public static final Duration DEFAULT_VALIDITY = Duration.ofDays(365);

    /** 3,650 days, ten years: longer than any key should live, and short of what a timestamp can hold. */
    public static final Duration MAX_VALIDITY = Duration.ofDays(3_650);

    /** Longest label, in characters. */
    public static final int MAX_LABEL = 100;

    /** Checks label and validity. */
    public KeyRequest {
        Objects.requireNonNull(organisation, "organisation");
        if (label.length() > MAX_LABEL || !Cut.printable(label, MAX_LABEL).equals(label)) {
            throw new IllegalArgumentException("'" + Cut.printable(label, MAX_LABEL) + "' is not a label; use at most "
                    + MAX_LABEL + " characters without control characters");
        }
        if (validity.compareTo(Duration.ofSeconds(1)) < 0 || validity.compareTo(MAX_VALIDITY) > 0) {
            throw new IllegalArgumentException(
                    "A validity of " + validity + " is not from PT1S to " + MAX_VALIDITY + " (ten years)");
        }
    }

    /** Requests a key of an organisation, without a label, for {@link #DEFAULT_VALIDITY}. */
    public static KeyRequest of(Organisation organisation) {
        return new KeyRequest(Optional.of(organisation), "", DEFAULT_VALIDITY);
    }

    /** Requests the Admin's key; a ring has only one. */
    public static KeyRequest admin() {
        return new KeyRequest(Optional.empty(), "", DEFAULT_VALIDITY);
    }

    /**
     * Checks that the request is for the Admin's key, for implementations of {@link KeyRing#rotateAdmin}.
     *
     * @return this request
     * @throws IllegalArgumentException if it is for an organisation
     */
    public KeyRequest checkAdmin() {
        organisation.ifPresent(other -> {
            throw new IllegalArgumentException("The request is for " + other + "; begin with KeyRequest.admin()");
        });
        return this;
    }

    /** Returns this request with a label. */
    public KeyRequest withLabel(String other) {
        return new KeyRequest(organisation, other, validity);
    }

    /** Returns this request with another lifetime. */
    public KeyRequest validFor(Duration other) {
        return new KeyRequest(organisation, label, other);
    }
}
