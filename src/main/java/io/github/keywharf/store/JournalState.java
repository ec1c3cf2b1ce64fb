package io.github.keywharf.store;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A value that changes as a whole, kept as a {@link Journal} in which each entry has all of it and the newest counts. A change
 * is the entry after the one it was made from; of several writers one succeeds, and the others make theirs again from its
 * entry, up to 100 times. So a process that dies leaves the value as it was before or after.
 *
 * <p>Thread-safe; any number of processes may have one over the same journal. Entries but the newest 16 are deleted.
 *
 * <p>Two writers whose changes of one state give the same bytes both succeed with one entry. Where each of them must count, as
 * for a counter, let each write something of its own into the entry.
 *
 * @param <E> an entry of the journal
 * @param <S> the state that entries have
 */
public final class JournalState<E, S> {
    /** Some for people to look at, and so many that a writer must sleep through 16 changes to meet a pruned number. */
    private static final int KEPT = 16;

    /** How often a change is made again that others came before. */
    private static final int ATTEMPTS = 100;

    /** The errors of a state, in the terms of its owner. The name is that of the {@linkplain Journal#name() journal}. */
    public interface Failures {

        /**
         * The newest entry has a lower number than one that was seen before: entries were deleted, or an old copy restored.
         *
         * @param before the number that was seen; {@code now} is 0 when there is no entry
         */
        KeywharfException reverted(String name, long before, long now);

        /** Others came before each attempt to make a change. */
        KeywharfException contended(String name);

        /** The store failed while a change was made, and the change was found to be made. Does nothing unless overridden. */
        default void madeDespite(String name, KeywharfException failure) {}
    }

    private final Journal<E> journal;
    private final S empty;
    private final Function<? super E, ? extends S> state;
    private final Failures failures;
    private final InstantSource clock;
    private final Duration refresh;
    private volatile @Nullable Reading<S> last;

    /** The state of the entry that was the newest one at some time or later. */
    private record Reading<S>(long number, S state, Instant at) {}

    private JournalState(
            Journal<E> journal,
            S empty,
            Function<? super E, ? extends S> state,
            Failures failures,
            InstantSource clock,
            Duration refresh) {
        Checks.notNegative("refresh", refresh);
        this.journal = Objects.requireNonNull(journal, "journal");
        this.empty = Objects.requireNonNull(empty, "empty");
        this.state = Objects.requireNonNull(state, "state");
        this.failures = Objects.requireNonNull(failures, "failures");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.refresh = refresh;
    }

    /**
     * The state that a journal has.
     *
     * @param journal has this state's entries alone; one that counts up, since it is pruned
     * @param empty the state while there is no entry
     * @param state the state that an entry has
     * @param refresh how old what {@link #recent} gives may be, from zero on
     */
    public static <E, S> JournalState<E, S> of(
            Journal<E> journal,
            S empty,
            Function<? super E, ? extends S> state,
            Failures failures,
            InstantSource clock,
            Duration refresh) {
        return new JournalState<>(journal, empty, state, failures, clock, refresh);
    }

    /**
     * The state as it is, or was a moment ago: from memory for as long as the refresh. A change by this object is seen
     * immediately.
     *
     * @throws KeywharfException as {@link #newest}, when that time is over
     */
    public S recent() {
        Reading<S> reading = last;
        return reading != null && isRecent(reading) ? reading.state() : refreshed();
    }

    /** One thread reads; those that came meanwhile take what it read. */
    private synchronized S refreshed() {
        Reading<S> reading = last;
        return reading != null && isRecent(reading) ? reading.state() : read().state();
    }

    /** Not either when the clock was set back. */
    private boolean isRecent(Reading<S> reading) {
        Duration age = Duration.between(reading.at(), clock.instant());
        return !age.isNegative() && age.compareTo(refresh) < 0;
    }

    /**
     * The state as it is.
     *
     * @throws KeywharfException as the journal, and {@link Failures#reverted}
     */
    public synchronized S newest() {
        return read().state();
    }

    private Reading<S> read() {
        // Taken before, so that what another process did before this time is in what is read.
        Instant at = clock.instant();
        Optional<Journal.Entry<E>> newest = journal.newest();
        long number = newest.map(Journal.Entry::number).orElse(0L);
        Reading<S> before = last;
        if (before != null && number < before.number()) {
            throw failures.reverted(journal.name(), before.number(), number);
        }
        S there = newest.isPresent() ? state.apply(newest.get().value()) : empty;
        Reading<S> reading = new Reading<>(number, there, at);
        last = reading;
        return reading;
    }

    /**
     * Changes the state.
     *
     * @param change gives the state that is to come after the one that it is given, and that one itself when there is nothing
     *     left to do. May be called several times, each time with a newer state, which may have this change already
     * @param entry the entry of a state
     * @return the state after the change
     * @throws KeywharfException as {@link #newest}, {@link Failures#contended}, and the store's error when it failed and the
     *     change is not found; it may yet be made, and can be repeated
     */
    public synchronized S update(UnaryOperator<S> change, Function<? super S, ? extends E> entry) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Reading<S> now = read();
            S next = change.apply(now.state());
            if (next == now.state()) {
                return next;
            }
            long number = now.number() + 1;
            try {
                if (isWritten(number, entry.apply(next))) {
                    last = new Reading<>(number, next, now.at());
                    return next;
                }
            } catch (KeywharfException e) {
                return ifMade(change, e);
            }
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(Math.min(attempt, 20) * 2_000_000L));
        }
        throw failures.contended(journal.name());
    }

    /**
     * Whether the entry of that number is this one, and was a successor of the entry before it. A number that others have
     * pruned can be written once more, and then counts for nothing: such a number is at least {@value #KEPT} lower than the
     * newest one.
     */
    private boolean isWritten(long number, E entry) {
        if (!journal.append(number, entry)) {
            return false;
        }
        OptionalLong newest = journal.prune(KEPT);
        return newest.isPresent() && newest.getAsLong() < number + KEPT;
    }

    /** The entry may have been written although the store failed, or failed only in deleting old ones. */
    private S ifMade(UnaryOperator<S> change, KeywharfException failure) {
        try {
            S now = read().state();
            if (change.apply(now) == now) {
                failures.madeDespite(journal.name(), failure);
                return now;
            }
        } catch (KeywharfException e) {
            failure.addSuppressed(e);
        }
        throw failure;
    }

    @Override
    public String toString() {
        return "JournalState[" + journal.name() + "]";
    }
}
