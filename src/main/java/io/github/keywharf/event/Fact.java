package io.github.keywharf.event;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Number of an event, for logs and metrics.
 *
 * @param name stable across releases, lower case: {@code rows}. 1 to {@value #MAX_NAME_LENGTH} lower-case letters, digits
 *     and underscores, the first one a letter
 * @param value number of units, not negative
 * @param unit unit of the value
 */
public record Fact(String name, long value, Unit unit) {

    /** The longest name. */
    public static final int MAX_NAME_LENGTH = 40;

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0," + (MAX_NAME_LENGTH - 1) + "}");

    /** Unit of a fact's value. */
    public enum Unit {
        /** Things of the kind that the name says. */
        COUNT,
        /** Bytes. */
        BYTES,
        /** Nanoseconds. */
        NANOSECONDS
    }

    /** Checks the name, and replaces a negative value with 0. */
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
        return new Fact(name, TimeUnit.NANOSECONDS.convert(value), Unit.NANOSECONDS);
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
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
