package io.github.keywharf.totesys;

import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.pipeline.ChangeDetection;
import io.github.keywharf.pipeline.DeletionLimit;
import io.github.keywharf.pipeline.PipelineConfig;
import io.github.keywharf.pipeline.PipelineRuns;
import io.github.keywharf.pipeline.PipelineSchedule;
import io.github.keywharf.pipeline.PruneReport;
import io.github.keywharf.pipeline.RunPlan;
import io.github.keywharf.pipeline.RunReport;
import io.github.keywharf.pipeline.WarehouseMode;
import io.github.keywharf.pipeline.Zone;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.IngestionFormat;
import io.github.keywharf.pipeline.zone.KeyLayout;
import io.github.keywharf.pipeline.zone.ProcessedBatch;
import io.github.keywharf.pipeline.zone.RejectedFile;
import io.github.keywharf.sql.SqlSource;
import io.github.keywharf.sql.Warehouse;
import io.github.keywharf.store.ObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Carries the Totesys order database into a star-schema warehouse: extracts what changed into an ingestion zone of
 * immutable files, transforms each batch into a processed zone, and loads it into the warehouse in one transaction.
 *
 * <pre>{@code
 * TotesysPipeline pipeline = TotesysPipeline.builder()
 *         .source(totesys.source())
 *         .ingestion(store.under("ingestion"))
 *         .processed(store.under("processed"))
 *         .warehouse(warehouse.warehouse())
 *         .build();
 * pipeline.createWarehouse();
 * RunReport report = pipeline.run();
 * }</pre>
 *
 * <p>Running again after a crash at any point gives the same warehouse as one clean run. "Ingested" and "loaded" are
 * different facts: a batch that was ingested but not loaded is loaded, in order, by the next run.
 *
 * <p>Thread-safe. A lease in the ingestion zone keeps two runs from overlapping, in one process or many; a run that finds
 * it held reports that it was skipped. Closes nothing: source, stores and warehouse belong to whoever made them.
 */
public final class TotesysPipeline {

    private final PipelineRuns runs;

    TotesysPipeline(PipelineConfig config) {
        this.runs = new PipelineRuns(config);
    }

    /** A builder with the defaults that {@link Builder} lists; a source, zones and a warehouse are needed. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Creates what is missing of the warehouse: tables, views of the facts' current state, and its control tables.
     *
     * @return the statements that were run
     */
    public List<String> createWarehouse() {
        return runs.createWarehouse();
    }

    /**
     * Loads what is pending, extracts what changed, and carries it into the warehouse; reconciles when that is due.
     *
     * @throws io.github.keywharf.KeywharfException when a step failed as a whole; what was committed before stays, and
     *     the next run continues from there
     */
    public RunReport run() {
        return runs.run();
    }

    /**
     * Extracts what changed into the ingestion zone, and does nothing else.
     *
     * @return the new batches, oldest first; empty when nothing changed
     */
    public List<Batch> extract() {
        return extract(List.of());
    }

    /**
     * Extracts what changed in some tables, and in those that they are joined to, into the ingestion zone. With
     * {@link ChangeDetection#LOGICAL_REPLICATION} the changes of all other tables come along that the feed has, as it has
     * one position for all.
     *
     * @param tablesToQuery the source tables; empty for all
     * @return the new batches, oldest first; empty when nothing changed
     * @throws io.github.keywharf.KeywharfException with code {@code sql.unknown_table} when there is no such table
     */
    public List<Batch> extract(List<String> tablesToQuery) {
        return runs.extract(tablesToQuery);
    }

    /**
     * Transforms every batch that is ingested but not transformed.
     *
     * @return what they became, oldest first
     */
    public List<ProcessedBatch> transform() {
        return runs.transform();
    }

    /**
     * Transforms one batch, after those before it that are not transformed yet; one that is stays as it is.
     *
     * @param batch its number
     * @return what it became
     * @throws io.github.keywharf.KeywharfException with code {@code totesys.unknown_batch} when there is none
     */
    public ProcessedBatch transform(long batch) {
        return runs.transform(batch);
    }

    /** Loads every batch that is transformed but not loaded, in order. */
    public RunReport load() {
        return runs.load();
    }

    /**
     * Loads one batch, after those before it that are not loaded yet. A batch that is loaded stays as it is.
     *
     * @param batch its number
     * @return what was loaded
     * @throws io.github.keywharf.KeywharfException with code {@code totesys.unknown_batch} when there is none
     */
    public RunReport load(long batch) {
        return runs.load(batch);
    }

    /**
     * Reads everything, and carries into the warehouse what had vanished or slipped through: deletions are entered into
     * the warehouse's control tables, and facts that differ get a new version.
     */
    public RunReport reconcile() {
        return runs.reconcile(Set.of());
    }

