package io.github.keywharf.totesys;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.RejectedRows;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Takes repaired rows in again, as a batch of their own. */
final class Repair {

    private final PipelineConfig config;

    Repair(PipelineConfig config) {
        this.config = config;
    }

    static List<RejectedFile> list(ObjectStore store) {
        List<RejectedFile> files = new ArrayList<>();
        try (Stream<StoredObject> objects = store.list(DeadLetters.ROOT)) {
            objects.forEach(object -> {
                String[] parts = object.key().split("/");
                String number = parts[2].substring(parts[2].indexOf('-') + 1);
                String table = parts[4].substring(0, parts[4].length() - ".jsonl".length());
                files.add(new RejectedFile(Long.parseLong(number), parts[3], table, object.key()));
            });
        }
        return files;
    }

    /** Commits a batch of the repaired rows to the ingestion zone. */
    Batch ingest(RejectedFile rejected, Path repaired) {
        StarTable star = config.star()
                .byTargetName(rejected.table())
                .orElseThrow(() -> new KeywharfException(
                        "totesys.repair_impossible",
                        rejected.table(),
                        "Only rows of a star table can be repaired; correct the source, and reconcile"));
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
        Path file = repaired.toAbsolutePath();
        Path folder = Optional.ofNullable(file.getParent()).orElse(file);
        DeadLetters refused = new DeadLetters(config.processed().store(), DeadLetters.folder(number, "repair"));
        try (refused;
                ObjectStore local = ObjectStore.ofDirectory(folder);
                Zone.ZoneFile zoneFile = config.ingestion()
                        .begin(table, schema, newest.position().time(), false)) {
            RejectListener rejects = refused.of(rejected.table());
            try (Rows rows = RejectedRows.rows(local, String.valueOf(file.getFileName()), schema, rejects)) {
                for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                    zoneFile.write(batch);
                }
            }
            List<BatchFile> files = Optional.ofNullable(zoneFile.commit(false, false))
                    .map(List::of)
                    .orElse(List.of());
            refused.commit(config.events());
            Batch batch = new Batch(
                    number,
                    BatchKind.REPAIR,
                    newest.position(),
                    config.ingestion().format(),
                    files,
                    newest.positions(),
                    newest.stopped(),
                    newest.feed(),
                    Optional.empty());
            config.batches().commit(number, batch);
            return batch;
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
