package io.github.keywharf.pipeline;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.ProcessedBatch;
import io.github.keywharf.store.Journal;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredJson;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.Schema;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Manifests as a journal: the log of what was committed.
 *
 * @param <T> what a manifest says
 */
final class ManifestLog<T> {

    static final StoredJson<Batch> BATCH = manifest(Batch.class);

    static final StoredJson<ProcessedBatch> PROCESSED =
            manifest(ProcessedBatch.class).added("rejectedKeys", Map.of());

    static final StoredJson<PrunedFloor> FLOOR = manifest(PrunedFloor.class);

    private final Journal<T> journal;
    private final String folder;

    private ManifestLog(ObjectStore zone, String folder, StoredJson<T> format) {
        this.folder = folder;
        this.journal = Journal.newestFirst(zone.under(folder), format);
    }

    /** A format of manifests, in which the columns of a file are an array. */
    private static <R extends Record> StoredJson<R> manifest(Class<R> type) {
        return StoredJson.of(
                        type,
                        "manifest",
                        "totesys.bad_manifest",
                        "restore it from the store's own versions, or use the version of the library that wrote it")
                .version("version", 1)
                .indented()
                .storing(ColumnType.class, String.class, ColumnType::toString, ColumnType::parse)
                .storing(
                        Schema.class, Column[].class, schema -> schema.columns().toArray(Column[]::new), Schema::of);
    }

    /** The log of batches in an ingestion zone. */
    static ManifestLog<Batch> ofBatches(ObjectStore zone) {
        return new ManifestLog<>(zone, "_keywharf/batches/", BATCH);
    }

    /** The log of the attempts to transform one batch, in a processed zone. */
    static ManifestLog<ProcessedBatch> ofProcessed(ObjectStore zone, long batch) {
        return new ManifestLog<>(zone, "_keywharf/processed/" + segment(batch) + "/", PROCESSED);
    }

    /** The log of floors in an ingestion zone. */
    static ManifestLog<PrunedFloor> ofFloors(ObjectStore zone) {
        return new ManifestLog<>(zone, "_keywharf/pruned/", FLOOR);
    }

    /** A batch's number as a segment of a key that sorts before those of smaller numbers, and reads well. */
    static String segment(long batch) {
        return String.format(Locale.ROOT, "%019d-%d", Long.MAX_VALUE - batch, batch);
    }

    /** The batch's number that a segment was made from; empty for another text. */
    static Optional<Long> number(String segment) {
        return Optional.of(segment)
                .filter(text -> text.matches("\\d{19}-\\d{1,18}"))
                .map(text -> Long.parseLong(text.substring(20)))
                .filter(batch -> segment(batch).equals(segment));
    }

    /** The key of the manifest of a number in the zone. */
    String key(long number) {
        return folder + journal.key(number);
    }

    Optional<T> newest() {
        return journal.newest().map(Journal.Entry::value);
    }

    Optional<T> find(long number) {
        return journal.find(number);
    }

    /**
     * Commits a manifest.
     *
     * @throws KeywharfException with code {@code totesys.batch_taken} when another run has committed that number
     */
    void commit(long number, T manifest) {
        if (!journal.append(number, manifest)) {
            throw KeywharfException.retryable(
                    "totesys.batch_taken",
                    journal.name() + "/" + journal.key(number),
                    "Another run has committed batch " + number + " meanwhile; nothing was lost, run again");
        }
    }

    /** Deletes a manifest, if it is there. */
    void delete(long number) {
        journal.delete(number);
    }

    /** The manifests from the newest to the oldest, fetched as they are read. */
    Stream<T> newestFirst() {
        return journal.entries().map(Journal.Entry::value);
    }
}
