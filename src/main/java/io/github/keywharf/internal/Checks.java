package io.github.keywharf.internal;

import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Checks of settings that a caller passes. Each returns the value, or names the option and the value. */
public final class Checks {

    private Checks() {}

    /**
     * Returns a setting that must have been given before {@code build()}, {@code connect()}, {@code open()} or {@code start()}.
     *
     * @param call the call that gives it, such as {@code table("sales")}
     * @throws IllegalStateException if it was not given
     */
    public static <T> T required(String setting, @Nullable T value, String call) {
        if (value == null) {
            throw new IllegalStateException(setting + " is missing; call " + call);
        }
        return value;
    }

    /** Returns a value of 1 or more. */
    public static int positive(String option, int value) {
        return (int) positive(option, (long) value);
    }

    /** Returns a value of 1 or more. */
    public static long positive(String option, long value) {
        return require(value, number -> number > 0, option, "be positive");
    }

    /** Returns a value longer than zero. */
    public static Duration positive(String option, Duration value) {
        return require(value, length -> length.compareTo(Duration.ZERO) > 0, option, "be positive");
    }

    /** Returns a value of 0 or more. */
    public static int notNegative(String option, int value) {
        return (int) notNegative(option, (long) value);
    }

    /** Returns a value of 0 or more. */
    public static long notNegative(String option, long value) {
        return require(value, number -> number >= 0, option, "not be negative");
    }

    /** Returns a value of zero or longer. */
    public static Duration notNegative(String option, Duration value) {
        return require(value, length -> !length.isNegative(), option, "not be negative");
    }

    /** Returns a value that is not less than {@code least}. */
    public static int atLeast(String option, int value, int least) {
        return (int) atLeast(option, (long) value, least);
    }

    /** Returns a value that is not less than {@code least}. */
    public static long atLeast(String option, long value, long least) {
        return require(value, number -> number >= least, option, "be at least " + least);
    }

    /** Returns a value that is not shorter than {@code least}. */
    public static Duration atLeast(String option, Duration value, Duration least) {
        return require(value, length -> length.compareTo(least) >= 0, option, "be at least " + least);
    }

    /** Returns a value from {@code least} to {@code most}, both included. */
    public static int between(String option, int value, int least, int most) {
        return (int) between(option, (long) value, least, most);
    }

    /** Returns a value from {@code least} to {@code most}, both included. */
    public static long between(String option, long value, long least, long most) {
        String rule = "be from " + least + " to " + most;
        return require(value, number -> number >= least && number <= most, option, rule);
    }

    /** Returns a value from {@code least} to {@code most}, both included. */
    public static Duration between(String option, Duration value, Duration least, Duration most) {
        String rule = "be from " + least + " to " + most;
        return require(value, length -> length.compareTo(least) >= 0 && length.compareTo(most) <= 0, option, rule);
    }

    private static <V> V require(V value, Predicate<V> holds, String option, String rule) {
        if (!holds.test(value)) {
            throw new IllegalArgumentException(option + " must " + rule + ", but is " + value);
        }
        return value;
    }
}
