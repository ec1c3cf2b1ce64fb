package io.github.keywharf.sql;

import java.time.LocalDateTime;
import java.util.Optional;

/**
 * Position of a snapshot in a source's history.
 *
 * @param system identifies the source's history: positions of different systems cannot be compared, and a restored
 *     database is another system
 * @param snapshot visible transactions in the notation of the source: for PostgreSQL {@code xmin:xmax:running},
 *     the text of {@code pg_current_snapshot()}
 * @param time time of the snapshot by the source's clock, UTC, truncated to milliseconds
 * @param table {@link SourceSnapshot#identity} of the table that was read up to this position; empty if the position belongs
 *     to no table, or was stored before tables were distinguished
 */
public record SnapshotPosition(String system, String snapshot, LocalDateTime time, Optional<String> table) {

    /** Creates a position that belongs to no table. */
    public SnapshotPosition(String system, String snapshot, LocalDateTime time) {
        this(system, snapshot, time, Optional.empty());
    }

    /** Returns this position as the one up to which a table was read. */
    public SnapshotPosition ofTable(String identity) {
        return new SnapshotPosition(system, snapshot, time, Optional.of(identity));
    }

    /** Returns true if this position belongs to another table than that of the identity, perhaps one of the same name. */
    public boolean isOfOther(String identity) {
        return table.isPresent() && !table.get().equals(identity);
    }
}
