package io.github.keywharf.pipeline;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchKind;
import io.github.keywharf.pipeline.zone.ProcessedBatch;
import io.github.keywharf.pipeline.zone.RejectedFile;
import io.github.keywharf.sql.Increment;
import io.github.keywharf.store.StoreLease;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The pipeline's verbs, each under the lease. */
public final class PipelineRuns {

    static final String LEASE = "_keywharf/lease/";

    private final PipelineConfig config;
    private final Extractions extractions;
    private final Failures failures;
    private final PendingBatches pending;
    private final WarehouseLag lag;

    public PipelineRuns(PipelineConfig config) {
        this.config = config;
        this.extractions = new Extractions(config);
        this.failures = new Failures(config);
        this.pending = new PendingBatches(config, failures);
        this.lag = new WarehouseLag(config);
    }

    /** Creates what is missing of the warehouse, and returns the statements that were run. */
    public List<String> createWarehouse() {
        return config.warehouse()
                .create(config.star().warehouseTables(), config.mode().facts());
    }

    /** Loads what is pending, then carries what changed into the warehouse; reconciles when that is due. */
    public RunReport run() {
        return leased(run -> {
            pending.loadAll(run);
            drain(
                    run,
                    reconciliationIsDue(run.newest().orElse(null))
                            ? ExtractRequest.everything()
                            : ExtractRequest.changes());
        });
    }

    /**
     * Reads everything, and carries into the warehouse what had vanished or slipped through.
     *
     * @param mayVanish source tables of which any number of rows may be recorded as deleted
     */
    public RunReport reconcile(Set<String> mayVanish) {
        return leased(run -> {
            pending.loadAll(run);
            drain(run, ExtractRequest.everything(mayVanish));
        });
    }

    /** Reads rows that were last updated in a window of the past again, as a batch of its own; the end is exclusive, UTC. */
    public RunReport backfill(LocalDateTime from, LocalDateTime to) {
        Increment.Window window = new Increment.Window(Increments.TIME_COLUMN, from, to);
        return leased(run -> {
            pending.loadAll(run);
            carry(run, new ExtractRequest(BatchKind.BACKFILL, List.of(), window));
        });
    }

    /** Transforms and loads a range of batches again, both ends included. */
    public RunReport replay(long first, long last) {
        if (first < 1 || last < first) {
            throw new IllegalArgumentException("Batches " + first + " to " + last + " are not a valid range");
        }
        return leased(run -> {
            pending.loadAll(run);
            boolean added = false;
            for (long number = first; number <= last; number++) {
                added |= pending.replay(number, run);
            }
            if (added) {
                // Whether what came back is still there, and what it is now, may be known to the source only.
                drain(run, ExtractRequest.everything());
            }
        });
    }

    /** Takes rejected rows in again from a repaired copy of their file. */
    public RunReport repair(RejectedFile file, Path repaired) {
        return leased(run -> {
            pending.loadAll(run);
            new Repair(config).ingest(file, repaired, run.reports()).ifPresent(run::ingested);
            pending.loadAll(run);
        });
    }

    /** Deletes the files and manifests of batches before the newest complete reading that was made before a time, UTC. */
    public PruneReport prune(LocalDateTime before) {
        return underLease("prune", run -> new Pruning(config).before(before, run));
    }

    /** The files of rejected rows, newest batch first. */
    public List<RejectedFile> listRejected() {
        return new Repair(config).list();
    }

    /** What a run would do now. */
    public RunPlan plan() {
        Batch newest = config.batches().newest().orElse(null);
        return extractions.plan(
                reconciliationIsDue(newest) ? ExtractRequest.everything() : ExtractRequest.changes(),
                newest,
                pending.numbers(newest));
    }

    /** The newest batches, newest first, at most so many. */
    public List<Batch> listBatches(int most) {
        try (var batches = config.batches().newestFirst()) {
            return batches.limit(most).toList();
        }
    }

    /** Runs repeatedly, with a pause between the end of a run and the beginning of the next. */
    public PipelineSchedule every(Duration pause) {
        return PipelineSchedule.start(this, config, pause);
    }

    /** Extracts what changed in some source tables, or in all if none is named, into the ingestion zone. */
    public List<Batch> extract(List<String> tables) {
        return underLease("extract", run -> {
            if (!tables.isEmpty() || !reconciliationIsDue(run.newest().orElse(null))) {
                extract(run, ExtractRequest.changesOf(tables));
                return run.ingested();
            }
            if (config.detection() == ChangeDetection.LOGICAL_REPLICATION) {
                // What is read whole is newer than the changes in the feed, whose versions would come after it.
                boolean more = true;
                while (more) {
                    more = extract(run, ExtractRequest.changes());
                }
            }
            extract(run, ExtractRequest.everything());
            return run.ingested();
        });
    }

    /** Transforms every batch that is ingested but not transformed. */
    public List<ProcessedBatch> transform() {
        return underLease(
                "transform",
                run -> pending.untransformed().stream()
                        .map(batch -> pending.transformed(batch, run))
                        .toList());
    }

    /** Transforms a batch, after those before it that are not transformed yet. */
    public ProcessedBatch transform(long batch) {
        return underLease("transform", run -> pending.transformedInOrder(batch, run));
    }

    /** Loads every batch that is transformed but not loaded, in order. */
    public RunReport load() {
        return underLease("load", run -> {
                    pending.loadTransformed(run);
                    return run;
                })
                .report();
    }

