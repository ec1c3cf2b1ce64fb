package io.github.keywharf.batch;

import io.github.keywharf.Organisation;
import io.github.keywharf.internal.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Decides which file is ingested next: of the tenants that may have another one run, that with the fewest running, of these
 * the one that was not served for longest; of a tenant's files the one that was received first. Thread-safe.
 *
 * <p>A file whose last run ended with the process may be what ended it. Such files run one at a time, so that one that does it
 * again takes no attempt from the others.
 */
final class Scheduler implements AutoCloseable {

    /** The reason of a file whose last run ended with the process. */
    static final String PROCESS_ENDED = "the process ended while it was ingested";

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final RunContext context;
    private final Profiles profiles;
    private final int workers;
    private final Backoff backoff;
    private final Map<Organisation, Lane> lanes = new HashMap<>();
    private final Map<String, IngestRun> runs = new HashMap<>();
    private final Set<String> givenUp = new HashSet<>();
    private final Map<String, Instant> pauses = new HashMap<>();
    private final Set<String> suspects = new HashSet<>();
    private final Set<String> unknownApps = new HashSet<>();
    private long served;
    private boolean stopping;

    /** One tenant's. */
    private static final class Lane {
        /** Threads that run its apps, of runs that were given up too. */
        private int running;

        private long lastServed;
    }

    Scheduler(RunContext context, Profiles profiles, int workers, Duration firstPause) {
        this.context = context;
        this.profiles = profiles;
        this.workers = workers;
        // A random part, so that files that failed together do not come together.
        this.backoff = Backoff.doubling(firstPause, LONGEST_PAUSE, 0.5);
    }

    /** What the process before this one was running has ended with it. */
    void recover() {
        List<CompletableFuture<Optional<IngestedFile>>> changes = new ArrayList<>();
        for (IngestedFile file : context.ledger().records().all()) {
            if (file.state() == FileState.RUNNING) {
                changes.add(context.ledger()
                        .submit(now ->
                                now.find(file.id()).map(found -> found.waiting(found.attempt(), PROCESS_ENDED))));
            }
        }
        changes.forEach(change -> Waiting.get(change, "ledger"));
        for (IngestedFile file : context.ledger().records().all()) {
            if (file.state() == FileState.RECEIVED && file.reason().equals(PROCESS_ENDED)) {
                suspects.add(file.id());
            }
        }
    }

    /** Starts what may start now. */
    synchronized void schedule() {
        while (!stopping && runs.size() - givenUp.size() < workers) {
            @Nullable IngestRun next = next();
            if (next == null) {
                return;
            }
            Lane lane = lane(next.tenant());
            lane.running++;
            lane.lastServed = ++served;
            runs.put(next.id(), next);
            pauses.remove(next.id());
            try {
                next.start();
            } catch (OutOfMemoryError e) {
                runs.remove(next.id());
                lane.running--;
                context.trouble(next.tenant(), "No thread could be started: " + e);
                return;
            }
        }
    }

    private Lane lane(Organisation tenant) {
        return lanes.computeIfAbsent(tenant, any -> new Lane());
    }

    private @Nullable IngestRun next() {
        Instant now = context.now();
        @Nullable IngestedFile best = null;
        @Nullable TenantProfile profile = null;
        for (Map.Entry<Organisation, TenantProfile> each : profiles.all().entrySet()) {
            if (mayRun(each.getKey(), each.getValue(), now)
                    && (best == null || comesBefore(each.getKey(), best.tenant()))) {
                Optional<IngestedFile> first =
                        context.ledger().records().firstReceived(each.getKey(), file -> mayRun(file, now));
                if (first.isPresent()) {
                    best = first.get();
                    profile = each.getValue();
                }
            }
        }
        return best == null || profile == null ? null : new IngestRun(context, best, profile, this::pause, this::ended);
    }

    private boolean mayRun(Organisation tenant, TenantProfile profile, Instant now) {
        return lane(tenant).running < profile.parallelism() && profile.isOpenAt(now) && isAppKnown(profile);
    }

    private boolean isAppKnown(TenantProfile profile) {
        boolean known = context.apps().containsKey(profile.app());
        if (!known && unknownApps.add(profile.tenant() + " " + profile.app())) {
            context.trouble(
                    profile.tenant(),
                    "Its files wait: its app '" + profile.app() + "' is not one of "
                            + context.apps().keySet());
        }
        return known;
    }

    private boolean comesBefore(Organisation tenant, Organisation other) {
        Lane one = lane(tenant);
        Lane two = lane(other);
        return one.running == two.running ? one.lastServed < two.lastServed : one.running < two.running;
    }

    private boolean mayRun(IngestedFile file, Instant now) {
        Instant until = pauses.get(file.id());
        return !runs.containsKey(file.id())
                && (until == null || !now.isBefore(until))
                && (!suspects.contains(file.id()) || runs.keySet().stream().noneMatch(suspects::contains));
    }

    /** A file fails for a passing reason, and has a pause before its next attempt. */
    private synchronized void pause(IngestedFile file) {
        pauses.put(file.id(), context.now().plus(backoff.pause(file.attempt())));
    }

    /** A run's thread ends. */
    private void ended(IngestRun run) {
        synchronized (this) {
            runs.remove(run.id());
            givenUp.remove(run.id());
            suspects.remove(run.id());
            lane(run.tenant()).running--;
            notifyAll();
        }
        schedule();
    }

    /** Sees to the time limits of runs, and starts what may start now. */
    void tick() {
        Instant now = context.now();
        for (IngestRun run : running()) {
            run.watch(now).ifPresent(record -> {
                giveUp(run);
                context.trouble(
                        run.tenant(),
                        "Its app did not stop after its time was over and it was interrupted; it counts for the tenant until"
                                + " it ends: " + run);
            });
        }
        schedule();
    }

    private synchronized List<IngestRun> running() {
        return runs.values().stream().filter(run -> !givenUp.contains(run.id())).toList();
    }

    private synchronized void giveUp(IngestRun run) {
        if (runs.containsKey(run.id())) {
            givenUp.add(run.id());
            notifyAll();
        }
    }

    /** Whether a run goes on. */
    boolean isBusy() {
        return !running().isEmpty();
    }

    /** Whether a tenant has files that run, or may run now or after a pause. */
    synchronized boolean hasWork(Organisation tenant, TenantProfile profile) {
        Instant now = context.now();
        return profile.isOpenAt(now)
                && isAppKnown(profile)
                && context.ledger().records().waiting(tenant) > 0;
    }

    /** Starts nothing more, lets runs go on for a time, interrupts them then, and gives up those that do not stop. */
    void close(Duration wait) {
        synchronized (this) {
            stopping = true;
        }
        await(wait);
        running().forEach(IngestRun::stop);
        await(context.grace());
        for (IngestRun run : running()) {
            // The record is written when the ledger is closed.
            run.giveUp().ifPresent(record -> giveUp(run));
        }
    }

    /** Starts nothing more, and takes nothing more from what runs: another process has the ledger. Does not wait. */
    void abandon() {
        synchronized (this) {
            stopping = true;
        }
        running().forEach(IngestRun::abandon);
    }

    private synchronized void await(Duration wait) {
        long end = System.nanoTime() + wait.toNanos();
        try {
            for (long left = wait.toMillis();
                    runs.size() > givenUp.size() && left > 0;
                    left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        close(Duration.ZERO);
    }
}
