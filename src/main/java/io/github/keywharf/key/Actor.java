package io.github.keywharf.key;

import io.github.keywharf.internal.Cut;
import java.util.Objects;

/**
 * Author of a change to a key, for the audit log.
 *
 * @param name name of a person or a program, 1 to {@value #MAX_LENGTH} characters, none of them a control character
 * @param from origin of the request, an address or the name of a machine, cleaned by {@link #origin}
 */
public record Actor(String name, String from) {

    /** Longest name and longest origin, in characters: enough for an e-mail address or an IPv6 address with its zone. */
    public static final int MAX_LENGTH = 128;

    /** Checks the name and cleans the origin. */
    public Actor {
        Objects.requireNonNull(name, "name");
        if (name.isBlank()
                || name.length() > MAX_LENGTH
                || !Cut.printable(name, MAX_LENGTH).equals(name)) {
            throw new IllegalArgumentException("'" + Cut.printable(name, MAX_LENGTH)
                    + "' is not a name of an actor; use 1 to " + MAX_LENGTH + " characters without control characters");
        }
        from = origin(from);
    }

    /** Creates an actor. */
    public static Actor of(String name, String from) {
        return new Actor(name, from);
    }

    /**
     * Returns an origin that can be logged: control characters become {@code ?}, and it is cut to {@value #MAX_LENGTH}
     * characters. It is not rejected, because it often comes from an untrusted client, whose request must be logged.
     *
     * @throws IllegalArgumentException if it is blank: failures are counted by origin, and all without one would share a count
     */
    public static String origin(String from) {
        if (from.isBlank()) {
            throw new IllegalArgumentException("The origin is blank; give the address that the request came from");
        }
        return Cut.printable(from.strip(), MAX_LENGTH);
    }

    @Override
    public String toString() {
        return name + " from " + from;
    }
}
