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
 * Value that changes as a whole, kept as a {@link Journal} whose newest entry contains all of it. A change writes the entry
 * after the one that it was computed from; of several writers one succeeds, and the others repeat their change on its entry,
 * up to 100 times. A process that dies leaves the value from before or after its change.
 *
 * <p>Thread-safe; any number of processes may have one over the same journal. Entries except the newest 16 are deleted.
 *
 * <p>Two writers whose changes of one state result in the same bytes both succeed with one entry. If each change must count,
 * as for a counter, add something unique to the entry.
 *
 * @param <E> an entry of the journal
 * @param <S> the state of an entry
 */
public final class JournalState<E, S> {
    /** Entries to keep: some for people, and so many that only a writer paused for 16 changes writes a pruned number. */
    private static final int KEPT = 16;

    /** Attempts of a change that others precede. */
    private static final int ATTEMPTS = 100;

    /** Errors of a state, in the terms of its owner. The name is that of the {@linkplain Journal#name() journal}. */
    public interface Failures {

        /**
         * Returns the error for a newest entry with a lower number than an earlier one: entries were deleted, or an old copy
         * was restored.
         *
         * @param before the earlier number
         * @param now the number of the newest entry; 0 if there is none
         */
        KeywharfException reverted(String name, long before, long now);

        /** Returns the error for a change that others preceded in each attempt. */
        KeywharfException contended(String name);

        /** Reports a failure of the store after which the change was found to be complete. Does nothing unless overridden. */
        default void madeDespite(String name, KeywharfException failure) {}
    }

    private final Journal<E> journal;
    private final S empty;
    private final Function<? super E, ? extends S> state;
    private final Failures failures;
    private final InstantSource clock;
    private final Duration refresh;
    private volatile @Nullable Reading<S> last;

    /** State of the entry that was the newest one at {@code at} or later. */
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
     * Creates the state of a journal.
     *
     * @param journal journal with the entries of this state only; one that counts up, because it is pruned
     * @param empty the state while there is no entry
     * @param state returns the state of an entry
     * @param refresh maximum age of {@link #recent}, from zero on
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
     * Returns the state from memory, or reads it if it is older than the refresh time. Changes by this object are visible
     * immediately.
     *
     * @throws KeywharfException as {@link #newest} does, if the state is read
     */
    public S recent() {
        Reading<S> reading = last;
        return reading != null && isRecent(reading) ? reading.state() : refreshed();
    }

    // One thread reads; others that wait for it use its reading.
    private synchronized S refreshed() {
        Reading<S> reading = last;
        return reading != null && isRecent(reading) ? reading.state() : read().state();
    }

    private boolean isRecent(Reading<S> reading) {
        // Negative if the clock was set back.
        Duration age = Duration.between(reading.at(), clock.instant());
        return !age.isNegative() && age.compareTo(refresh) < 0;
    }

    /**
     * Reads the state.
     *
     * @throws KeywharfException as the journal does, and {@link Failures#reverted}
     */
    public synchronized S newest() {
        return read().state();
    }

    private Reading<S> read() {
        // The time before the reading, which includes all that other processes wrote until then.
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
     * @param change returns the state that follows its argument, or the argument itself if nothing is left to do. May be
     *     called several times, each time with a newer state, which may include this change already
     * @param entry returns the entry of a state
     * @return the state after the change
     * @throws KeywharfException as {@link #newest} does, {@link Failures#contended}, and the store's error if the store failed
     *     and the change is not found; it may still be completed, and can be repeated
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
                return confirmed(change, e);
            }
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(Math.min(attempt, 20) * 2_000_000L));
        }
        throw failures.contended(journal.name());
    }

    /**
     * Returns true if the entry of that number is this one and follows the previous entry. A number that others have pruned can
     * be written again, without effect: it is at least {@value #KEPT} lower than the newest one.
     */
    private boolean isWritten(long number, E entry) {
        if (!journal.append(number, entry)) {
            return false;
        }
        OptionalLong newest = journal.prune(KEPT);
        return newest.isPresent() && newest.getAsLong() < number + KEPT;
    }

    // The entry may have been written although the store failed, which may concern the deletion of old entries only.
    private S confirmed(UnaryOperator<S> change, KeywharfException failure) {
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
