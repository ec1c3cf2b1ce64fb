package io.github.keywharf.cassandra.key;

import com.datastax.oss.driver.api.core.CqlSession;
import io.github.keywharf.internal.Threads;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads on which a ring acts by itself until it or its manager's session is closed: one that closes sessions when their keys end and never
 * waits for the server, one that reads the records of open keys again, one that sweeps. So a slow sweep delays no end. None
 * keeps the process alive, and each ends when it has nothing to do. Thread-safe.
 */
final class KeyDuties implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(KeyDuties.class);
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final ScheduledThreadPoolExecutor ends = executor("keywharf-key-ends");
    private final ScheduledThreadPoolExecutor checks = executor("keywharf-key-checks");
    private final ScheduledThreadPoolExecutor sweeps = executor("keywharf-key-sweeps");
    private final CqlSession session;
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private final AtomicBoolean watching = new AtomicBoolean();

    KeyDuties(CqlSession session) {
        this.session = session;
    }

    private static ScheduledThreadPoolExecutor executor(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, Threads.named(name));
        executor.setRemoveOnCancelPolicy(true);
        executor.setKeepAliveTime(IDLE.toSeconds(), TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Does something later that does not wait; also after this was closed, for sessions of keys outlive their ring. */
    ScheduledFuture<?> atEnd(Duration delay, Runnable task) {
        return ends.schedule(task, Math.max(0, delay.toMillis()), TimeUnit.MILLISECONDS);
    }

    /** Does something each time after an interval, until it is cancelled or this is closed. */
    ScheduledFuture<?> check(Duration interval, Runnable task) {
        return every(checks, interval, interval, task);
    }

    /** Sweeps after a first wait, and each time after an interval, until it is cancelled or this is closed. */
    ScheduledFuture<?> sweep(Duration first, Duration interval, Runnable task) {
        return every(sweeps, first, interval, task);
    }

    /** {@link #sweep}, the first time that this is called. */
    @SuppressWarnings("FutureReturnValueIgnored") // it goes on until this is closed
    void sweepOnce(Duration first, Duration interval, Runnable task) {
        if (sweeping.compareAndSet(false, true)) {
            sweep(first, interval, task);
        }
    }

    boolean isClosed() {
        return sweeps.isShutdown() || session.isClosed();
    }

    private ScheduledFuture<?> every(
            ScheduledThreadPoolExecutor executor, Duration first, Duration interval, Runnable task) {
        if (watching.compareAndSet(false, true)) {
            session.closeFuture().whenComplete((closed, failure) -> close());
        }
        try {
            return executor.scheduleWithFixedDelay(
                    () -> guarded(task), first.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("The ring is closed, or its manager", e);
        }
    }

    /** Does a task; the executor would end one that throws, an Error included, without reporting it. */
    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOG.atError().setCause(e).log("A check or a sweep of keys failed; it is tried again after its interval");
        }
    }

    /** Ends what is repeated; what is under way goes on to its end. Ends of open sessions stay where they are. */
    @Override
    public void close() {
        sweeps.shutdown();
        checks.shutdown();
    }
}
