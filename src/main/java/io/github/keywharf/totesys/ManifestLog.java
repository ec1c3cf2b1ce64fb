package io.github.keywharf.totesys;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Numbered manifests in a store, each written once: the log of what was committed.
 *
 * <p>Keys begin with the number counted down from the greatest one, so that a listing gives the newest first and finding
 * it costs one request however long the log is.
 *
 * @param <T> what a manifest says
 */
final class ManifestLog<T> {

    private final ObjectStore store;
    private final String folder;
    private final Function<T, byte[]> write;
    private final Function<byte[], T> read;

    ManifestLog(ObjectStore store, String folder, Function<T, byte[]> write, Function<byte[], T> read) {
        this.store = store;
        this.folder = folder;
        this.write = write;
        this.read = read;
    }

    /** The log of batches in an ingestion zone. */
    static ManifestLog<Batch> ofBatches(ObjectStore zone) {
        return new ManifestLog<>(zone, "_keywharf/batches/", Manifests::write, Manifests::readBatch);
    }

    /** The log of the attempts to transform one batch, in a processed zone. */
    static ManifestLog<ProcessedBatch> ofProcessed(ObjectStore zone, long batch) {
        return new ManifestLog<>(
                zone, "_keywharf/processed/" + segment(batch) + "/", Manifests::write, Manifests::readProcessed);
    }

    /** A number as a segment of a key that sorts after those of greater numbers, and reads well. */
    static String segment(long number) {
        return String.format(Locale.ROOT, "%019d-%d", Long.MAX_VALUE - number, number);
    }

    String key(long number) {
        return folder + segment(number) + ".json";
    }

    Optional<T> newest() {
        try (Stream<StoredObject> manifests = store.list(folder)) {
            return manifests.findFirst().map(object -> read.apply(store.readSmall(object.key())));
        }
    }

    Optional<T> find(long number) {
        try {
            return Optional.of(read.apply(store.readSmall(key(number))));
        } catch (KeywharfException e) {
            if (e.code().equals("store.not_found")) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Commits a manifest.
     *
     * @throws KeywharfException with code {@code totesys.batch_taken} when another run has committed that number
     */
    void commit(long number, T manifest) {
        String key = key(number);
        byte[] content = write.apply(manifest);
        if (!store.createIfAbsent(key, content) && !java.util.Arrays.equals(store.readSmall(key), content)) {
            throw new KeywharfException(
                    "totesys.batch_taken",
                    store.name() + "/" + key,
                    "Another run has committed batch " + number + " meanwhile; nothing was lost, run again");
        }
    }

    /** The manifests from the newest to the oldest, fetched as they are asked for. */
    Stream<T> newestFirst() {
        Stream<StoredObject> objects = store.list(folder);
        Iterator<StoredObject> iterator = objects.iterator();
        Iterable<StoredObject> once = () -> iterator;
        return java.util.stream.StreamSupport.stream(once.spliterator(), false)
                .map(object -> read.apply(store.readSmall(object.key())))
                .onClose(objects::close);
    }
}
