package io.github.keywharf.pipeline.zone;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.github.keywharf.sql.SnapshotPosition;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

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
 * @param feed up to where the change feed has been read, or where it began; empty without one
 * @param fed by source table, those whose changes up to there are in this batch and those before it, and whose further
 *     ones the feed gives
 * @param reconciled when everything was last read, by the source's clock; empty never
 * @param rejected by source table, the rows that could not be read
 * @param counts by source table that others are joined to, how many rows it had when it was last read whole
 * @param mayVanish source tables of which this batch may record any number of rows as deleted
 */
@JsonPropertyOrder({"batch", "kind", "format", "position", "feed", "fed", "reconciled"})
public record Batch(
        @JsonProperty("batch") long number,
        BatchKind kind,
        SnapshotPosition position,
        IngestionFormat format,
        List<BatchFile> files,
        Map<String, SnapshotPosition> positions,
        Map<String, String> stopped,
        Optional<String> feed,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, FedTable> fed,
        Optional<java.time.LocalDateTime> reconciled,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, BatchRejects> rejected,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Long> counts,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) Set<String> mayVanish) {

    /** Copies the collections. */
    public Batch {
        files = List.copyOf(files);
        positions = Map.copyOf(positions);
        stopped = Map.copyOf(stopped);
        rejected = Map.copyOf(rejected);
        counts = Map.copyOf(counts);
        mayVanish = Collections.unmodifiableSet(new TreeSet<>(mayVanish));
        fed = Map.copyOf(fed);
    }

    /** This batch with tables read further, by extractions that found nothing to put into a batch. */
    public Batch withPositions(Map<String, SnapshotPosition> further) {
        Map<String, SnapshotPosition> all = new HashMap<>(positions);
        all.putAll(further);
        return new Batch(
                number,
                kind,
                position,
                format,
                files,
                all,
                stopped,
                feed,
                fed,
                reconciled,
                rejected,
                counts,
                mayVanish);
    }

    /** Where the rows of a source table lie; empty when it gave none. */
    public Optional<String> key(String table) {
        return BatchFile.key(files, table);
    }

    /** How many rows its files hold. */
    public long rows() {
        return files.stream().mapToLong(BatchFile::rows).sum();
    }

    @Override
    public String toString() {
        return "Batch " + number + " (" + kind.name().toLowerCase(java.util.Locale.ROOT) + ", "
                + counted(files.size(), "file") + ", " + counted(rows(), "row") + ", up to "
                + position.time().truncatedTo(ChronoUnit.SECONDS)
                + " UTC)";
    }

    private static String counted(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
