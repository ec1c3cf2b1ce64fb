package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Backoff;
import io.github.keywharf.internal.Threads;
import io.github.keywharf.store.Journal;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoreLease;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What became of each file: a journal in a store, written by one process at a time, with all records in memory.
 *
 * <p>One thread writes. Changes that wait are one entry of the journal, and are visible and acknowledged when it is there.
 * While the store fails nothing is acknowledged: the same entry is tried again until the store takes it, which does no harm
 * if it did already, or the ledger is closed. From time to time all records are written as a snapshot, and the entries before
 * it are deleted. Thread-safe.
 */
final class Ledger implements AutoCloseable {
    private static final String TAKEN = "batch.ledger_taken";

    /** How long the lease of a process that cannot renew it keeps others out. */
    static final Duration LEASE = Duration.ofSeconds(30);

    /** Entries after which a snapshot is written at the earliest, and at the latest. */
    private static final int SNAPSHOT_AFTER = 512;

    private static final int SNAPSHOT_AT_LAST = 20_000;

    /** Entries before a snapshot that are left for people to look at. */
    private static final int KEPT = 16;

    private static final Backoff PAUSES = Backoff.doubling(Duration.ofMillis(100), Duration.ofSeconds(15));

    /** What a change makes of the ledger: the file as it is from then on, or empty when nothing changes. */
    @FunctionalInterface
    interface Change {
        Optional<IngestedFile> of(LedgerView now);
    }

    /** Who wants to know; called by the writing thread. */
    interface Watcher {
        /** These changes are durable. */
        void committed(List<IngestedFile> files);

        /** The store failed, and is tried again after the pause. */
        void failed(KeywharfException failure, Duration pause);

        /** Nothing is written any more, since another process has the ledger or this one has a fault. */
        void stopped(KeywharfException reason);
    }

    /** A change that waits, and who waits for it. */
    private static final class Pending {
        private final Change change;
        private final CompletableFuture<Optional<IngestedFile>> done = new CompletableFuture<>();
        private Optional<IngestedFile> result = Optional.empty();

        Pending(Change change) {
            this.change = change;
        }
    }

    private final ObjectStore store;
    private final Journal<LedgerEntry> journal;
    private final LedgerSnapshots snapshots;
    private final LedgerRecords records = new LedgerRecords();
    private final String writer = UUID.randomUUID().toString();
    private final String owner;
    private final InstantSource clock;
    private final Watcher watcher;
    private final LinkedBlockingQueue<Pending> queue = new LinkedBlockingQueue<>();
    private final AtomicReference<@Nullable KeywharfException> stop = new AtomicReference<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch givingUp = new CountDownLatch(1);
    private final AtomicBoolean snapshotting = new AtomicBoolean();
    private final Thread thread;
    private volatile StoreLease lease;
    private volatile @Nullable Thread snapshotter;
    private long number;
    private long oldest = 1;
    private int entriesSince;
    private int changesSince;

    private Ledger(ObjectStore store, String owner, InstantSource clock, Watcher watcher) {
        this.store = store;
        this.journal = Journal.oldestFirst(store.under("entries"), LedgerEntry.FORMAT)
                .withMaxEntryBytes(LedgerEntry.MAX_BYTES);
        this.snapshots = new LedgerSnapshots(store.under("snapshots"));
        this.owner = owner;
        this.clock = clock;
        this.watcher = watcher;
        this.thread = Threads.daemon("keywharf-batch-ledger", this::write);
        this.lease = acquire();
    }

    private StoreLease acquire() {
        return StoreLease.acquire(store, "lease", owner, LEASE, clock).renewInBackground();
    }

    /**
     * Takes the lease, reads the ledger and starts to write.
     *
     * @param store of the ledger alone, or a folder of a store; stays open when the ledger is closed
     * @param owner who has it, for messages
     * @param clock the lease's
     * @throws KeywharfException {@code store.lease_held} when another process has the ledger; {@code
     *     batch.ledger_unreadable} when it cannot be read
     */
    static Ledger open(ObjectStore store, String owner, InstantSource clock, Watcher watcher) {
        Ledger ledger = new Ledger(store, owner, clock, watcher);
        try {
            ledger.load();
        } catch (RuntimeException | Error e) {
            ledger.lease.close();
            throw e;
        }
        ledger.thread.start();
        return ledger;
    }

