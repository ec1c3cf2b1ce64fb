package io.github.keywharf.pipeline;

import io.github.keywharf.format.DeadLetterFile;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.ProcessedBatch;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredJson;
import java.util.List;

/** What lies where in the zones of a pipeline, for tests that look there. */
public final class ZonePlaces {
    public static final String LEASE = PipelineRuns.LEASE;
    public static final StoredJson<Batch> MANIFEST = ManifestLog.BATCH;

    private ZonePlaces() {}

    /** Attempts to transform a batch, the newest first. */
    public static List<ProcessedBatch> attempts(ObjectStore processed, long batch) {
        return ManifestLog.ofProcessed(processed, batch).newestFirst().toList();
    }

    /** The file of the rows of a table that a step rejected, whether it is there or not. */
    public static DeadLetterFile letters(ObjectStore processed, long batch, String step, String table) {
        return StepRejects.letters(processed).file(ManifestLog.segment(batch), step, table);
    }
}
