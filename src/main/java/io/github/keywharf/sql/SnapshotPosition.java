package io.github.keywharf.sql;

import java.time.LocalDateTime;

/**
 * Where in a source's history a snapshot stands.
 *
 * @param system identifies the source's history: positions of different systems cannot be compared, and a restored
 *     database is another system
 * @param snapshot which transactions are visible, as the source writes it: for PostgreSQL {@code xmin:xmax:running},
 *     the text of {@code pg_current_snapshot()}
 * @param time the source's own clock when the snapshot was taken, UTC, cut off to milliseconds
 */
public record SnapshotPosition(String system, String snapshot, LocalDateTime time) {}
