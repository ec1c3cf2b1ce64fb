package io.github.keywharf.key;

import io.github.keywharf.internal.Cut;
import java.util.Objects;

/**
 * Who does something to a key, and from where, as the audit log keeps it.
 *
 * @param name a person or a program, 1 to {@value #MAX_LENGTH} characters, none of them a control character
 * @param from where the request came from, an address or the name of a machine, made fit by {@link #origin}
 */
public record Actor(String name, String from) {

    /** The most characters of a name and of an origin: enough for an e-mail address or an IPv6 address with its zone. */
    public static final int MAX_LENGTH = 128;

    /** Checks the name and makes the origin fit. */
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

    /** Somebody, from somewhere. */
    public static Actor of(String name, String from) {
        return new Actor(name, from);
    }

    /**
     * An origin that can be logged: control characters become {@code ?}, and beyond {@value #MAX_LENGTH} characters it
     * is cut. It is not refused, for it often comes from whom we do not trust, and must not stop what it describes.
     *
     * @throws IllegalArgumentException when there is none: failures are counted by origin, and all without one would
     *     share a count
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
