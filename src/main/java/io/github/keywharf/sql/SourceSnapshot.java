package io.github.keywharf.sql;

import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** One consistent view of a source. Thread-safe: several tables may be read concurrently, each on its own connection. */
public interface SourceSnapshot extends AutoCloseable {

    /** Position of this view in the source's history. */
    SnapshotPosition position();

    /**
     * Reads rows of a table. Close them.
     *
     * @throws io.github.keywharf.KeywharfException with code {@code sql.unknown_table} or {@code sql.unknown_column}
     *     if the table or a column does not exist, before anything is sent to the source; while rows are read, if the type of
     *     a column cannot hold a value
     */
    Rows read(ReadRequest request);

    /**
     * Reads rows of a table as {@link #read(ReadRequest)} does, but rejects a row with a value that the type of its column
     * cannot hold, and continues.
     *
     * @param rejects receives each rejected row on the thread that reads: all of its columns, with the source's text in place
     *     of values that cannot be held
     */
    Rows read(ReadRequest request, RejectListener rejects);

    /**
     * By table, in a sentence, why it could not be locked although {@link SqlSource#snapshot(List, java.time.Duration)} was
     * asked to; reading it may return rows that are not part of this view.
     */
    default Map<String, String> unlocked() {
        return Map.of();
    }

    /**
     * Identity of a table, which distinguishes it from others of its name: it changes when the table is dropped and
     * recreated, or swapped with a renamed one. Empty if the source cannot identify tables, or has no such table.
     */
    default Optional<String> identity(String table) {
        return Optional.empty();
    }

    /**
     * Those of a feed's transactions that this view does not have, though the feed gave them: such as one whose commit
     * waits for a synchronous standby.
     *
     * @param transactions as {@link ChangeFeed.Changes#transactions()} has them
     */
    default Set<Long> missing(Set<Long> transactions) {
        return Set.of();
    }

    /** Statement that {@link #read} runs. */
    String sql(ReadRequest request);

    /**
     * The source's estimate of the number of rows that {@link #read} returns; empty if it has none.
     */
    OptionalLong estimateRows(ReadRequest request);

    /**
     * The source's estimate of the mean size, in bytes, of a row that {@link #read} returns; empty if it has none.
     */
    default OptionalLong estimateRowBytes(ReadRequest request) {
        return OptionalLong.empty();
    }

    /**
     * Returns true if certainly nothing in the source has changed since an earlier position; false if something has, or if
     * finding out is expensive.
     */
    boolean unchangedSince(SnapshotPosition earlier);

    /** Releases the view; closing twice is harmless. */
    @Override
    void close();
}
