package io.github.keywharf.format.delta;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one version of a table changed.
 *
 * @param version of the table
 * @param timestamp when it was committed
 * @param protocol what clients must be able to do from then on, if that was stated
 * @param metadata what the table is from then on, if that was stated
 * @param files the files that it added and removed; those that were only rewritten are left out
 * @param changedRows the files of changed rows, if it has any; they say the same as {@code files}, row by row
 */
public record DeltaVersion(
        long version,
        Instant timestamp,
        Optional<DeltaProtocol> protocol,
        Optional<DeltaMetadata> metadata,
        List<DeltaChange> files,
        List<DeltaChange> changedRows) {

    /** Copies the lists. */
    public DeltaVersion {
        files = List.copyOf(files);
        changedRows = List.copyOf(changedRows);
    }

    /** The files of changed rows, or where there are none, the files that were added and removed. */
    public List<DeltaChange> changes() {
        return changedRows.isEmpty() ? files : changedRows;
    }
}
