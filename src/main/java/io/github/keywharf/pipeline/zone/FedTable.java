package io.github.keywharf.pipeline.zone;

import io.github.keywharf.sql.SnapshotPosition;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A source table whose changes the change feed gives.
 *
 * @param identity what distinguishes the table from another one that takes its name later
 * @param awaited a mark of the feed: until the transactions that were running then have ended, the feed may lack changes,
 *     and the table is read whole; empty when the feed gives every change
 * @param read snapshot that the table was read whole from, until the feed has been read beyond it: changes that the snapshot
 *     has would otherwise come again, behind newer ones; empty when it has been
 */
public record FedTable(String identity, Optional<String> awaited, Optional<SnapshotPosition> read) {

    /** A table that was not read whole last. */
    public static FedTable of(String identity, @Nullable String awaited) {
        return new FedTable(identity, Optional.ofNullable(awaited), Optional.empty());
    }

    /** This table, read whole from a snapshot. */
    public FedTable readFrom(SnapshotPosition snapshot) {
        return new FedTable(identity, awaited, Optional.of(snapshot));
    }

    /** Whether the feed gives every change of the table that has this identity. */
    public boolean isComplete(String identityNow) {
        return awaited.isEmpty() && identity.equals(identityNow);
    }
}
