package io.github.keywharf.pipeline;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.ProcessedBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The batches that are ingested but not yet transformed or loaded, and the steps that they still need. */
final class PendingBatches {

    private final PipelineConfig config;
    private final Failures failures;

    PendingBatches(PipelineConfig config, Failures failures) {
        this.config = config;
        this.failures = failures;
    }

    /**
     * The numbers of the batches that are not loaded, oldest first.
     *
     * @param newest the newest batch of the ingestion zone; null if it has none
     */
    List<Long> numbers(@Nullable Batch newest) {
        long loaded = config.newestLoaded();
        long last = newest == null ? 0 : newest.number();
        if (loaded > last) {
            throw new KeywharfException(
                    "totesys.zone_behind_warehouse",
                    config.ingestion().store().name(),
                    "The warehouse " + config.warehouse().name() + " has batches of '" + config.name()
                            + "' that this ingestion zone, which ends with batch " + last
                            + ", does not know. Restore the zone, or give a pipeline that starts over a name of its"
                            + " own");
        }
        long first = loaded + 1;
        if (first < last) {
            // A warehouse that is new, or far behind, begins with the complete reading that pruning has left.
            first = Math.max(first, config.floor());
        }
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    /** Transforms and loads every batch that is not loaded, oldest first. */
    void loadAll(PipelineRun run) {
        loadUpTo(Long.MAX_VALUE, run);
    }

    /** Transforms and loads every batch up to a number that is not loaded, oldest first. */
    void loadUpTo(long last, PipelineRun run) {
        for (long number : failures.step("load", () -> numbers(run.newest().orElse(null)))) {
            if (number <= last) {
                Batch batch = batch(number);
                load(batch, transformed(batch, run), run);
            }
        }
    }

    /** Loads every batch that is transformed but not loaded, oldest first, up to the first that is not transformed. */
    void loadTransformed(PipelineRun run) {
        for (long number : failures.step("load", () -> numbers(run.newest().orElse(null)))) {
            Optional<ProcessedBatch> processed = config.processed(number).newest();
            if (processed.isEmpty()) {
                return;
            }
            load(batch(number), processed.get(), run);
        }
    }

    private void load(Batch batch, ProcessedBatch processed, PipelineRun run) {
        run.reports().addAll(failures.step("load", () -> Loading.of(config, batch, processed, run)));
        run.loaded(batch);
    }

    /** Transforms a batch again and loads what the warehouse does not have of it; returns whether there was any. */
    boolean replay(long number, PipelineRun run) {
        Batch batch = batch(number);
        List<TableReport> reports = new ArrayList<>();
        ProcessedBatch processed = failures.step("transform", () -> Transformation.of(config, batch, reports));
        run.reports().addAll(reports);
        List<TableReport> loaded = failures.step("load", () -> Loading.replay(config, batch, processed, run));
        run.reports().addAll(loaded);
        run.loadedAgain(number);
        return loaded.stream().anyMatch(report -> report.written() > 0);
    }

    /** The batches that are not transformed, oldest first. */
    List<Batch> untransformed() {
        Deque<Batch> batches = new ArrayDeque<>();
        try (Stream<Batch> all = config.batches().newestFirst()) {
            all.takeWhile(batch -> config.processed(batch.number()).newest().isEmpty())
                    .forEach(batches::addFirst);
        }
        return List.copyOf(batches);
    }

    /**
     * The processed files of a batch, made now unless they are there, after those of the batches before it that have none:
     * {@link #untransformed} would not find them behind it.
     */
    ProcessedBatch transformedInOrder(long number, PipelineRun run) {
        Batch wanted = batch(number);
        Deque<Batch> before = new ArrayDeque<>();
        for (Optional<Batch> batch = Optional.of(wanted);
                batch.isPresent()
                        && config.processed(batch.get().number()).newest().isEmpty();
                batch = config.batches().find(batch.get().number() - 1)) {
            before.addFirst(batch.get());
        }
        before.forEach(batch -> transformed(batch, run));
        return transformed(wanted, run);
    }

    /** The processed files of a batch, made now unless they are there. */
    ProcessedBatch transformed(Batch batch, PipelineRun run) {
        Optional<ProcessedBatch> done = config.processed(batch.number()).newest();
        return done.orElseGet(() -> {
            List<TableReport> reports = new ArrayList<>();
            ProcessedBatch processed = failures.step("transform", () -> Transformation.of(config, batch, reports));
            run.reports().addAll(reports);
            return processed;
        });
    }

    Batch batch(long number) {
        return config.batches()
                .find(number)
                .orElseThrow(() -> new KeywharfException(
                        "totesys.unknown_batch",
                        "batch " + number,
                        "The ingestion zone " + config.ingestion().store().name()
                                + " has no such batch; listBatches(…) shows those it has"));
    }
}
