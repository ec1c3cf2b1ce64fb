package io.github.keywharf.cassandra;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** Does things later, on one thread that does not keep the process alive and ends when there is nothing to do. */
final class KeyExpiry {
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final InstantSource clock;
    private final ScheduledThreadPoolExecutor executor;

    KeyExpiry(InstantSource clock) {
        this.clock = clock;
        ThreadFactory threads = task -> {
            Thread thread = new Thread(task, "keywharf-keys");
            thread.setDaemon(true);
            return thread;
        };
        this.executor = new ScheduledThreadPoolExecutor(1, threads);
        executor.setRemoveOnCancelPolicy(true);
        executor.setKeepAliveTime(IDLE.toSeconds(), TimeUnit.SECONDS);
        executor.allowCoreThreadTimeOut(true);
    }

    /** Closes a manager's session then, if it is still open. */
    void closeAt(CassandraManager manager, Instant time) {
        long delay = Math.max(0, Duration.between(clock.instant(), time).toMillis());
        ScheduledFuture<?> task = executor.schedule(() -> manager.unwrap().close(), delay, TimeUnit.MILLISECONDS);
        manager.unwrap().closeFuture().whenComplete((closed, failure) -> task.cancel(false));
    }

    ScheduledFuture<?> every(Duration interval, Runnable task) {
        return executor.scheduleWithFixedDelay(task, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
    }
}
