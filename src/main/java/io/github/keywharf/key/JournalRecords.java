package io.github.keywharf.key;

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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records in a journal: each entry has all of them, and the newest counts. A change is the entry after the one it was made
 * from; of several writers one succeeds, and the others make theirs again from its entry. Thread-safe.
 */
final class JournalRecords implements RecordsPlace {
    private static final Logger LOG = LoggerFactory.getLogger(JournalRecords.class);

    /** Some for people to look at, and so many that a writer must sleep through 16 changes to meet a pruned number. */
    private static final int KEPT = 16;

    /** 16 MiB: {@link KeyRing#MAX_KEYS} records with the longest texts, in any script. */
    private static final int MAX_BYTES = 16 * 1024 * 1024;

    /** How often a change is made again that others came before. */
    private static final int ATTEMPTS = 100;

    private static final Duration MAX_REFRESH = Duration.ofHours(1);

    private final Journal<KeyRecordsEntry> journal;
    private final InstantSource clock;
    private final Duration refresh;
    private volatile @Nullable Reading last;

    /** The records of the entry that was the newest one at some time or later. */
    private record Reading(long number, KeyRecords records, Instant at) {}

    JournalRecords(ObjectStore folder, InstantSource clock, Duration refresh) {
        if (refresh.isNegative() || refresh.compareTo(MAX_REFRESH) > 0) {
            throw new IllegalArgumentException("A refresh of " + refresh + " is not from PT0S to " + MAX_REFRESH);
        }
        this.journal = Journal.oldestFirst(folder, KeyRecordsEntry::json, KeyRecordsEntry::parse)
                .withMaxEntryBytes(MAX_BYTES);
        this.clock = clock;
        this.refresh = refresh;
    }

    @Override
    public KeyRecords recent() {
        Reading reading = last;
        return reading != null && isRecent(reading) ? reading.records() : refreshed();
    }

    /** One thread reads; those that came meanwhile take what it read. */
    private synchronized KeyRecords refreshed() {
        Reading reading = last;
        return reading != null && isRecent(reading) ? reading.records() : read().records();
    }

    /** Not either when the clock was set back. */
    private boolean isRecent(Reading reading) {
        Duration age = Duration.between(reading.at(), clock.instant());
        return !age.isNegative() && age.compareTo(refresh) < 0;
    }

    @Override
    public synchronized KeyRecords newest() {
        return read().records();
    }

    private Reading read() {
        // Taken before, so that what another process did before this time is in what is read.
        Instant at = clock.instant();
        Optional<Journal.Entry<KeyRecordsEntry>> newest = journal.newest();
        long number = newest.map(Journal.Entry::number).orElse(0L);
        Reading before = last;
        if (before != null && number < before.number()) {
            throw new KeywharfException(
                    "key.ring_reverted",
                    journal.name(),
                    "Its newest entry was " + before.number() + " and is " + number
                            + " now, so entries were deleted or an old copy restored, by which revoked keys may open;"
                            + " restore the missing entries, or look at list() in a new process and revoke again");
        }
        Reading reading =
                new Reading(number, newest.map(entry -> entry.value().records()).orElse(KeyRecords.NONE), at);
        last = reading;
        return reading;
    }

    @Override
    public synchronized KeyRecords update(Note note, UnaryOperator<KeyRecords> change) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Reading now = read();
            KeyRecords next = change.apply(now.records());
            if (next == now.records()) {
                return next;
            }
            long number = now.number() + 1;
            try {
                if (isWritten(number, new KeyRecordsEntry(note, next))) {
                    last = new Reading(number, next, now.at());
                    return next;
                }
            } catch (KeywharfException e) {
                return ifMade(change, e);
            }
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(Math.min(attempt, 20) * 2_000_000L));
        }
        throw new KeywharfException(
                "key.contended", journal.name(), "Others keep changing the ring at the same time; try again");
    }

    /**
     * Whether the entry of that number is this one, and was a successor of the entry before it. A number that others have
     * pruned can be written once more, and then counts for nothing: such a number is at least {@value #KEPT} lower than the
     * newest one.
     */
    private boolean isWritten(long number, KeyRecordsEntry entry) {
        if (!journal.append(number, entry)) {
            return false;
        }
        OptionalLong newest = journal.prune(KEPT);
        return newest.isPresent() && newest.getAsLong() < number + KEPT;
    }

    /** The entry may have been written although the store failed, or failed only in deleting old ones. */
    private KeyRecords ifMade(UnaryOperator<KeyRecords> change, KeywharfException failure) {
        try {
            KeyRecords now = read().records();
            if (change.apply(now) == now) {
                LOG.atWarn()
                        .setCause(failure)
                        .addKeyValue("ring", journal.name())
                        .log("The store failed while the ring was changed; the change was made");
                return now;
            }
        } catch (KeywharfException e) {
            failure.addSuppressed(e);
        }
        throw failure;
    }

    @Override
    public String toString() {
        return "KeyRing.inStore(" + journal.name() + ")";
    }
}
