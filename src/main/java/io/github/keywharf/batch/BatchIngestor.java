package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.format.DeadLetters;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.internal.OwnerOnly;
import io.github.keywharf.internal.Threads;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.RejectedRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of batch ingestion: takes the files of many tenants, checks them, has each tenant's app ingest them, and
 * keeps what became of each.
 *
 * <pre>{@code
 * BatchIngestor ingestor = BatchIngestor.builder()
 *         .staging(Path.of("staging"))
 *         .profiles(profiles)
 *         .sinks(job -> cassandra.table(job.profile().keyspace() + "." + job.profile().table()))
 *         .start();
 * }</pre>
 *
 * <p>A file comes by an upload, or somebody puts it into {@code <staging>/<tenant>/data}, from where it is taken when it has
 * not changed for a while. Each state of a file is durable before anything is done about it: a process that is killed at any
 * moment loses no file that was acknowledged, and the next one goes on where it stopped. A file whose run was cut off is
 * ingested again, so that each row is there once where the sink replaces rows of the same key.
 *
 * <p>One process at a time has a ledger; see {@link Builder#ledger}. Thread-safe.
 */
public final class BatchIngestor implements AutoCloseable {

    static final String PLATFORM_TROUBLE = "batch.platform.trouble";

    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration UPKEEP = Duration.ofMinutes(10);
    private static final String REJECTED = "rejected";
    private static final String UPLOADS = ".uploads";

    private final InstantSource clock;
    private final Retention retention;
    private final Duration stopWithin;
    private final String owner;
    private final Consumer<IngestedFile> log;
    private final boolean ownsStore;
    private final EventQueue events;
    private final Profiles profiles;
    private final StagingArea area;
    private final Ledger ledger;
    private final Intake intake;
    private final DeadLetters rejects;
    private final Scheduler scheduler;
    private final StagingScan scan;
    private final FeedBack feedBack;
    private final ObjectStore store;
    private final ScheduledExecutorService timer;
    private final List<Future<?>> tasks = new ArrayList<>();
    private volatile @Nullable KeywharfException stopped;
    private volatile boolean started;
    private volatile boolean closed;
    private @Nullable BatchRoutes routes;

    private BatchIngestor(Builder config, Path staging, TenantProfiles tenants, Retention retention) {
        this.clock = config.clock;
        this.retention = retention;
        this.stopWithin = config.stopWithin;
        this.owner = config.owner;
        this.log = config.log;
        this.ownsStore = config.store == null;
        this.store = config.store == null ? Builder.ledgerBeside(staging, clock) : config.store;
        this.events = new EventQueue(config.listener, EventQueue.MOST);
        this.profiles = new Profiles(tenants, reason -> trouble("profiles", reason));
        this.area = new StagingArea(staging);
        this.ledger = Ledger.open(store, owner, InstantSource.system(), new Watcher());
        this.intake = new Intake(area, ledger, clock, config.maxRecords);
        this.rejects = DeadLetters.in(store, REJECTED);
        RunContext context =
                new RunContext(ledger, area, intake, rejects, config.sinks, apps(config), clock, config.grace, events);
        this.scheduler = new Scheduler(context, profiles, config.parallelism, config.firstPause);
        this.feedBack = new FeedBack(context);
        this.scan = new StagingScan(context, profiles, config.scanEvery, config.settle);
        this.timer = Executors.newScheduledThreadPool(2, Threads.named("keywharf-batch-upkeep"));
    }

    /** Times that contents of ingested files, contents of failed files, and records are kept. */
    private record Retention(Duration done, Duration failed, Duration records) {
        Retention {
            if (records.compareTo(done) < 0 || records.compareTo(failed) < 0) {
                throw new IllegalStateException("keepRecordsFor is " + records + " and keepFor is " + done + " and "
                        + failed + "; records must be kept at least as long as contents");
            }
        }
    }

    private static Map<String, ClientIngestApp> apps(Builder config) {
        Map<String, ClientIngestApp> apps = new TreeMap<>(config.apps);
        apps.putIfAbsent(TenantProfile.ROWS_APP, new RowsApp());
        return Collections.unmodifiableMap(apps);
    }

    /** A builder; {@link Builder#staging}, {@link Builder#profiles} and {@link Builder#sinks} must be given. */
    public static Builder builder() {
        return new Builder();
    }

    private void begin() {
        profiles.refresh();
        scheduler.recover();
        scan.start();
        started = true;
        tasks.add(every(TICK, "scheduler", scheduler::tick));
        tasks.add(every(UPKEEP, "upkeep", this::upkeep));
    }

    private Future<?> every(Duration pause, String subject, Runnable work) {
        return timer.scheduleWithFixedDelay(() -> guarded(subject, work), 0, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private final class Watcher implements Ledger.Watcher {
        @Override
        public void committed(List<IngestedFile> files) {
            for (IngestedFile file : files) {
                intake.changed(file);
                log.accept(file);
                FileEvents.report(events, file);
            }
            if (started) {
                guarded("scheduler", scheduler::schedule);
            }
        }

        @Override
        public void failed(KeywharfException failure, Duration pause) {
            trouble("ledger", "It cannot be written: " + failure.getMessage());
        }

        @Override
        public void stopped(KeywharfException reason) {
            stopped = reason;
            scan.close();
            scheduler.abandon();
            trouble("ledger", "The ingestor has stopped: " + reason.getMessage());
            // Another process may have the ledger, and run the same files: apps end now.
            Threads.daemon("keywharf-batch-stop", () -> guarded("scheduler", scheduler::close))
                    .start();
        }
    }

    private void trouble(String subject, String reason) {
        events.error(PLATFORM_TROUBLE, Work.NONE, subject, reason);
    }

    /** An executor would drop a task that throws, without a word. */
    private void guarded(String subject, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            trouble(subject, "It failed: " + e);
        }
    }

    /** Removes what is older than it is kept. */
    void upkeep() {
        // Without a record, content would be taken for a new file at the next start; so that goes first.
        Instant forgotten = clock.instant().minus(retention.records());
        boolean isRemoved = true;
        Set<Organisation> tenants = new HashSet<>(ledger.records().tenants());
        tenants.addAll(profiles.all().keySet());
        for (Organisation tenant : tenants) {
            try {
                intake.removeOld(tenant, retention.done(), retention.failed());
            } catch (IOException e) {
                isRemoved = false;
                RunContext.trouble(events, tenant, "Its old files cannot be removed: " + e);
            }
        }
        for (IngestedFile file : isRemoved ? ledger.forget(forgotten) : List.<IngestedFile>of()) {
            for (int attempt = 1; attempt <= file.attempt(); attempt++) {
                rejects.delete(IngestRun.rejects(rejects, file, attempt));
            }
        }
    }

    private void checkRunning() {
        if (closed) {
            throw KeywharfException.retryable("batch.stopped", owner, "The ingestor was closed; start another one");
        }
        KeywharfException reason = stopped;
        if (reason != null) {
            throw KeywharfException.retryable(
                    "batch.stopped", owner, "The ingestor has stopped: " + reason.getMessage());
        }
    }

    /** A file by its id, as far as its record is kept. */
    public Optional<IngestedFile> find(String id) {
        return ledger.records().find(id);
    }

    /** A tenant's files, those received last first. */
    public List<IngestedFile> files(Organisation tenant) {
        return ledger.records().files(tenant, null, Integer.MAX_VALUE);
    }

    /**
     * Has a failed or refused file ingested with its present content, as if it had just come; a refused one, or one whose
     * content has changed, only if the constraints allow it now.
     *
     * @return as it is then
     * @throws KeywharfException {@code batch.unknown_file}; {@code batch.not_replayable} when it is in another state, its
     *     content was removed, the same file has come once more, or a constraint still refuses it
     */
    public IngestedFile replay(String id) {
        return replay(id, false);
    }

    /**
     * The same, for an operator, who may have a refused file ingested whatever the constraints are.
     *
     * @param force whether to ingest a file that a constraint refuses
     */
    public IngestedFile replay(String id, boolean force) {
        checkRunning();
        IngestedFile file = known(id);
        return intake.replay(file, profiles.find(file.tenant()), force);
    }

    private IngestedFile known(String id) {
        return find(id).orElseThrow(() -> new KeywharfException(
                "batch.unknown_file",
                IngestedFile.isId(id) ? id : "file",
                "No file of this id is in the ledger; see files(tenant)"));
    }

    /**
     * The rows that were rejected in the last run of a file, each with its origin and reason, as far as its app handed them
     * over. Close the stream.
     *
     * @throws KeywharfException {@code batch.unknown_file}
     */
    public Stream<RejectedRow> rejectedRows(String id) {
        IngestedFile file = known(id);
        return IngestRun.kept(store, rejects, file).map(rejects::read).orElseGet(Stream::empty);
    }

    /**
     * Writes rejected rows of an ingested file that were repaired: through the profile's steps, with the ids that they have
     * in the file, so that none is there twice. A sink of one object for each file writes them to another object, if it
     * is named by {@link IngestJob#objectName}. What is rejected once more is the file's rejected rows from then on; rows
     * that are left out are given up. Returns when that is done.
     *
     * @param rows the repaired rows, as {@link io.github.keywharf.format.RejectedRows} writes them
     * @param key of the object
     * @return the file with its new counts
     * @throws KeywharfException {@code batch.unknown_file}; {@code batch.not_repairable} when it is not ingested, has
     *     no rejected rows, or its tenant has an app of its own; {@code batch.content_gone} when it was removed and the
     *     profile has no schema; and as the sink does
     */
    public IngestedFile feedBack(String id, ObjectStore rows, String key) {
        checkRunning();
        IngestedFile file = known(id);
        TenantProfile profile = profiles.find(file.tenant()).orElseThrow(() -> Intake.unknownTenant(file.tenant()));
        return feedBack.run(file, profile, rows, key);
    }

    /** How ingestion goes, as far as records are kept. */
    public IngestStatistics statistics() {
        return statistics(Optional.empty());
    }

    /** How the ingestion of a tenant's files goes, as far as records are kept. */
    public IngestStatistics statistics(Organisation tenant) {
        return statistics(Optional.of(tenant));
    }

    IngestStatistics statistics(Optional<Organisation> tenant) {
        return IngestStatistics.of(ledger.records().files(tenant), clock.instant());
    }

    /**
     * The routes by which tenants upload files and see what became of them; docs/reference/batch-routes.md lists them. Made
     * once; closed with the ingestor.
     *
     * @param login who is who
     */
    public synchronized HttpHandler routes(TenantLogin login) {
        checkRunning();
        if (routes != null) {
            throw new IllegalStateException("The routes were made before; use those");
        }
        BatchRoutes made = new BatchRoutes(
                login, profiles.source(), received(), area.root().resolve(UPLOADS), clock, events);
        routes = made;
        return made;
    }

    ReceivedFiles received() {
        return new IngestorFiles(this, ledger.records(), intake, profiles, rejects, store);
    }

    /** Looks through the directories of all tenants; returns when that is done, and what was found is in the ledger. */
    public void scanNow() {
        checkRunning();
        try {
            scan.scanNow();
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted("scan", e);
        }
    }

    /**
     * Waits until everything that is in a directory of a tenant is taken, and everything that was received has ended. Files
     * that wait for the hours of their tenant's schedule, or whose tenant was removed, are left out.
     *
     * @return whether that is so; false when the time was over first
     */
    public boolean awaitIdle(Duration wait) {
        long end = System.nanoTime() + wait.toNanos();
        while (true) {
            scanNow();
            if (scan.isSettled() && !scheduler.isBusy() && !hasWork()) {
                return true;
            }
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(20);
            } catch (InterruptedException e) {
                throw KeywharfException.interrupted("ingestor", e);
            }
        }
    }

    private boolean hasWork() {
        return profiles.all().entrySet().stream().anyMatch(each -> scheduler.hasWork(each.getKey(), each.getValue()));
    }

    /**
     * Takes nothing more, lets apps run on for {@link Builder#stopWithin}, interrupts them then, and leaves the ledger to
     * others. Files whose apps were interrupted are ingested after the next start, and the attempt does not count. Closing
     * twice is harmless.
     */
    @Override
    public void close() {
        closed = true;
        tasks.forEach(task -> task.cancel(false));
        timer.shutdown();
        closeRoutes();
        scan.close();
        scheduler.close(stopped == null ? stopWithin : Duration.ZERO);
        ledger.close(stopWithin);
        scan.awaitEnd();
        events.close();
        if (ownsStore) {
            store.close();
        }
    }

    private synchronized void closeRoutes() {
        if (routes != null) {
            routes.close();
        }
    }

    @Override
    public String toString() {
        return "BatchIngestor[" + area.root() + ", " + profiles.all().size() + " tenants, "
                + ledger.records().size() + " files" + (stopped == null ? "]" : ", stopped]");
    }

    /**
     * What an ingestor is made of. Defaults: {@link #DEFAULT_SCAN_EVERY}, {@link #DEFAULT_SETTLE}, {@link #DEFAULT_KEEP_DONE},
     * {@link #DEFAULT_KEEP_FAILED}, {@link #DEFAULT_KEEP_RECORDS}, {@link #DEFAULT_STOP_WITHIN}, as many workers as there are
     * processors and at least two, the system's clock, and a ledger in {@code <staging>-ledger}.
     */
    public static final class Builder {

        /** How often directories are looked through when no event comes before: 5 seconds. */
        public static final Duration DEFAULT_SCAN_EVERY = Duration.ofSeconds(5);

        /** How long a file must not have changed before it is taken: 2 seconds. */
        public static final Duration DEFAULT_SETTLE = Duration.ofSeconds(2);

        /** How long the content of an ingested file is kept: a day. */
        public static final Duration DEFAULT_KEEP_DONE = Duration.ofDays(1);

        /** How long the content of a failed or refused file is kept, in which it can be replayed: 30 days. */
        public static final Duration DEFAULT_KEEP_FAILED = Duration.ofDays(30);

        /** How long records are kept, in which the same file is recognised: 90 days. */
        public static final Duration DEFAULT_KEEP_RECORDS = Duration.ofDays(90);

        /** How long apps may run on when the ingestor is closed: 30 seconds. */
        public static final Duration DEFAULT_STOP_WITHIN = Duration.ofSeconds(30);

        /** The most workers: 1,000. */
        public static final int MAX_PARALLELISM = 1000;

        private static final Duration LONGEST = Duration.ofDays(36_500);

        private final Map<String, ClientIngestApp> apps = new HashMap<>();
        private @Nullable Path staging;
        private @Nullable TenantProfiles profiles;
        private TenantSinks sinks = job -> {
            throw new KeywharfException(
                    "batch.no_sink",
                    job.tenant().id(),
                    "The ingestor has no place for rows; add sinks(...) to its builder, then replay the file");
        };
        private @Nullable ObjectStore store;
        private int parallelism = Math.max(2, Runtime.getRuntime().availableProcessors());
        private Duration scanEvery = DEFAULT_SCAN_EVERY;
        private Duration settle = DEFAULT_SETTLE;
        private Duration keepDone = DEFAULT_KEEP_DONE;
        private Duration keepFailed = DEFAULT_KEEP_FAILED;
        private Duration keepRecords = DEFAULT_KEEP_RECORDS;
        private Duration stopWithin = DEFAULT_STOP_WITHIN;
        private InstantSource clock = InstantSource.system();
        private EventListener listener = EventListener.NONE;
        private Consumer<IngestedFile> log = file -> {};
        private String owner = "batch-ingestor";
        /** For tests. */
        int maxRecords = Intake.MAX_RECORDS;
        /** For tests. */
        Duration firstPause = Duration.ofSeconds(5);
        /** For tests. */
        Duration grace = Duration.ofSeconds(10);

        private Builder() {}

        /** The directory of all tenants' files, on one file system; created when it is missing. */
        public Builder staging(Path directory) {
            staging = Objects.requireNonNull(directory, "directory");
            return this;
        }

        /** The tenants. */
        public Builder profiles(TenantProfiles tenants) {
            profiles = Objects.requireNonNull(tenants, "tenants");
            return this;
        }

        /** Where rows go; apps that write rows by themselves do without. */
        public Builder sinks(TenantSinks opener) {
            sinks = Objects.requireNonNull(opener, "opener");
            return this;
        }

        /** An app, by the name that profiles have for it. {@value TenantProfile#ROWS_APP} is there without being given. */
        public Builder app(String name, ClientIngestApp app) {
            apps.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(app, "app"));
            return this;
        }

        /** How many files of all tenants are ingested at the same time. */
        public Builder parallelism(int most) {
            parallelism = Checks.between("parallelism", most, 1, MAX_PARALLELISM);
            return this;
        }

        /** How often directories are looked through when no event of the file system comes before. */
        public Builder scanEvery(Duration pause) {
            scanEvery = Checks.positive("scanEvery", bounded("scanEvery", pause));
            return this;
        }

        /** How long a file in a data directory must not have changed before it is taken. */
        public Builder settle(Duration time) {
            settle = Checks.positive("settle", bounded("settle", time));
            return this;
        }

        /** How long contents are kept: of ingested files, and of failed and refused ones. */
        public Builder keepFor(Duration done, Duration failed) {
            keepDone = bounded("keepFor", done);
            keepFailed = bounded("keepFor", failed);
            return this;
        }

        /** How long records and rejected rows are kept. */
        public Builder keepRecordsFor(Duration time) {
            keepRecords = Checks.positive("keepRecordsFor", bounded("keepRecordsFor", time));
            return this;
        }

        /** How long apps may run on when the ingestor is closed. */
        public Builder stopWithin(Duration time) {
            stopWithin = bounded("stopWithin", time);
            return this;
        }

        /**
         * The store of the ledger and of the rejected rows, for these alone: take a folder of a larger one by
         * {@link ObjectStore#under}. It stays open when the ingestor is closed.
         */
        public Builder ledger(ObjectStore folder) {
            store = Objects.requireNonNull(folder, "folder");
            return this;
        }

        /** The clock of settling, schedules, time limits and records. */
        public Builder clock(InstantSource time) {
            clock = Objects.requireNonNull(time, "time");
            return this;
        }

        /**
         * Receives the events {@code batch.*} and progress, from one thread at a time and in their order. While 10,000 of them
         * wait for a slow listener, others are dropped, and progress while 5,000 do; {@code batch.events.dropped} counts them by
         * name.
         */
        public Builder events(EventListener events) {
            listener = Objects.requireNonNull(events, "events");
            return this;
        }

        /** A log of the files that were ingested and of those that failed; none by default. */
        public Builder log(IngestLog files) {
            log = files::write;
            return this;
        }

        /** A name for this ingestor, which another one that finds its ledger taken shows. */
        public Builder owner(String name) {
            if (name.isBlank()) {
                throw new IllegalArgumentException("The owner must have a name");
            }
            owner = name;
            return this;
        }

        private static Duration bounded(String option, Duration time) {
            return Checks.between(option, time, Duration.ZERO, LONGEST);
        }

        /**
         * Takes the ledger, brings in order what an earlier process left, and begins to work.
         *
         * @throws KeywharfException {@code store.lease_held} when another process has the ledger; {@code
         *     batch.ledger_unreadable} when it cannot be read
         */
        public BatchIngestor start() {
            Path directory = Checks.required("The staging directory", staging, "staging(directory)")
                    .toAbsolutePath()
                    .normalize();
            TenantProfiles tenants =
                    Checks.required("The tenants", profiles, "profiles(TenantProfiles.directory(path)), or another");
            Retention retention = new Retention(keepDone, keepFailed, keepRecords);
            BatchIngestor ingestor = new BatchIngestor(this, directory, tenants, retention);
            try {
                ingestor.begin();
                return ingestor;
            } catch (RuntimeException | Error e) {
                ingestor.close();
                throw e;
            }
        }

        private static ObjectStore ledgerBeside(Path staging, InstantSource clock) {
            Path ledger = staging.resolveSibling(staging.getFileName() + "-ledger");
            try {
                // The ledger holds rejected rows, which are the tenants' data.
                Files.createDirectories(ledger, OwnerOnly.directory(ledger));
            } catch (IOException e) {
                throw StagingArea.failed(ledger.toString(), "cannot be created", e);
            }
            return ObjectStore.ofDirectory(ledger, clock);
        }
    }
}
