package io.github.keywharf.pipeline;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.DeadLetterFile;
import io.github.keywharf.format.RejectedRows;
import io.github.keywharf.pipeline.star.StarTable;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.pipeline.zone.BatchKind;
import io.github.keywharf.pipeline.zone.RejectedFile;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Takes repaired rows in again, as a batch of their own. */
final class Repair {

    private final PipelineConfig config;

    Repair(PipelineConfig config) {
        this.config = config;
    }

    /** The dead letters of all batches; not those of a step that was ended before it committed what it had rejected. */
    List<RejectedFile> list() {
        List<RejectedFile> files = new ArrayList<>();
        long newest = config.batches().newest().map(Batch::number).orElse(0L);
        Map<Long, Optional<Batch>> batches = new HashMap<>();
        try (Stream<DeadLetterFile> letters =
                StepRejects.letters(config.processed().store()).files()) {
            letters.map(Repair::named)
                    .flatMap(Optional::stream)
                    .filter(file -> file.batch() <= newest)
                    .filter(file -> !file.step().equals("extract") || isOf(file, batches))
                    .forEach(files::add);
        }
        return files;
    }

    /** A file of dead letters; empty unless its run is a batch. */
    static Optional<RejectedFile> named(DeadLetterFile letter) {
        return ManifestLog.number(letter.run())
                .map(batch -> new RejectedFile(batch, letter.step(), letter.table(), letter.key()));
    }

    /** Whether the batch of that number is the one whose extraction rejected these rows. */
    private boolean isOf(RejectedFile file, Map<Long, Optional<Batch>> batches) {
        return batches.computeIfAbsent(file.batch(), number -> config.batches().find(number))
                .filter(batch -> !batch.rejected().containsKey(file.table()))
                .isEmpty();
    }

    /**
     * Commits a batch of the repaired rows to the ingestion zone, and reports how many rows of the file were taken.
     *
     * @return empty, with nothing committed, when the file has no row
     */
    Optional<Batch> ingest(RejectedFile rejected, Path repaired, List<TableReport> reports) {
        long start = System.nanoTime();
        StarTable star = config.star()
                .byTargetName(rejected.table())
                .orElseThrow(() -> new KeywharfException(
                        "totesys.repair_impossible",
                        rejected.table(),
                        rejected.step().equals("extract")
                                ? "A value of the row could not be read; correct it in the source, and run again"
                                : "Only rows of a star table can be repaired; correct the source, and reconcile"));
        Batch origin = config.batches()
                .find(rejected.batch())
                .orElseThrow(() -> new KeywharfException(
                        "totesys.unknown_batch", "batch " + rejected.batch(), "There is no such batch to repair"));
        boolean asSource = rejected.step().startsWith("transform");
        if (asSource && !star.lookups().isEmpty()) {
            throw new KeywharfException(
                    "totesys.repair_impossible",
                    rejected.table(),
                    "Its rows are joined from " + star.driving() + " and " + star.lookups()
                            + "; correct them in the source, and reconcile");
        }
        Schema schema = asSource ? sourceSchema(origin, star) : star.target().schema();
        String table = asSource ? star.driving() : star.target().name();
        Batch newest = config.batches().newest().orElse(origin);
        long number = newest.number() + 1;
        BatchTerms terms = new BatchTerms(
                number, BatchKind.REPAIR, newest.position(), newest.positions(), newest.stopped(), Set.of());
        Path file = repaired.toAbsolutePath();
        if (!Files.isRegularFile(file)) {
            throw new KeywharfException(
                    ObjectStore.NOT_FOUND,
                    file.toString(),
                    "There is no such file; give a repaired copy of " + rejected.key());
        }
        Path folder = Optional.ofNullable(file.getParent()).orElse(file);
        StepRejects refused = new StepRejects(config.processed().store(), number, "repair");
        try (refused;
                ObjectStore local = ObjectStore.ofDirectory(folder);
                Zone.ZoneFile zoneFile = config.ingestion().begin(table, schema, terms)) {
            long written = 0;
            RejectListener rejects = refused.of(rejected.table());
            try (Rows rows = RejectedRows.rows(local, String.valueOf(file.getFileName()), schema, rejects)) {
                for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                    written += batch.size();
                    zoneFile.write(batch);
                }
            }
            List<BatchFile> files =
                    Optional.ofNullable(zoneFile.commit()).map(List::of).orElse(List.of());
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            long count = refused.count();
            long bytes = files.stream().mapToLong(BatchFile::bytes).sum();
            reports.add(new TableReport(
                    rejected.table(), PipelineStep.REPAIR, written + count, written, 0, count, bytes, took));
            if (written + count == 0) {
                return Optional.empty();
            }
            refused.commit(config.events(), config.work(number));
            Batch batch = new Batch(
                    number,
                    BatchKind.REPAIR,
                    newest.position(),
                    config.ingestion().format(),
                    files,
                    newest.positions(),
                    newest.stopped(),
                    newest.feed(),
                    newest.fed(),
                    Optional.empty(),
                    Map.of(),
                    newest.counts(),
                    Set.of());
            config.batches().commit(number, batch);
            return Optional.of(batch);
        }
    }

    private static Schema sourceSchema(Batch origin, StarTable star) {
        return origin.files().stream()
                .filter(file -> file.table().equals(star.driving()) && !file.deletions())
                .map(BatchFile::schema)
                .findFirst()
                .orElseThrow(() -> new KeywharfException(
                        "totesys.unknown_batch",
                        "batch " + origin.number(),
                        "The batch has no rows of '" + star.driving() + "' to repair"));
    }
}
