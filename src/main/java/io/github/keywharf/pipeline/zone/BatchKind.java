package io.github.keywharf.pipeline.zone;

/** Why a batch was made. */
public enum BatchKind {
    /** What changed since the last one; the first batch is everything. */
    INCREMENT,
    /** Everything, to find what vanished or slipped through. */
    RECONCILIATION,
    /** A window of the past, read again. */
    BACKFILL,
    /** Rows that had been rejected, repaired by a person. */
    REPAIR
}