    /**
     * Reconciles once without {@link Builder#deletionLimit} for some tables, whose rows were deleted on
     * purpose. The next reconciliation has the limit again.
     *
     * @param sourceTables the tables of the source, as the report that they were stopped names them
     * @throws io.github.keywharf.KeywharfException with code {@code sql.unknown_table} when there is no such table
     */
    public RunReport reconcileAllowingDeletions(List<String> sourceTables) {
        return runs.reconcile(Set.copyOf(sourceTables));
    }

    /**
     * Reads the rows whose {@code last_updated} lies in a window of the past again, as a batch of its own.
     *
     * @param from inclusive, UTC
     * @param to exclusive, UTC
     */
    public RunReport backfill(LocalDateTime from, LocalDateTime to) {
        return runs.backfill(from, to);
    }

    /**
     * Transforms batches again from the ingestion zone and loads what the warehouse does not have of them. Versions that
     * are there stay as they are, and dimensions are not set back. Versions that come back take the place of their batch
     * in the order of versions. A replay that added anything ends with a reconciliation, so that what changed or was
     * deleted since is not current again.
     *
     * @param first the first batch
     * @param last the last batch, inclusive
     * @throws io.github.keywharf.KeywharfException with code {@code totesys.unknown_batch} when one is not there
     */
    public RunReport replay(long first, long last) {
        return runs.replay(first, last);
    }

    /**
     * Deletes the files and manifests of old batches from both zones: those before the newest complete reading (a
     * reconciliation that left no table out) that was made before a time and that the warehouse has. A new warehouse begins with
     * that reading, and so does one that is further behind, without the versions before. Dead letters stay. A pruning that was
     * interrupted is completed by the next one.
     *
     * @param before by the source's clock, UTC
     */
    public PruneReport prune(LocalDateTime before) {
        return runs.prune(before);
    }

    /** The files of rejected rows, newest batch first. */
    public List<RejectedFile> listRejected() {
        return runs.listRejected();
    }

    /**
     * Takes rejected rows in again, repaired: as a batch of its own, after which the next run reconciles, since a row may
     * have changed in the source meanwhile.
     *
     * @param file which rejected rows were repaired
     * @param repaired a copy of the file with the members of {@code row} corrected, and lines that are not wanted left out
     * @return what the batch did; rows that are still refused are in its dead letters
     */
    public RunReport repair(RejectedFile file, Path repaired) {
        return runs.repair(file, repaired);
    }

    /** What a run would do now, found out without doing it. */
    public RunPlan plan() {
        return runs.plan();
    }

    /** The batches in the ingestion zone, newest first, at most so many. */
    public List<Batch> listBatches(int most) {
        return runs.listBatches(most);
    }

    /**
     * Runs repeatedly until closed. A run that fails is reported to the listener, and the next one comes at its time.
     *
     * @param pause between the end of a run and the beginning of the next
     */
    public PipelineSchedule every(Duration pause) {
        return runs.every(pause);
    }

    @Override
    public String toString() {
        return "TotesysPipeline[" + runs + "]";
    }

    /**
     * Says what a {@link TotesysPipeline} is made of. Needed are a source, the two zones and a warehouse. Defaults:
     *
     * <ul>
     *   <li>name {@link #DEFAULT_NAME};
     *   <li>all tables of the source; those that the star schema does not use stay in the ingestion zone;
     *   <li>{@link StarSchema#totesys()}, {@link WarehouseMode#HISTORY}, {@link ChangeDetection#TRANSACTION_ID};
     *   <li>ingestion in {@link IngestionFormat#PARQUET}, both zones laid out as {@link KeyLayout#TABLE_BY_DAY};
     *   <li>reconciliation every {@link #DEFAULT_RECONCILE_EVERY};
     *   <li>with {@link ChangeDetection#LAST_UPDATED}: from {@link #DEFAULT_FIRST_START}, windows overlap by
     *       {@link #DEFAULT_LOOKBACK};
     *   <li>a lag over {@link #DEFAULT_LAG_THRESHOLD} is reported;
     *   <li>a lease of {@link #DEFAULT_LEASE};
     *   <li>a wait of {@link #DEFAULT_LOCK_WAIT} for locked tables of the source, and a limit of {@link
     *       #DEFAULT_DELETION_LIMIT} of a table's keys for deletions found by one reconciliation;
     *   <li>pipelined; Parquet is encoded on the threads that carry the data; no listener; the system's clock.
     * </ul>
     */
    public static final class Builder {

        /** Name under which the warehouse's control tables know the pipeline. */
        public static final String DEFAULT_NAME = "totesys";

        /** Where the first window begins: long before the first row that a company of today has. */
        public static final LocalDateTime DEFAULT_FIRST_START = LocalDateTime.of(2000, 1, 1, 0, 0);

