package io.github.keywharf.pipeline;

import java.util.Locale;

/** The steps that carry a batch from the source into the warehouse. */
public enum PipelineStep {
    /** From the source into the ingestion zone. */
    EXTRACT,
    /** From the ingestion zone into the processed zone. */
    TRANSFORM,
    /** From the processed zone into the warehouse. */
    LOAD,
    /** Repaired rows into the ingestion zone, in place of an extraction. */
    REPAIR;

    /** In small letters, as it is called on the pipeline. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
