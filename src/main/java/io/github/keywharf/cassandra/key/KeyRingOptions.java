package io.github.keywharf.cassandra.key;

import io.github.keywharf.cassandra.CassandraManager;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a {@link CassandraKeyRing}.
 *
 * <p>Defaults: the keyspace {@value #DEFAULT_KEYSPACE}; after {@value #DEFAULT_FAILURES_PER_KEY} failures with a key from
 * one origin, or {@value #DEFAULT_FAILURES_PER_ORIGIN} from an origin with any keys, within {@link #DEFAULT_WINDOW},
 * attempts from there are refused; the records of keys with open sessions are read again each {@link #DEFAULT_RECHECK};
 * a sweep each {@link #DEFAULT_SWEEP} by one of the hosts; sessions are opened as the ring's own manager was. Not
 * thread-safe.
 */
public final class KeyRingOptions {
    /** Where the ring keeps its tables. Its roles are called after it, so that two rings can share a cluster. */
    public static final String DEFAULT_KEYSPACE = "keywharf_keys";

    /** 10: more than a person's mistakes, and nothing to somebody who guesses. */
    public static final int DEFAULT_FAILURES_PER_KEY = 10;

    /** 100: an office behind one address may have some who err; a scan of ids makes more. */
    public static final int DEFAULT_FAILURES_PER_ORIGIN = 100;

    /** 15 minutes: long enough to make trying slow, short enough to wait for. */
    public static final Duration DEFAULT_WINDOW = Duration.ofMinutes(15);

    /** 1,000: each attempt reads as many rows as the limit. */
    public static final int MAX_FAILURES = 1_000;

    /** 30 seconds: how long a session may go on after its key's end was brought forward; one read for each open key. */
    public static final Duration DEFAULT_RECHECK = Duration.ofSeconds(30);

    /** 10 minutes: how long the role of an expired key may stay on the server; a sweep reads all keys there ever were. */
    public static final Duration DEFAULT_SWEEP = Duration.ofMinutes(10);

    private KeyNames names = new KeyNames(DEFAULT_KEYSPACE);
    private int failuresPerKey = DEFAULT_FAILURES_PER_KEY;
    private int failuresPerOrigin = DEFAULT_FAILURES_PER_ORIGIN;
    private Duration window = DEFAULT_WINDOW;
    private Duration recheck = DEFAULT_RECHECK;
    private Duration sweep = DEFAULT_SWEEP;
    private SecureRandom random = new SecureRandom();
    private InstantSource clock = InstantSource.system();
    private @Nullable KeyConnector connector;

    /** The defaults. */
    public KeyRingOptions() {}

    /** Where the ring keeps its tables: 1 to 41 lower-case letters, digits and underscores. */
    public KeyRingOptions keyspace(String name) {
        names = new KeyNames(name);
        return this;
    }

    /**
     * How many failures within a time are let pass.
     *
     * @param perKey with one key from one origin, 1 to {@value #MAX_FAILURES}
     * @param perOrigin from one origin, 1 to {@value #MAX_FAILURES}
     * @param window one second to a day
     */
    public KeyRingOptions failures(int perKey, int perOrigin, Duration window) {
        this.failuresPerKey = checked("failures per key", perKey);
        this.failuresPerOrigin = checked("failures per origin", perOrigin);
        if (window.compareTo(Duration.ofSeconds(1)) < 0 || window.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("The window " + window + " is not from PT1S to PT24H");
        }
        this.window = window;
        return this;
    }

    /**
     * How often the records of keys with open sessions are read again, so that sessions end with keys whose end was brought
     * forward: one second to a day.
     */
    public KeyRingOptions recheck(Duration interval) {
        if (interval.compareTo(Duration.ofSeconds(1)) < 0 || interval.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("The recheck interval " + interval + " is not from PT1S to PT24H");
        }
        this.recheck = interval;
        return this;
    }

    /**
     * How often the ring sweeps by itself: one second to a day, or zero for never. It begins with the first key that the ring
     * issues, rotates or opens, and ends when the ring or its manager is closed. The hosts of a ring take turns: after one of them
     * has swept, the others leave theirs out for the interval, but for ten minutes at most. With zero, or where no host runs for minutes, call {@link CassandraKeyRing#sweep()} from a job of your own.
     */
    public KeyRingOptions sweep(Duration interval) {
        boolean never = interval.isZero();
        if (!never && (interval.compareTo(Duration.ofSeconds(1)) < 0 || interval.compareTo(Duration.ofDays(1)) > 0)) {
            throw new IllegalArgumentException("The sweep interval " + interval + " is not zero, or PT1S to PT24H");
        }
        this.sweep = interval;
        return this;
    }

    private static int checked(String what, int number) {
        if (number < 1 || number > MAX_FAILURES) {
            throw new IllegalArgumentException("The " + what + " are 1 to " + MAX_FAILURES + ", not " + number);
        }
        return number;
    }

    /** Where keys come from; the platform's own by default. */
    public KeyRingOptions random(SecureRandom random) {
        this.random = Objects.requireNonNull(random, "random");
        return this;
    }

    /** What time it is; the system's clock by default. */
    public KeyRingOptions clock(InstantSource clock) {
        this.clock = Objects.requireNonNull(clock, "clock");
        return this;
    }

    /** How to log in as a key's role; needed when the ring's manager is over a session of the host's. */
    public KeyRingOptions connector(KeyConnector connector) {
        this.connector = Objects.requireNonNull(connector, "connector");
        return this;
    }

    KeyNames names() {
        return names;
    }

    KeyFailures failures(KeyStatements statements) {
        return new KeyFailures(statements, names, failuresPerKey, failuresPerOrigin, window);
    }

    Duration recheckInterval() {
        return recheck;
    }

    Duration sweepInterval() {
        return sweep;
    }

    SecureRandom random() {
        return random;
    }

    InstantSource clock() {
        return clock;
    }

    KeyLogin logins(CassandraManager manager) {
        KeyConnector own = connector;
        return own == null
                ? manager::loginAs
                : (role, password, keyspace, known) -> own.connect(role, password, keyspace);
    }

    @Override
    public String toString() {
        return "KeyRingOptions[" + names.keyspace() + "]";
    }
}