    /** Loads a batch, after those before it that are not loaded yet. */
    public RunReport load(long batch) {
        return underLease("load", run -> {
                    pending.loadUpTo(pending.batch(batch).number(), run);
                    return run;
                })
                .report();
    }

    private <T> T underLease(String step, Function<PipelineRun, T> work) {
        PipelineRun run = new PipelineRun(config);
        try {
            return underLease(lease(step), step, run, work);
        } finally {
            lag.measure(run);
        }
    }

    private <T> T underLease(StoreLease lease, String step, PipelineRun run, Function<PipelineRun, T> work) {
        try (lease) {
            run.under(lease);
            return work.apply(run);
        } catch (RuntimeException e) {
            throw failures.report(step, e);
        }
    }

    private boolean reconciliationIsDue(@Nullable Batch newest) {
        if (newest == null) {
            return false;
        }
        LocalDateTime now = LocalDateTime.ofInstant(config.clock().instant(), ZoneOffset.UTC);
        return newest.reconciled()
                .map(time -> !time.plus(config.limits().reconcileEvery()).isAfter(now))
                .orElse(true);
    }

    /** Carries batches until the source has no more; what a change feed still holds goes before a reconciliation. */
    private void drain(PipelineRun run, ExtractRequest request) {
        if (request.kind() == BatchKind.RECONCILIATION && config.detection() == ChangeDetection.LOGICAL_REPLICATION) {
            drain(run, ExtractRequest.changes());
        }
        boolean more = true;
        while (more) {
            more = carry(run, request);
        }
    }

    /** Carries one batch from the source into the warehouse; returns true if there is more to take. */
    private boolean carry(PipelineRun run, ExtractRequest request) {
        boolean more = config.running().pipelined()
                ? ingest("run", run, request, extraction -> readOverlapped(run, extraction))
                : extract(run, request);
        run.newest()
                .filter(batch -> run.ingested().contains(batch) && !run.hasLoaded(batch))
                .ifPresent(batch -> pending.loadAll(run));
        if (!more && request.window() == null) {
            run.seen();
        }
        return more;
    }

    private boolean extract(PipelineRun run, ExtractRequest request) {
        return ingest("extract", run, request, extraction -> {
            extraction.readRest();
            return commit(run, extraction);
        });
    }

    /**
     * Begins an extraction and reads it into the ingestion zone.
     *
     * @param step name of what is done, for its failures
     * @param reading reads the tables and commits the batch, unless there is nothing in it
     * @return true if there is more to take
     */
    private boolean ingest(
            String step, PipelineRun run, ExtractRequest request, Function<Extraction, Optional<Batch>> reading) {
        Extractions.Begun begun = failures.step(
                "extract", () -> extractions.begin(request, run.newest().orElse(null)));
        run.snapshot(begun.time());
        if (begun.extraction() == null) {
            return false;
        }
        try (Extraction extraction = begun.extraction()) {
            Optional<Batch> batch = failures.step(step, () -> {
                extraction.readJoined();
                return reading.apply(extraction);
            });
            run.stopped(extraction.stopped());
            if (batch.isEmpty()) {
                extractions.gaveNothing(request, extraction);
            }
            return extraction.plan().hasMore();
        }
    }

    private static Optional<Batch> commit(PipelineRun run, Extraction extraction) {
        if (!extraction.isWorthCommitting()) {
            return Optional.empty();
        }
        Batch batch = extraction.commit();
        run.ingested(batch);
        run.reports().addAll(extraction.reports());
        return Optional.of(batch);
    }

    /** Transforms and loads a batch while it is read; what could not be loaded by then is left to be loaded from its files. */
    private Optional<Batch> readOverlapped(PipelineRun run, Extraction extraction) {
        try (OverlappedSteps steps = new OverlappedSteps(config, extraction, run)) {
            steps.readTables();
            extraction.readRest();
            Optional<Batch> batch = commit(run, extraction);
            batch.ifPresent(steps::commit);
            steps.failure().filter(failure -> batch.isPresent()).ifPresent(failure -> {
                if (!(failure instanceof KeywharfException known) || !known.retryable()) {
                    throw failures.report("load", failure);
                }
                config.events()
                        .info(
                                "totesys.load.staged",
                                config.work(extraction.terms().number()),
                                config.name(),
                                "The batch is loaded from its files, as it could not be while it was read: "
                                        + known.getMessage());
            });
            return batch;
        }
    }

    private RunReport leased(Consumer<PipelineRun> work) {
        PipelineRun run = new PipelineRun(config);
        StoreLease lease;
        try {
            lease = lease("run");
        } catch (RuntimeException e) {
            lag.measure(run);
            if (e instanceof KeywharfException known && known.is(StoreLease.HELD)) {
                String holder = String.valueOf(e.getMessage());
                config.events().warning("totesys.run.skipped", config.work(), config.name(), "Skipped: " + holder);
                return run.skipped(holder);
            }
            throw failures.report("run", e);
        }
        try (lease) {
            run.under(lease);
            work.accept(run);
        } catch (RuntimeException e) {
            throw failures.report("run", e);
        } finally {
            lag.measure(run);
        }
        return run.report();
    }

    private StoreLease lease(String step) {
        return StoreLease.acquire(
                        config.ingestion().store(),
                        LEASE,
                        config.name() + " " + step,
                        config.limits().lease(),
                        config.clock())
                .renewInBackground();
    }

    @Override
    public String toString() {
        return config.name() + ": " + config.source().name() + " -> "
                + config.ingestion().store().name() + " -> "
                + config.processed().store().name() + " -> "
                + config.warehouse().name() + ", " + config.mode() + ", " + config.detection();
    }
}
