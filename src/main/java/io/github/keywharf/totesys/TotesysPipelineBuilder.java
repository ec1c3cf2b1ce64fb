package io.github.keywharf.totesys;

import io.github.keywharf.Organisation;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.sql.SqlSource;
import io.github.keywharf.sql.Warehouse;
import io.github.keywharf.store.ObjectStore;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

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
public final class TotesysPipelineBuilder {

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
    public static final int DELETIONS_ALWAYS_ALLOWED = 4;

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

    TotesysPipelineBuilder() {}

    /** The name under which the warehouse's control tables know the pipeline; two pipelines into one warehouse need two names. */
    public TotesysPipelineBuilder name(String pipelineName) {
        if (!pipelineName.matches("[a-z][a-z0-9_]{0,39}")) {
            throw new IllegalArgumentException(
                    "A pipeline's name is a lower case letter and up to 39 lower case letters,"
                            + " digits and underscores, but was '" + pipelineName + "'");
        }
        name = pipelineName;
        return this;
    }

    /** Whose data it is, for events; nobody in particular unless given. */
    public TotesysPipelineBuilder organisation(Organisation owner) {
        work = Work.of(owner);
        return this;
    }

    /** The Totesys database. */
    public TotesysPipelineBuilder source(SqlSource database) {
        source = Objects.requireNonNull(database, "source");
        return this;
    }

    /** The store of the ingestion zone, which also holds the log of batches and the lease. */
    public TotesysPipelineBuilder ingestion(ObjectStore store) {
        ingestion = Objects.requireNonNull(store, "ingestion");
        return this;
    }

    /** The store of the processed zone, which also holds the dead letters. May be the same as the other zone's. */
    public TotesysPipelineBuilder processed(ObjectStore store) {
        processed = Objects.requireNonNull(store, "processed");
        return this;
    }

    /** The warehouse. */
    public TotesysPipelineBuilder warehouse(Warehouse database) {
        warehouse = Objects.requireNonNull(database, "warehouse");
        return this;
    }

    /** The star schema, where a warehouse differs from the specification. */
    public TotesysPipelineBuilder star(StarSchema schema) {
        star = Objects.requireNonNull(schema, "star");
        return this;
    }

    /** What the warehouse keeps of facts. */
    public TotesysPipelineBuilder mode(WarehouseMode warehouseMode) {
        mode = Objects.requireNonNull(warehouseMode, "mode");
        return this;
    }

    /** How increments find what changed. */
    public TotesysPipelineBuilder detection(ChangeDetection changeDetection) {
        detection = Objects.requireNonNull(changeDetection, "detection");
        return this;
    }

    /** The format of the ingestion zone's files. */
    public TotesysPipelineBuilder ingestionFormat(IngestionFormat fileFormat) {
        format = Objects.requireNonNull(fileFormat, "ingestionFormat");
        return this;
    }

    /** Where files lie in the ingestion zone. */
    public TotesysPipelineBuilder ingestionLayout(KeyLayout layout) {
        ingestionLayout = Objects.requireNonNull(layout, "ingestionLayout");
        return this;
    }

    /** Where files lie in the processed zone. */
    public TotesysPipelineBuilder processedLayout(KeyLayout layout) {
        processedLayout = Objects.requireNonNull(layout, "processedLayout");
        return this;
    }

    /** The source tables to ingest, instead of all that are found. */
    public TotesysPipelineBuilder tables(List<String> sourceTables) {
        tables = List.copyOf(sourceTables);
        return this;
    }

    /** With {@link ChangeDetection#LAST_UPDATED}: where the first window begins, inclusive, UTC. */
    public TotesysPipelineBuilder firstStart(LocalDateTime time) {
        firstStart = Objects.requireNonNull(time, "firstStart");
        return this;
    }

    /**
     * With {@link ChangeDetection#LAST_UPDATED}: how far windows overlap. Commits that come later than this after their
     * stamp are found by reconciliation only.
     */
    public TotesysPipelineBuilder lookback(Duration overlap) {
        lookback = notNegative("lookback", overlap);
        return this;
    }

    /** How often a run reads everything to find what vanished or slipped through. */
    public TotesysPipelineBuilder reconcileEvery(Duration cadence) {
        reconcileEvery = notNegative("reconcileEvery", cadence);
        return this;
    }

    /**
     * How far the warehouse may be behind the source before {@link PipelineEvent.LagExceeded} is reported. While nothing
     * changes, runs enter a batch without files about twice in that time, at most one a minute, so that the lag is known.
     */
    public TotesysPipelineBuilder lagThreshold(Duration threshold) {
        lagThreshold = notNegative("lagThreshold", threshold);
        return this;
    }

    /** How long the lease counts without renewal; it is renewed while a run goes on. */
    public TotesysPipelineBuilder lease(Duration timeToLive) {
        lease = notNegative("lease", timeToLive);
        return this;
    }

    /**
     * How long a batch waits, in all, for tables of the source that other transactions have locked, as by {@code ALTER
     * TABLE}. A table that stays locked is left out of the batch.
     */
    public TotesysPipelineBuilder lockWait(Duration longest) {
        lockWait = notNegative("lockWait", longest);
        return this;
    }

    /**
     * Which share of a table's keys one reconciliation may record as deleted, 0 to 1. When more are missing from the source,
     * as after a {@code TRUNCATE} by mistake, none of that table is recorded, the table is reported as stopped, and the others
     * go on; {@link TotesysPipeline#reconcileAllowingDeletions} lets it pass once. 1 is not a limit. Up to {@link
     * #DELETIONS_ALWAYS_ALLOWED} deletions are always recorded. Deletions that a change feed names are not limited.
     */
    public TotesysPipelineBuilder deletionLimit(double share) {
        deletionLimit = new DeletionLimit(share);
        return this;
    }

    /**
     * Whether a run streams rows into the warehouse while it writes the zones. Without, each step is completed before
     * the next begins, as functions would run them.
     */
    public TotesysPipelineBuilder pipelined(boolean streaming) {
        pipelined = streaming;
        return this;
    }

    /** Where Parquet columns are encoded and decoded in parallel; stays open. */
    public TotesysPipelineBuilder executor(Executor columns) {
        executor = Objects.requireNonNull(columns, "executor");
        return this;
    }

    /** Gets what happens: progress, rejected rows, failures, lag. */
    public TotesysPipelineBuilder events(EventListener listener) {
        events = listener.guarded();
        return this;
    }

    /** The time of this machine, for the lease and the length of runs; the source's own clock sets windows. */
    public TotesysPipelineBuilder clock(InstantSource source) {
        clock = Objects.requireNonNull(source, "clock");
        return this;
    }

    private static Duration notNegative(String option, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException("The " + option + " must not be negative, but was " + value);
        }
        return value;
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
                needed("source", source),
                new Zone(needed("ingestion", ingestion), ingestionLayout, format, executor),
                new Zone(needed("processed", processed), processedLayout, IngestionFormat.PARQUET, executor),
                needed("warehouse", warehouse),
                star,
                mode,
                detection,
                tables,
                firstStart,
                lookback,
                reconcileEvery,
                lagThreshold,
                lease,
                lockWait,
                deletionLimit,
                "keywharf_" + name,
                pipelined,
                events,
                clock));
    }

    private static <T> T needed(String option, @Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("A TotesysPipeline needs " + option + "(…)");
        }
        return value;
    }
}
