package io.github.keywharf.sql;

import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** One consistent view of a source. Thread-safe: several tables may be read concurrently, each on its own connection. */
public interface SourceSnapshot extends AutoCloseable {

    /** Where in the source's history this view stands. */
    SnapshotPosition position();

    /**
     * Reads rows of a table. Close them.
     *
     * @throws io.github.keywharf.KeywharfException with code {@code sql.unknown_table} or {@code sql.unknown_column}
     *     when the request names what is not there, before anything is sent to the source. While the rows are read: when
     *     a value cannot be held by the type of its column
     */
    Rows read(ReadRequest request);

    /**
     * Reads rows of a table as {@link #read(ReadRequest)} does, and continues where a value cannot be held by the type of its
     * column: that row is rejected.
     *
     * @param rejects takes each rejected row, on the thread that reads: all its columns, with the source's own text in
     *     place of the values that cannot be held
     */
    Rows read(ReadRequest request, RejectListener rejects);

    /**
     * By table, in a sentence, why it could not be locked although {@link SqlSource#snapshot(List, java.time.Duration)} was
     * asked to; reading it may give rows that are not of this view. Empty when all are.
     */
    default Map<String, String> unlocked() {
        return Map.of();
    }

    /**
     * What distinguishes a table from others of its name: another one after it was dropped and made again, or swapped with one that
     * was renamed. Empty where the source does not know, or has no such table.
     */
    default Optional<String> identity(String table) {
        return Optional.empty();
    }

    /** The statement that {@link #read} would run. */
    String sql(ReadRequest request);

    /**
     * About how many rows {@link #read} would give, by the source's own estimate; empty when it has none.
     */
    OptionalLong estimateRows(ReadRequest request);

    /**
     * About how many bytes a row that {@link #read} would give takes in the source, by the source's own estimate; empty when
     * it has none.
     */
    default OptionalLong estimateRowBytes(ReadRequest request) {
        return OptionalLong.empty();
    }

    /**
     * Whether it is certain that nothing in the source has changed since an earlier position, so that there is nothing
     * to read; false when it cannot be known cheaply.
     */
    boolean unchangedSince(SnapshotPosition earlier);

    /** Lets the view go; closing twice is harmless. */
    @Override
    void close();
}
