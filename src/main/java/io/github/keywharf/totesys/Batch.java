package io.github.keywharf.totesys;

import io.github.keywharf.sql.SnapshotPosition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A batch in the ingestion zone: what its manifest says. The manifest is written last, once, and is what makes the files
 * a batch; files that no manifest names do not exist for anyone.
 *
 * @param number counted from 1, without gaps
 * @param kind why it was made
 * @param position the snapshot that it was read under
 * @param format of its files
 * @param files in the order they were written
 * @param positions by source table, up to where it has been read by this batch and those before it
 * @param stopped by source table, why it was left out
 * @param feed up to where the change feed has been read, which is no text where it has only begun; empty without one
 * @param reconciled when everything was last read, by the source's clock; empty never
 */
public record Batch(
        long number,
        BatchKind kind,
        SnapshotPosition position,
        IngestionFormat format,
        List<BatchFile> files,
        Map<String, SnapshotPosition> positions,
        Map<String, String> stopped,
        Optional<String> feed,
        Optional<java.time.LocalDateTime> reconciled) {

    /** Copies the collections. */
    public Batch {
        files = List.copyOf(files);
        positions = Map.copyOf(positions);
        stopped = Map.copyOf(stopped);
    }

    /** This batch with tables read further, by extractions that found nothing to put into a batch. */
    Batch withPositions(Map<String, SnapshotPosition> further) {
        Map<String, SnapshotPosition> all = new HashMap<>(positions);
        all.putAll(further);
        return new Batch(number, kind, position, format, files, all, stopped, feed, reconciled);
    }

    /** How many rows its files hold. */
    public long rows() {
        return files.stream().mapToLong(BatchFile::rows).sum();
    }

    @Override
    public String toString() {
        return "Batch " + number + " (" + kind.name().toLowerCase(java.util.Locale.ROOT) + ", " + files.size()
                + " files, " + rows() + " rows, up to " + position.time() + ")";
    }
}
