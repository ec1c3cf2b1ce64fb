package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.internal.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Scans the tenants' directories: all of them from time to time, and one when its watch says so or when something in it had
 * not settled. Each tenant's is looked through a part at a time, by one thread at a time, so that none waits for another's.
 * Thread-safe.
 */
final class StagingScan implements AutoCloseable {

    private static final int END_SECONDS = 10;

    private final RunContext context;
    private final StagingArea area;
    private final Intake intake;
    private final Profiles profiles;
    private final Duration every;
    private final Duration settle;
    private final StagingWatch watch;
    private final ScheduledExecutorService timer;
    private final ExecutorService threads;
    private final Map<Organisation, OfTenant> tenants = new HashMap<>();
    private volatile @Nullable Future<?> scans;

    /** One tenant's scan, and whether it is asked for. */
    private final class OfTenant {
        private final Organisation tenant;
        private final TenantScan scan;
        /** How many asked since its last part began; the thread that raises it from 0 sees to it. */
        private final AtomicInteger asked = new AtomicInteger();

        private final AtomicBoolean due = new AtomicBoolean();
        private volatile boolean unsettled;
        private String lastTrouble = "";
        private boolean isUnwatched;
        private volatile @Nullable Future<?> next;

        OfTenant(Organisation tenant) {
            this.tenant = tenant;
            this.scan = new TenantScan(tenant, area, intake, settle, context.clock());
        }

        void ask() {
            if (asked.getAndIncrement() == 0) {
                execute(this::part);
            }
        }

        private void part() {
            int before = asked.get();
            boolean more = false;
            try {
                Optional<TenantProfile> profile = profiles.find(tenant);
                if (profile.isPresent()) {
                    TenantScan.Found found = scan.part(profile.get());
                    more = found.more();
                    unsettled = found.unsettled();
                    if (unsettled && !more && due.compareAndSet(false, true)) {
                        later();
                    }
                    watchDirectory();
                    found.problem().ifPresentOrElse(this::report, () -> lastTrouble = "");
                }
            } catch (IOException | KeywharfException e) {
                report(String.valueOf(e.getMessage()));
            } catch (RuntimeException | Error e) {
                report(String.valueOf(e));
            }
            if (more) {
                execute(this::part);
            } else if (asked.addAndGet(-before) > 0) {
                execute(this::part);
            } else {
                synchronized (StagingScan.this) {
                    StagingScan.this.notifyAll();
                }
            }
        }

        private void later() {
            try {
                next = timer.schedule(
                        () -> {
                            due.set(false);
                            ask();
                        },
                        settle.toNanos(),
                        TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException closed) {
                return;
            }
        }

        private void watchDirectory() {
            Optional<String> problem = watch.watch(tenant, area.data(tenant));
            if (problem.isPresent() && !isUnwatched) {
                context.trouble(
                        tenant,
                        "Its directory cannot be watched (" + problem.get() + "), so that files are seen every " + every
                                + " only");
            }
            isUnwatched = problem.isPresent();
        }

        /** Once, until something else is wrong. */
        private void report(String reason) {
            if (!reason.equals(lastTrouble)) {
                lastTrouble = reason;
                context.trouble(tenant, "Its directory cannot be scanned: " + reason);
            }
        }
    }

    StagingScan(RunContext context, Profiles profiles, Duration every, Duration settle) {
        this.context = context;
        this.area = context.area();
        this.intake = context.intake();
        this.profiles = profiles;
        this.every = every;
        this.settle = settle;
        this.timer = Executors.newSingleThreadScheduledExecutor(Threads.named("keywharf-batch-timer"));
        this.threads = Executors.newCachedThreadPool(Threads.named("keywharf-batch-scan"));
        this.watch = StagingWatch.start(area.root(), this::ask);
    }

    /** Brings in order what a process that is gone has left, and begins to scan. */
    void start() {
        Set<Organisation> all = new HashSet<>(context.ledger().records().tenants());
        all.addAll(profiles.all().keySet());
        all.forEach(this::recover);
        scans = timer.scheduleWithFixedDelay(this::askAll, 0, every.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void recover(Organisation tenant) {
        try {
            area.create(tenant);
            area.clearWork(tenant);
            for (String id : area.ids(tenant)) {
                Optional<IngestedFile> file = context.ledger().records().find(id);
                if (file.isPresent()) {
                    intake.place(file.get());
                } else {
                    recover(tenant, id);
                }
            }
        } catch (IOException | KeywharfException e) {
            context.trouble(tenant, "What was left from before cannot be looked through: " + e.getMessage());
        }
    }

    /** A file that was taken, and has no record; or a directory into which none came. */
    private void recover(Organisation tenant, String id) throws IOException {
        List<Path> content = area.entries(area.taken(tenant, id));
        if (content.isEmpty()) {
            Files.deleteIfExists(area.taken(tenant, id));
        } else {
            ofTenant(tenant).scan.adopt(id, content.get(0));
        }
    }

    private synchronized OfTenant ofTenant(Organisation tenant) {
        return tenants.computeIfAbsent(tenant, OfTenant::new);
    }

    /** Has the directory of a tenant scanned soon. */
    void ask(Organisation tenant) {
        ofTenant(tenant).ask();
    }

    private void execute(Runnable work) {
        try {
            threads.execute(work);
        } catch (RejectedExecutionException closed) {
            return;
        }
    }

    /** Has all directories scanned soon. */
    void askAll() {
        try {
            SortedMap<Organisation, TenantProfile> all = profiles.refresh();
            for (Organisation tenant : all.keySet()) {
                ask(tenant);
            }
        } catch (RuntimeException | Error e) {
            // Whatever it is, the next scan comes at its time.
            profiles.failed(e);
        }
    }

    /** Scans all directories once; returns when that is done. */
    void scanNow() throws InterruptedException {
        askAll();
        synchronized (this) {
            while (!threads.isShutdown() && tenants.values().stream().anyMatch(tenant -> tenant.asked.get() > 0)) {
                wait(100);
            }
        }
    }

    /** Whether nothing that a scan saw has yet to settle. */
    synchronized boolean isSettled() {
        return tenants.values().stream().noneMatch(tenant -> tenant.unsettled || tenant.asked.get() > 0);
    }

    /** Takes nothing more. Threads that wait for the ledger go on to do so until it is closed. */
    @Override
    public void close() {
        watch.close();
        cancel(scans);
        synchronized (this) {
            tenants.values().forEach(tenant -> cancel(tenant.next));
        }
        timer.shutdownNow();
        threads.shutdown();
    }

    private static void cancel(@Nullable Future<?> task) {
        if (task != null) {
            task.cancel(false);
        }
    }

    /** Returns when all threads have ended, or after a while. */
    void awaitEnd() {
        try {
            threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