        /** How far windows overlap: longer than the longest transaction should be. */
        public static final Duration DEFAULT_LOOKBACK = Duration.ofMinutes(15);

        /** How often everything is read to find deletions and what slipped through. */
        public static final Duration DEFAULT_RECONCILE_EVERY = Duration.ofDays(1);

        /** How far the warehouse may be behind: what the specification promises. */
        public static final Duration DEFAULT_LAG_THRESHOLD = Duration.ofMinutes(30);

        /** How long a lease counts without renewal: how long a run waits after the machine of another one died. */
        public static final Duration DEFAULT_LEASE = Duration.ofMinutes(1);

        /** How long a batch waits for tables of the source that others have locked: longer than most DDL takes. */
        public static final Duration DEFAULT_LOCK_WAIT = Duration.ofSeconds(10);

        /** Which share of a table's keys one reconciliation may record as deleted: more is more often a mistake than meant. */
        public static final double DEFAULT_DELETION_LIMIT = 0.5;

        /** So many deletions of a table are recorded whatever their share, so that tables of a few rows stay usable. */
        public static final int DELETIONS_ALWAYS_ALLOWED = DeletionLimit.ALWAYS_ALLOWED;

        private String name = DEFAULT_NAME;
        private Work work = Work.NONE;
        private @Nullable SqlSource source;
        private @Nullable ObjectStore ingestion;
        private @Nullable ObjectStore processed;
        private @Nullable Warehouse warehouse;
        private StarSchema star = StarSchema.totesys();
        private WarehouseMode mode = WarehouseMode.HISTORY;
        private ChangeDetection detection = ChangeDetection.TRANSACTION_ID;
        private IngestionFormat format = IngestionFormat.PARQUET;
        private KeyLayout ingestionLayout = KeyLayout.TABLE_BY_DAY;
        private KeyLayout processedLayout = KeyLayout.TABLE_BY_DAY;
        private List<String> tables = List.of();
        private LocalDateTime firstStart = DEFAULT_FIRST_START;
        private Duration lookback = DEFAULT_LOOKBACK;
        private Duration reconcileEvery = DEFAULT_RECONCILE_EVERY;
        private Duration lagThreshold = DEFAULT_LAG_THRESHOLD;
        private Duration lease = DEFAULT_LEASE;
        private Duration lockWait = DEFAULT_LOCK_WAIT;
        private DeletionLimit deletionLimit = new DeletionLimit(DEFAULT_DELETION_LIMIT);
        private boolean pipelined = true;
        private Executor executor = Runnable::run;
        private EventListener events = EventListener.NONE;
        private InstantSource clock = InstantSource.system();

        private Builder() {}

        /** The name under which the warehouse's control tables know the pipeline; two pipelines into one warehouse need two names. */
        public Builder name(String pipelineName) {
            if (!pipelineName.matches("[a-z][a-z0-9_]{0,39}")) {
                throw new IllegalArgumentException(
                        "A pipeline's name is a lower case letter and up to 39 lower case letters,"
                                + " digits and underscores, but was '" + pipelineName + "'");
            }
            name = pipelineName;
            return this;
        }

        /** Whose data it is, for events; nobody in particular unless given. */
        public Builder organisation(Organisation owner) {
            work = Work.of(owner);
            return this;
        }

        /** The Totesys database. */
        public Builder source(SqlSource database) {
            source = Objects.requireNonNull(database, "source");
            return this;
        }

        /** The store of the ingestion zone, which also holds the log of batches and the lease. */
        public Builder ingestion(ObjectStore store) {
            ingestion = Objects.requireNonNull(store, "ingestion");
            return this;
        }

        /** The store of the processed zone, which also holds the dead letters. May be the same as the other zone's. */
        public Builder processed(ObjectStore store) {
            processed = Objects.requireNonNull(store, "processed");
            return this;
        }

        /** The warehouse. */
        public Builder warehouse(Warehouse database) {
            warehouse = Objects.requireNonNull(database, "warehouse");
            return this;
        }

        /** The star schema, where a warehouse differs from the specification. */
        public Builder star(StarSchema schema) {
            star = Objects.requireNonNull(schema, "star");
            return this;
        }

        /** What the warehouse keeps of facts. */
        public Builder mode(WarehouseMode warehouseMode) {
            mode = Objects.requireNonNull(warehouseMode, "mode");
            return this;
        }

        /** How increments find what changed. */
        public Builder detection(ChangeDetection changeDetection) {
            detection = Objects.requireNonNull(changeDetection, "detection");
            return this;
        }

        /** The format of the ingestion zone's files. */
        public Builder ingestionFormat(IngestionFormat fileFormat) {
            format = Objects.requireNonNull(fileFormat, "ingestionFormat");
            return this;
        }

