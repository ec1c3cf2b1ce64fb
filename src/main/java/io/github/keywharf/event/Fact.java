package io.github.keywharf.event;

import java.time.Duration;

/**
 * A number that an event carries, for logs and metrics.
 *
 * @param name stable across releases, lower case: {@code rows}. 1 to {@value #MAX_NAME_LENGTH} lower-case letters, digits
 *     and underscores, the first one a letter
 * @param value how many, not negative
 * @param unit of what
 */
public record Fact(String name, long value, Unit unit) {

    /** The longest name. */
    public static final int MAX_NAME_LENGTH = 40;

    /** What a fact's value counts. */
    public enum Unit {
        /** What the name says. */
        COUNT,
        /** Bytes. */
        BYTES,
        /** Nanoseconds. */
        NANOSECONDS
    }

    /** Checks the name, and takes a negative value for 0. */
    public Fact {
        if (!isName(name)) {
            throw new IllegalArgumentException("'" + TaskLine.clipped(name, MAX_NAME_LENGTH)
                    + "' is not a fact's name; use 1 to " + MAX_NAME_LENGTH
                    + " lower-case letters, digits and underscores, and begin with a letter");
        }
        value = Math.max(0, value);
    }

    /** A number of things. */
    public static Fact count(String name, long value) {
        return new Fact(name, value, Unit.COUNT);
    }

    /** A number of bytes. */
    public static Fact bytes(String name, long value) {
        return new Fact(name, value, Unit.BYTES);
    }

    /** A length of time. */
    public static Fact time(String name, Duration value) {
        Duration length = value.isNegative() ? Duration.ZERO : value;
        return new Fact(
                name,
                length.toSeconds() < Long.MAX_VALUE / 2_000_000_000 ? length.toNanos() : Long.MAX_VALUE,
                Unit.NANOSECONDS);
    }

    static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c < 'a' || c > 'z') && (i == 0 || ((c < '0' || c > '9') && c != '_'))) {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= MAX_NAME_LENGTH;
    }

    /** The value as a log shows it: a {@link Duration}, or a {@link Long}. */
    Object shown() {
        return unit == Unit.NANOSECONDS ? Duration.ofNanos(value) : (Object) value;
    }

    @Override
    public String toString() {
        return name + "=" + shown();
    }
}
