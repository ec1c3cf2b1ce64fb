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

/** Everything a pipeline was built with. */
public record PipelineConfig(
        String name,
        Work work,
        SqlSource source,
        Zone ingestion,
        Zone processed,
        Warehouse warehouse,
        StarTables star,
        WarehouseMode mode,
        ChangeDetection detection,
        List<String> tables,
        LocalDateTime firstStart,
        Duration lookback,
        Duration reconcileEvery,
        Duration lagThreshold,
        Duration lease,
        Duration lockWait,
        DeletionLimit deletionLimit,
        String feed,
        boolean pipelined,
        EventListener events,
        InstantSource clock) {

    /** The work on a batch: an id that is the same in all processes. */
    Work work(long batch) {
        return work.withTask(name + "/" + batch);
    }

    ManifestLog<Batch> batches() {
        return ManifestLog.ofBatches(ingestion.store());
    }

    /** The number of the newest batch that the warehouse has; 0 if it has none. */
    long newestLoaded() {
        return warehouse.newestLoaded(name).map(Warehouse.LoadedBatch::number).orElse(0L);
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
        List<String> ours = star.sourceTables();
        return batch.positions().entrySet().stream()
                .filter(table -> ours.contains(table.getKey())
                        && !batch.stopped().containsKey(table.getKey())
                        && (tables.isEmpty() || tables.contains(table.getKey())))
                .map(table -> table.getValue().time())
                .min(LocalDateTime::compareTo);
    }
}