        /** Where files lie in the ingestion zone. */
        public Builder ingestionLayout(KeyLayout layout) {
            ingestionLayout = Objects.requireNonNull(layout, "ingestionLayout");
            return this;
        }

        /** Where files lie in the processed zone. */
        public Builder processedLayout(KeyLayout layout) {
            processedLayout = Objects.requireNonNull(layout, "processedLayout");
            return this;
        }

        /** The source tables to ingest, instead of all that are found. */
        public Builder tables(List<String> sourceTables) {
            tables = List.copyOf(sourceTables);
            return this;
        }

        /** With {@link ChangeDetection#LAST_UPDATED}: where the first window begins, inclusive, UTC. */
        public Builder firstStart(LocalDateTime time) {
            firstStart = Objects.requireNonNull(time, "firstStart");
            return this;
        }

        /**
         * With {@link ChangeDetection#LAST_UPDATED}: how far windows overlap. Commits that come later than this after their
         * stamp are found by reconciliation only.
         */
        public Builder lookback(Duration overlap) {
            lookback = Checks.notNegative("lookback", overlap);
            return this;
        }

        /** How often a run reads everything to find what vanished or slipped through. */
        public Builder reconcileEvery(Duration cadence) {
            reconcileEvery = Checks.notNegative("reconcileEvery", cadence);
            return this;
        }

        /**
         * How far the warehouse may be behind the source before the event {@code totesys.lag.exceeded} is reported. While nothing
         * changes, runs enter a batch without files about twice in that time, at most one a minute, so that the lag is known.
         */
        public Builder lagThreshold(Duration threshold) {
            lagThreshold = Checks.notNegative("lagThreshold", threshold);
            return this;
        }

        /** How long the lease counts without renewal; it is renewed while a run goes on. */
        public Builder lease(Duration timeToLive) {
            lease = Checks.notNegative("lease", timeToLive);
            return this;
        }

        /**
         * How long a batch waits, in all, for tables of the source that other transactions have locked, as by {@code ALTER
         * TABLE}. A table that stays locked is left out of the batch.
         */
        public Builder lockWait(Duration longest) {
            lockWait = Checks.notNegative("lockWait", longest);
            return this;
        }

        /**
         * Which share of a table's keys one reconciliation may record as deleted, 0 to 1. When more are missing from the source,
         * as after a {@code TRUNCATE} by mistake, none of that table is recorded, the table is reported as stopped, and the others
         * go on; {@link TotesysPipeline#reconcileAllowingDeletions} lets it pass once. 1 is not a limit. Up to {@link
         * #DELETIONS_ALWAYS_ALLOWED} deletions are always recorded. Deletions that a change feed names are not limited.
         */
        public Builder deletionLimit(double share) {
            deletionLimit = new DeletionLimit(share);
            return this;
        }

        /**
         * Whether a run streams rows into the warehouse while it writes the zones. Without, each step is completed before
         * the next begins, as functions would run them.
         */
        public Builder pipelined(boolean streaming) {
            pipelined = streaming;
            return this;
        }

        /** Where Parquet columns are encoded and decoded in parallel; stays open. */
        public Builder executor(Executor columns) {
            executor = Objects.requireNonNull(columns, "executor");
            return this;
        }

        /** Gets what happens: progress, rejected rows, failures, lag. */
        public Builder events(EventListener listener) {
            events = listener.guarded();
            return this;
        }

        /** The time of this machine, for the lease and the length of runs; the source's own clock sets windows. */
        public Builder clock(InstantSource source) {
            clock = Objects.requireNonNull(source, "clock");
            return this;
        }

        /**
         * The pipeline; nothing is opened yet.
         *
         * @throws IllegalStateException when a source, a zone or the warehouse was not given
         */
        public TotesysPipeline build() {
            return new TotesysPipeline(new PipelineConfig(
                    name,
                    work.withTask(name),
                    new PipelineConfig.Reading(
                            Checks.required("The source", source, "source(database)"),
                            detection,
                            tables,
                            firstStart,
                            lookback),
                    new Zone(
                            Checks.required("The ingestion zone", ingestion, "ingestion(store)"),
                            ingestionLayout,
                            format,
                            executor),
                    new Zone(
                            Checks.required("The processed zone", processed, "processed(store)"),
                            processedLayout,
                            IngestionFormat.PARQUET,
                            executor),
                    new PipelineConfig.Target(
                            Checks.required("The warehouse", warehouse, "warehouse(database)"), star.tables(), mode),
                    new PipelineConfig.Limits(reconcileEvery, lagThreshold, lease, lockWait, deletionLimit),
                    new PipelineConfig.Running(pipelined, events, clock)));
        }
    }
}
