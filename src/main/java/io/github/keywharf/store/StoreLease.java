package io.github.keywharf.store;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.internal.Threads;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exclusive right of one process to do something, kept in an {@link ObjectStore}.
 *
 * <p>A lease is a series of numbered terms, {@code <folder>/00000000000000000007.json}; the highest counts. Taking, renewing
 * and releasing it each write the next term with {@link ObjectStore#createIfAbsent}, of which one caller succeeds. A
 * lease can be taken over when its term has expired, or immediately if it was taken by a process of this machine that has
 * ended, or by this process, which has closed it.
 *
 * <p>Clocks: for the holder, a term begins before it is written and expires by the holder's clock; others wait a quarter of
 * the time to live longer, but not longer than that after the store has received the term, by the store's clock, so that a
 * holder whose clock is ahead does not delay others. Two holders overlap only if clocks differ by more than that quarter, or
 * if a holder is paused between {@link #checkHeld()} and its next step. To exclude that too, pass {@link #term()} to the
 * target of the writes, and let it refuse a number below the highest one that it has received.
 *
 * <p>Thread-safe.
 */
public final class StoreLease implements AutoCloseable {
    /** Code of an error about a lease that another holds. */
    public static final String HELD = "store.lease_held";

    private static final Logger LOG = LoggerFactory.getLogger(StoreLease.class);

    /** Shortest time to live: with less, a slow answer of the store would lose the lease. */
    public static final Duration MIN_TIME_TO_LIVE = Duration.ofMillis(100);

    private static final int ATTEMPTS = 20;

    /** Precision of the times that stores report. */
    private static final Duration STORE_CLOCK_STEP = Duration.ofSeconds(1);

    /** Ids of this process's leases that were closed while the store could not be reached, which need not be waited for. */
    private static final Set<String> GIVEN_UP = ConcurrentHashMap.newKeySet();

    private final LeaseTerms terms;
    private final LeaseTerm.Holder holder;
    private final Duration timeToLive;
    private final InstantSource clock;
    private final ReentrantLock writing = new ReentrantLock();
    private final AtomicReference<@Nullable Thread> renewer = new AtomicReference<>();
    private volatile LeaseTerm current;
    private volatile boolean lost;
    private volatile boolean closed;

    private StoreLease(ObjectStore store, String folder, String owner, Duration timeToLive, InstantSource clock) {
        if (owner.isBlank()) {
            throw new IllegalArgumentException("The owner of a lease must have a name");
        }
        this.terms = new LeaseTerms(store.under(folder));
        this.holder = new LeaseTerm.Holder(UUID.randomUUID().toString(), owner, LeaseProcess.current());
        this.timeToLive = Checks.atLeast("timeToLive", timeToLive, MIN_TIME_TO_LIVE);
        this.clock = Objects.requireNonNull(clock, "clock");
        this.current = next(0);
    }

    /**
     * Takes a lease, or fails with the name of its holder.
     *
     * @param store store of the lease; it stays open when the lease is closed
     * @param folder the folder of the lease's terms, with nothing else in it
     * @param owner name of the caller, for messages
     * @param timeToLive length of a term; renew well before its end
     * @param clock clock of the caller
     * @throws KeywharfException with code {@code store.lease_held} if another holds it; the message has its name and the end
     *     of its term
     */
    public static StoreLease acquire(
            ObjectStore store, String folder, String owner, Duration timeToLive, InstantSource clock) {
        StoreLease lease = new StoreLease(store, folder, owner, timeToLive, clock);
        LeaseTerm holder = lease.take();
        if (holder != null) {
            throw KeywharfException.retryable(
                    HELD,
                    lease.terms.name(),
                    "The lease is held by " + holder.describe() + "; wait for it, or stop it");
        }
        return lease;
    }

    /** Takes a lease as {@link #acquire} does; empty if another holds it. */
    public static Optional<StoreLease> tryAcquire(
            ObjectStore store, String folder, String owner, Duration timeToLive, InstantSource clock) {
        StoreLease lease = new StoreLease(store, folder, owner, timeToLive, clock);
        return lease.take() == null ? Optional.of(lease) : Optional.empty();
    }

    /** Writes the next term unless another holds the lease; returns the term of the other one, or null after a success. */
    private @Nullable LeaseTerm take() {
        try {
            return tryTake();
        } catch (KeywharfException e) {
            // A term may have been written nevertheless.
            GIVEN_UP.add(holder.id());
            throw e;
        }
    }

    private @Nullable LeaseTerm tryTake() {
        for (int attempt = 1; ; attempt++) {
            Optional<Journal.Entry<LeaseTerm>> latest = terms.latest();
            if (latest.isPresent() && blocks(latest.get())) {
                return latest.get().value();
            }
            Optional<LeaseTerm> written =
                    terms.write(next(latest.map(Journal.Entry::number).orElse(0L) + 1));
            if (written.isPresent()) {
                current = written.get();
                return null;
            }
            if (attempt == ATTEMPTS) {
                throw KeywharfException.retryable(
                        "store.lease_contended",
                        terms.name(),
                        "Others took and released the lease in each of " + ATTEMPTS + " attempts; try again later");
            }
        }
    }

    /**
     * Returns true if a term must be waited for: until it expires. If it began in the future, the holder's clock is ahead, and
     * the term counts for its length after the store received it, because a holder writes a term right after its start.
     * Otherwise the store's clock is not used, because it may be behind.
     */
    private boolean blocks(Journal.Entry<LeaseTerm> found) {
        LeaseTerm latest = found.value();
        Instant now = clock.instant();
        Duration margin = timeToLive.dividedBy(4);
        Instant expires = latest.expires();
        if (latest.acquired().isAfter(now.plus(margin))) {
            Instant cap =
                    found.written().plus(STORE_CLOCK_STEP).plus(Duration.between(latest.acquired(), latest.expires()));
            expires = expires.isBefore(cap) ? expires : cap;
        }
        return !latest.released()
                && now.isBefore(expires.plus(margin))
                && !GIVEN_UP.contains(latest.holder().id())
                && !holder.process().knowsDead(latest.holder().process());
    }

    private LeaseTerm next(long number) {
        Instant now = clock.instant();
        return new LeaseTerm(number, holder, now, now.plus(timeToLive), false);
    }

    private LeaseTerm released(long number) {
        return LeaseTerm.released(number, holder, clock.instant());
    }

    /**
     * Extends the lease by the time to live from now.
     *
     * @throws KeywharfException with code {@code store.lease_lost} if it was lost, or the error of a store that cannot be
     *     reached; then the current term lasts until it expires
     */
    public void renew() {
        writing.lock();
        try {
            checkHeld();
            if (!advance(this::next)) {
                lost = true;
                checkHeld();
            }
        } finally {
            writing.unlock();
        }
    }

    /** Writes the next term, after terms of earlier attempts whose answer was lost; returns true if it is the newest. */
    private boolean advance(LongFunction<LeaseTerm> term) {
        while (true) {
            LeaseTerm wanted = term.apply(current.number() + 1);
            Optional<LeaseTerm> written = terms.write(wanted);
            if (written.isEmpty()) {
                return false;
            }
            current = written.get();
            if (current.equals(wanted)) {
                return true;
            }
        }
    }

    /**
     * Starts a daemon thread that renews the lease every third of its time to live until it is closed or lost. A store
     * that cannot be reached is tried again while the term lasts; a loss is logged, and {@link #isHeld()} returns false.
     *
     * @return this lease
     */
    public StoreLease renewInBackground() {
        Thread thread = Threads.daemon("keywharf-lease-" + holder.owner(), this::renewUntilLost);
        if (renewer.compareAndSet(null, thread)) {
            thread.start();
        }
        return this;
    }

    private void renewUntilLost() {
        long pause = timeToLive.dividedBy(3).toMillis();
        try {
            while (isHeld()) {
                Thread.sleep(pause);
                tryRenew();
            }
        } catch (InterruptedException closed) {
            return;
        }
        if (!closed) {
            LOG.atWarn()
                    .addKeyValue("lease", terms.name())
                    .addKeyValue("owner", holder.owner())
                    .log("The lease was lost");
        }
    }

    private void tryRenew() {
        try {
            if (isHeld()) {
                renew();
            }
        } catch (KeywharfException e) {
            LOG.atDebug().setCause(e).addKeyValue("lease", terms.name()).log("The lease could not be renewed");
        } catch (RuntimeException | Error e) {
            // The next attempt may succeed; if the thread ended here, the lease would be lost silently.
            LOG.atError().setCause(e).addKeyValue("lease", terms.name()).log("The lease could not be renewed");
        }
    }

    /** Returns true if this lease is still held, as far as is known without a request to the store. */
    public boolean isHeld() {
        LeaseTerm term = current;
        return !lost && !term.released() && clock.instant().isBefore(term.expires());
    }

    /**
     * Throws unless this lease is still held, as far as is known without a request to the store.
     *
     * @throws KeywharfException with code {@code store.lease_lost}
     */
    public void checkHeld() {
        if (!isHeld()) {
            throw KeywharfException.retryable(
                    "store.lease_lost",
                    terms.name(),
                    closed
                            ? "The lease was released by its owner '" + holder.owner() + "'"
                            : "'" + holder.owner() + "' lost the lease, which ran until " + current.expires()
                                    + "; stop what it protects, and renew more often or take it for longer");
        }
    }

    /** Number of the current term, a fencing token: it increases with each renewal and each holder. */
    public long term() {
        return current.number();
    }

    /** Name of the owner. */
    public String owner() {
        return holder.owner();
    }

    /** End of the current term, unless it is renewed. */
    public Instant expires() {
        return current.expires();
    }

    /**
     * Stops renewing and releases the lease, so that others need not wait. If the store cannot be reached, it expires for other
     * processes instead, which is logged. Closing twice is harmless.
     */
    @Override
    public void close() {
        closed = true;
        Thread thread = renewer.get();
        if (thread != null) {
            thread.interrupt();
        }
        writing.lock();
        boolean released = current.released();
        try {
            released = released || (isHeld() && advance(this::released));
        } catch (KeywharfException e) {
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("lease", terms.name())
                    .addKeyValue("expires", current.expires())
                    .log("The lease could not be released and will expire");
        } finally {
            if (!released) {
                GIVEN_UP.add(holder.id());
            }
            lost = true;
            writing.unlock();
        }
    }

    @Override
    public String toString() {
        return "StoreLease[" + terms.name() + ", " + current.describe() + (isHeld() ? ", held]" : ", not held]");
    }
}