    private void load() {
        snapshots.newest().ifPresent(newest -> {
            snapshots.read(newest, records::put);
            number = newest;
        });
        boolean first = true;
        try (Stream<Journal.Entry<LedgerEntry>> entries = journal.entries()) {
            for (Iterator<Journal.Entry<LedgerEntry>> each = entries.iterator(); each.hasNext(); first = false) {
                Journal.Entry<LedgerEntry> entry = each.next();
                oldest = first ? entry.number() : oldest;
                if (entry.number() > number + 1) {
                    throw new KeywharfException(
                            "batch.ledger_unreadable",
                            journal.name(),
                            "The entry " + (number + 1) + " is missing, and " + entry.number()
                                    + " is there; restore the missing entries from a copy");
                }
                if (entry.number() == number + 1) {
                    entry.value().files().forEach(records::put);
                    number++;
                    entriesSince++;
                    changesSince += entry.value().files().size();
                }
            }
        }
        oldest = first ? number + 1 : oldest;
    }

    /** The records, as far as they are durable. */
    LedgerRecords records() {
        return records;
    }

    /**
     * Fails unless the ledger is surely this process's. Before files are moved: who has lost the ledger leaves them to who
     * has it.
     */
    void requireHeld() {
        KeywharfException stopped = stop.get();
        if (stopped != null) {
            throw stopped;
        }
        if (!lease.isHeld()) {
            change(now -> {
                hold();
                return Optional.empty();
            });
        }
    }

    /** Makes a change after those before it; the future gives the file when it is durable, or empty when nothing changed. */
    CompletableFuture<Optional<IngestedFile>> submit(Change change) {
        Pending pending = new Pending(change);
        queue.add(pending);
        KeywharfException stopped = stop.get();
        if (stopped != null) {
            pending.done.completeExceptionally(stopped);
        }
        return pending.done;
    }

    /**
     * Makes a change and waits until it is durable.
     *
     * @throws KeywharfException {@code batch.stopped} when the ledger is closed first; {@code batch.ledger_taken} when another
     *     process has it
     */
    Optional<IngestedFile> change(Change change) {
        return Waiting.get(submit(change), "ledger");
    }

    private void write() {
        try {
            while (closing.getCount() != 0 || !queue.isEmpty()) {
                List<Pending> batch = new ArrayList<>();
                batch.add(queue.take());
                queue.drainTo(batch, LedgerEntry.MAX_FILES - 1);
                commit(batch);
            }
            stop(closed());
        } catch (KeywharfException e) {
            stop(e);
        } catch (InterruptedException | RuntimeException | Error e) {
            stop(KeywharfException.retryable("batch.stopped", journal.name(), "The ledger cannot continue: " + e, e));
        }
    }

    private KeywharfException closed() {
        return KeywharfException.retryable("batch.stopped", owner, "The ingestor was closed; start another one");
    }

    private void stop(KeywharfException reason) {
        stop.compareAndSet(null, reason);
        for (Pending left = queue.poll(); left != null; left = queue.poll()) {
            left.done.completeExceptionally(reason);
        }
        if (closing.getCount() != 0) {
            watcher.stopped(reason);
        }
    }

    private void commit(List<Pending> batch) throws InterruptedException {
        LedgerDraft draft = new LedgerDraft(records);
        try {
            batch.forEach(pending -> make(pending, draft));
            List<IngestedFile> changed = draft.changed();
            if (!changed.isEmpty()) {
                append(new LedgerEntry(writer, changed));
                changed.forEach(records::put);
                watcher.committed(changed);
            }
        } catch (RuntimeException | Error | InterruptedException e) {
            batch.forEach(pending -> pending.done.completeExceptionally(e));
            throw e;
        }
        batch.forEach(pending -> pending.done.complete(pending.result));
        if (isSnapshotDue()) {
            snapshot();
        }
    }

