package io.github.keywharf.pipeline;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.format.RejectedRows;
import io.github.keywharf.pipeline.star.StarTable;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.ProcessedBatch;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Table;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows that an extraction rejected, and those that its transformation did, read back from its dead letters. */
record ProcessedRejects(PipelineConfig config, Batch ingested, ProcessedBatch batch) {

    /**
     * The keys of those meant for a star table; empty when they are too many to hold.
     *
     * @throws KeywharfException with code {@code totesys.rejects_changed} when their file does not hold them any more
     */
    Optional<Table> keys(StarTable star) {
        RejectedKeys keys = new RejectedKeys(star);
        Optional.ofNullable(ingested.rejected().get(star.driving())).ifPresent(keys::add);
        @Nullable String wanted = batch.rejectedKeys().get(star.target().name());
        // Manifests of earlier versions say nothing of keys.
        if (!batch.rejects().isEmpty()
                && (wanted != null || batch.rejectedKeys().isEmpty())) {
            String key = StepRejects.key(batch.rejects(), star.target().name());
            try (Stream<RejectedRow> rows = RejectedRows.read(config.processed().store(), key)) {
                rows.forEach(keys::add);
            } catch (KeywharfException e) {
                boolean missing = e.is(ObjectStore.NOT_FOUND);
                if (!missing && wanted != null && e.is(RejectedRows.BAD_REJECTS)) {
                    throw changed(key, "cannot be read", e);
                }
                if (!missing) {
                    throw e;
                }
                if (wanted != null) {
                    throw changed(key, "is missing", e);
                }
            }
            if (wanted != null && !wanted.equals(keys.fingerprint())) {
                throw changed(key, "does not hold the rows that were written to it", null);
            }
        }
        return keys.table();
    }

    private KeywharfException changed(String key, String problem, @Nullable Exception cause) {
        return new KeywharfException(
                "totesys.rejects_changed",
                config.processed().store().name() + "/" + key,
                "The dead-letter file " + problem + ", so that its rows would be taken for deleted in the source."
                        + " Restore it, and repair a copy of it instead; or delete the manifest "
                        + config.processed(batch.number()).key(batch.attempt())
                        + ", and the next run transforms the batch again",
                cause);
    }
}
