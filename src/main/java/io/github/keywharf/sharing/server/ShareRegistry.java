package io.github.keywharf.sharing.server;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.Journal;
import io.github.keywharf.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Shares, recipients and grants as a journal in a folder of a store: each entry has them all, and the newest counts. A
 * change is the entry after the one it was made from; of several writers one succeeds, and the others make theirs again from
 * its entry. Thread-safe.
 */
final class ShareRegistry {
    /** So many that a writer must sleep through 16 changes to meet a pruned number. */
    private static final int KEPT = 16;

    /** 16 MiB: some 30,000 recipients. */
    private static final int MAX_BYTES = 16 * 1024 * 1024;

    private static final int ATTEMPTS = 100;

    private final Journal<RegistryState> journal;
    private final InstantSource clock;
    private final Duration refresh;
    private volatile @Nullable Reading last;

    private record Reading(long number, RegistryState state, Instant at) {}

    /** @param refresh how long reading may give what was the newest before */
    ShareRegistry(ObjectStore folder, InstantSource clock, Duration refresh) {
        this.journal = Journal.oldestFirst(folder, RegistryJson::write, RegistryJson::parse)
                .withMaxEntryBytes(MAX_BYTES);
        this.clock = clock;
        this.refresh = refresh;
    }

    /** What it has, or had a moment ago. */
    RegistryState recent() {
        Reading reading = last;
        return reading != null && isRecent(reading) ? reading.state() : refreshed();
    }

    /** One thread reads; those that came meanwhile take what it read. */
    private synchronized RegistryState refreshed() {
        Reading reading = last;
        return reading != null && isRecent(reading) ? reading.state() : read().state();
    }

    private boolean isRecent(Reading reading) {
        Duration age = Duration.between(reading.at(), clock.instant());
        return !age.isNegative() && age.compareTo(refresh) < 0;
    }

    /** What it has. */
    synchronized RegistryState newest() {
        return read().state();
    }

    private Reading read() {
        Instant at = clock.instant();
        Optional<Journal.Entry<RegistryState>> newest = journal.newest();
        long number = newest.map(Journal.Entry::number).orElse(0L);
        Reading before = last;
        if (before != null && number < before.number()) {
            throw new KeywharfException(
                    "catalog.reverted",
                    journal.name(),
                    "The newest entry was " + before.number() + " and is " + number
                            + " now, so entries were deleted or an old copy restored, by which revoked tokens may be"
                            + " valid; restore the missing entries, or start again and rotate all tokens");
        }
        Reading reading = new Reading(number, newest.map(Journal.Entry::value).orElse(RegistryState.EMPTY), at);
        last = reading;
        return reading;
    }

    /**
     * Changes it.
     *
     * @param change gives what is to come after what it is given, or the same when there is nothing left to do; may be called
     *     several times, also with what has the change already
     * @return what there is after the change
     */
    synchronized RegistryState update(UnaryOperator<RegistryState> change) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Reading now = read();
            RegistryState next = change.apply(now.state());
            if (next == now.state()) {
                return next;
            }
            long number = now.number() + 1;
            try {
                if (isWritten(number, next)) {
                    last = new Reading(number, next, now.at());
                    return next;
                }
            } catch (KeywharfException e) {
                return ifMade(change, e);
            }
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(Math.min(attempt, 20) * 2_000_000L));
        }
        throw new KeywharfException(
                "catalog.conflict", journal.name(), "Others keep changing the registry at the same time; try again");
    }

    /** A number that others have pruned can be written once more, and then counts for nothing. */
    private boolean isWritten(long number, RegistryState state) {
        if (!journal.append(number, state)) {
            return false;
        }
        OptionalLong newest = journal.prune(KEPT);
        return newest.isPresent() && newest.getAsLong() < number + KEPT;
    }

    /** The entry may have been written although the store failed. */
    private RegistryState ifMade(UnaryOperator<RegistryState> change, KeywharfException failure) {
        try {
            RegistryState now = read().state();
            if (change.apply(now) == now) {
                return now;
            }
        } catch (KeywharfException e) {
            failure.addSuppressed(e);
        }
        throw failure;
    }

    @Override
    public String toString() {
        return "ShareRegistry[" + journal.name() + "]";
    }
}