    private static void make(Pending pending, LedgerDraft draft) {
        try {
            pending.result = pending.change.of(draft);
            pending.result.ifPresent(draft::put);
        } catch (RuntimeException | Error e) {
            if (isTaken(e)) {
                throw e;
            }
            pending.done.completeExceptionally(e);
        }
    }

    private static boolean isTaken(Throwable e) {
        return e instanceof KeywharfException known && known.is(TAKEN);
    }

    private void append(LedgerEntry entry) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            Duration pause = PAUSES.pause(attempt);
            try {
                hold();
                if (!journal.append(number + 1, entry)) {
                    throw taken();
                }
                // A process that slept until its number came, went and was pruned has written what nobody reads.
                hold();
                number++;
                entriesSince++;
                changesSince += entry.files().size();
                return;
            } catch (KeywharfException e) {
                if (isTaken(e)) {
                    throw e;
                }
                watcher.failed(e, pause);
            } catch (RuntimeException | OutOfMemoryError e) {
                watcher.failed(new KeywharfException("store.failed", store.name(), "The store failed: " + e, e), pause);
            }
            if (givingUp.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                throw closed();
            }
        }
    }

    /** Takes the lease again if it expired while the store failed, unless somebody else had it meanwhile. */
    private void hold() {
        if (lease.isHeld()) {
            return;
        }
        lease.close();
        try {
            lease = acquire();
        } catch (KeywharfException e) {
            throw e.is(StoreLease.HELD) ? taken() : e;
        }
        if (snapshots.newest().orElse(0) > number) {
            throw taken();
        }
    }

    private KeywharfException taken() {
        return KeywharfException.retryable(
                TAKEN,
                journal.name(),
                "Another process writes this ledger now; this one has stopped. Let one ingestor run for each ledger");
    }

    private boolean isSnapshotDue() {
        return entriesSince >= SNAPSHOT_AT_LAST
                || (entriesSince >= SNAPSHOT_AFTER && changesSince >= records.size() / 4);
    }

    /** Writes all records beside the work, and deletes what is not needed then. */
    private void snapshot() {
        if (!snapshotting.compareAndSet(false, true)) {
            return;
        }
        entriesSince = 0;
        changesSince = 0;
        long at = number;
        long from = oldest;
        long to = Math.max(from, at - KEPT + 1);
        oldest = to;
        List<IngestedFile> files = records.all();
        snapshotter = Threads.daemon("keywharf-batch-snapshot", () -> snapshot(at, files, from, to));
        snapshotter.start();
    }

    private void snapshot(long at, List<IngestedFile> files, long from, long to) {
        try {
            snapshots.write(at, files);
            snapshots.deleteAllBut(at);
            for (long old = from; old < to; old++) {
                journal.delete(old);
            }
        } catch (KeywharfException e) {
            // Nothing is lost: the entries are there. What is left over is deleted after the next start.
            watcher.failed(e, Duration.ZERO);
        } finally {
            snapshotting.set(false);
        }
    }

    /** Forgets files that ended before a time. They are gone for good with the next snapshot. */
    List<IngestedFile> forget(Instant before) {
        return records.forget(before);
    }

    /** Writes what waits, gives up what the store does not take within a time, and releases the lease. */
    void close(Duration wait) {
        closing.countDown();
        queue.add(new Pending(now -> Optional.empty()));
        boolean interrupted = false;
        try {
            thread.join(Math.max(1, wait.toMillis()));
        } catch (InterruptedException e) {
            interrupted = true;
        }
        givingUp.countDown();
        try {
            thread.join(PAUSES.longest().toMillis());
            Thread beside = snapshotter;
            if (beside != null) {
                // Who reads the ledger next must not find that entries go meanwhile.
                beside.join(PAUSES.longest().toMillis());
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        stop.compareAndSet(null, closed());
        lease.close();
    }

    @Override
    public void close() {
        close(LEASE);
    }

    @Override
    public String toString() {
        return "Ledger[" + store.name() + ", " + records.size() + " files]";
    }
}
