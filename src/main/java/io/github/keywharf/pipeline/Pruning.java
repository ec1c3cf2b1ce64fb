package io.github.keywharf.pipeline;

import io.github.keywharf.pipeline.star.StarTable;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.pipeline.zone.BatchKind;
import io.github.keywharf.pipeline.zone.ProcessedBatch;
import io.github.keywharf.store.ObjectStore;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Deletes what older batches have in both zones. A floor is recorded first, and the manifest of a batch goes after its
 * files: whatever dies in between, no warehouse begins with a batch that is gone in part, and the next pruning goes on.
 */
final class Pruning {

    private final PipelineConfig config;
    private long batches;
    private long files;

    Pruning(PipelineConfig config) {
        this.config = config;
    }

    /** Prunes what lies before the newest complete reading of an earlier time that the warehouse has. */
    PruneReport before(LocalDateTime time, PipelineRun run) {
        long loaded = config.newestLoaded();
        Optional<Long> wanted;
        try (Stream<Batch> all = config.batches().newestFirst()) {
            wanted = all.filter(batch -> batch.number() <= loaded
                            && isComplete(batch)
                            && batch.position().time().isBefore(time))
                    .map(Batch::number)
                    .findFirst();
        }
        long floor = config.floor();
        if (wanted.isPresent() && wanted.get() > floor) {
            floor = wanted.get();
            ManifestLog.ofFloors(config.ingestion().store()).commit(floor, new PrunedFloor(floor));
        }
        long end = floor;
        List<Long> numbers;
        try (Stream<Batch> all = config.batches().newestFirst()) {
            numbers = all.map(Batch::number).filter(number -> number < end).toList();
        }
        for (long number : numbers) {
            run.checkHeld();
            config.batches().find(number).ifPresent(this::delete);
        }
        return new PruneReport(floor, batches, files);
    }

    /** Whether a batch has all rows of all tables: another pipeline on the zone may be for some of them only. */
    private boolean isComplete(Batch batch) {
        IngestedBatch read = new IngestedBatch(config, batch);
        return batch.kind() == BatchKind.RECONCILIATION
                && batch.stopped().isEmpty()
                && config.star().tables().stream()
                        .filter(this::isWanted)
                        .allMatch(star -> read.isComplete(star.driving()));
    }

    private boolean isWanted(StarTable star) {
        return config.reading().tables().isEmpty()
                || config.reading().tables().contains(star.driving())
                || star.lookups().stream().anyMatch(config.reading().tables()::contains);
    }

    private void delete(Batch batch) {
        ManifestLog<ProcessedBatch> attempts = config.processed(batch.number());
        List<ProcessedBatch> processed;
        try (Stream<ProcessedBatch> all = attempts.newestFirst()) {
            processed = all.toList();
        }
        for (ProcessedBatch attempt : processed) {
            delete(config.processed().store(), attempt.files());
            attempts.delete(attempt.attempt());
        }
        delete(config.ingestion().store(), batch.files());
        config.batches().delete(batch.number());
        batches++;
    }

    private void delete(ObjectStore store, List<BatchFile> all) {
        for (BatchFile file : all) {
            if (file.isThere()) {
                store.delete(file.key());
                files++;
            }
        }
    }
}
