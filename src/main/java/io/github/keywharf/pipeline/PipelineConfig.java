package io.github.keywharf.pipeline;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import io.github.keywharf.pipeline.star.StarTables;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.ProcessedBatch;
import io.github.keywharf.sql.SqlSource;
import io.github.keywharf.sql.Warehouse;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;

/**
 * Settings of a pipeline.
 *
 * @param work the pipeline's own, for events that belong to no batch
 */
public record PipelineConfig(
        String name,
        Work work,
        Reading reading,
        Zone ingestion,
        Zone processed,
        Target target,
        Limits limits,
        Running running) {

    /**
     * The source, and how it is read.
     *
     * @param tables source tables; empty for all
     * @param firstStart begin of the first window of {@link ChangeDetection#LAST_UPDATED}
     * @param lookback by which its windows overlap
     */
    public record Reading(
            SqlSource source,
            ChangeDetection detection,
            List<String> tables,
            LocalDateTime firstStart,
            Duration lookback) {}

    /** The warehouse, and what is made of the source in it. */
    public record Target(Warehouse warehouse, StarTables star, WarehouseMode mode) {}

    /** Times and shares that a user sets; each is described in the builder of a pipeline. */
    public record Limits(
            Duration reconcileEvery,
            Duration lagThreshold,
            Duration lease,
            Duration lockWait,
            DeletionLimit deletionLimit) {}

    /** How runs proceed, and what they report to. */
    public record Running(boolean pipelined, EventListener events, InstantSource clock) {}

    /** The source. */
    public SqlSource source() {
        return reading.source();
    }

    ChangeDetection detection() {
        return reading.detection();
    }

    Warehouse warehouse() {
        return target.warehouse();
    }

    StarTables star() {
        return target.star();
    }

    WarehouseMode mode() {
        return target.mode();
    }

    EventListener events() {
        return running.events();
    }

    InstantSource clock() {
        return running.clock();
    }

    /** Name of the change feed in the source. */
    String feed() {
        return "keywharf_" + name;
    }

    /** The work on a batch: an id that is the same in all processes. */
    Work work(long batch) {
        return work.withTask(name + "/" + batch);
    }

    ManifestLog<Batch> batches() {
        return ManifestLog.ofBatches(ingestion.store());
    }

    /** The number of the newest batch that the warehouse has; 0 if it has none. */
    long newestLoaded() {
        return warehouse().newestLoaded(name).map(Warehouse.LoadedBatch::number).orElse(0L);
    }

    /** The number of the oldest batch that pruning has left. */
    long floor() {
        return ManifestLog.ofFloors(ingestion.store())
                .newest()
                .map(PrunedFloor::batch)
                .orElse(1L);
    }

    ManifestLog<ProcessedBatch> processed(long batch) {
        return ManifestLog.ofProcessed(processed.store(), batch);
    }

    /**
     * Up to where the source is in the warehouse once the batch is loaded, by the source's clock: the time of the star
     * schema's table that was read least far. A stopped table has an alarm of its own. Empty when none was read.
     */
    Optional<LocalDateTime> windowEnd(BatchTerms batch) {
        List<String> ours = star().sourceTables();
        return batch.positions().entrySet().stream()
                .filter(table -> ours.contains(table.getKey())
                        && !batch.stopped().containsKey(table.getKey())
                        && (reading.tables().isEmpty() || reading.tables().contains(table.getKey())))
                .map(table -> table.getValue().time())
                .min(LocalDateTime::compareTo);
    }
}
