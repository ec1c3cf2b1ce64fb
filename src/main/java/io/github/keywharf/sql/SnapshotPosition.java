package io.github.keywharf.sql;

import java.time.LocalDateTime;
import java.util.Optional;

/**
 * The position of a snapshot in a source's history.
 *
 * @param system identifies the source's history: positions of different systems cannot be compared, and a restored
 *     database is another system
 * @param snapshot which transactions are visible, as the source writes it: for PostgreSQL {@code xmin:xmax:running},
 *     the text of {@code pg_current_snapshot()}
 * @param time the source's own clock when the snapshot was taken, UTC, cut off to milliseconds
 * @param table which table was read up to here, as {@link SourceSnapshot#identity} says it; empty for a position that is of
 *     no table, or was kept before tables were distinguished
 */
public record SnapshotPosition(String system, String snapshot, LocalDateTime time, Optional<String> table) {

    /** A position that is of no table. */
    public SnapshotPosition(String system, String snapshot, LocalDateTime time) {
        this(system, snapshot, time, Optional.empty());
    }

    /** This position, up to which a table was read. */
    public SnapshotPosition ofTable(String identity) {
        return new SnapshotPosition(system, snapshot, time, Optional.of(identity));
    }

    /** Whether this is a position of another table than the one of that identity, which may go by the same name. */
    public boolean isOfOther(String identity) {
        return table.isPresent() && !table.get().equals(identity);
    }
}
