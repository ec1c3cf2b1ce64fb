package io.github.keywharf.pipeline;

import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchKind;
import io.github.keywharf.sql.SnapshotPosition;
import java.util.Map;
import java.util.Set;

/**
 * What is settled of a batch before its rows are read: all that a load needs in order to begin.
 *
 * @param number of the batch
 * @param kind of the batch
 * @param position of the snapshot that it is read under
 * @param positions by source table, up to where it has been read by this batch and those before it
 * @param stopped by source table, why it was left out
 * @param mayVanish source tables of which the batch may record any number of rows as deleted
 */
record BatchTerms(
        long number,
        BatchKind kind,
        SnapshotPosition position,
        Map<String, SnapshotPosition> positions,
        Map<String, String> stopped,
        Set<String> mayVanish) {

    /** What was settled of a batch before its rows were read. */
    static BatchTerms of(Batch batch) {
        return new BatchTerms(
                batch.number(), batch.kind(), batch.position(), batch.positions(), batch.stopped(), batch.mayVanish());
    }

    boolean isFirst() {
        return number == 1;
    }
}
