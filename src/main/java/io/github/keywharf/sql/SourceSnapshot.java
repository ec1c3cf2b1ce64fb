package io.github.keywharf.sql;

import io.github.keywharf.table.Rows;
import java.util.OptionalLong;

/** One consistent view of a source. Thread-safe: several tables may be read at once, each on its own connection. */
public interface SourceSnapshot extends AutoCloseable {

    /** Where in the source's history this view stands. */
    SnapshotPosition position();

    /**
     * Reads rows of a table. Close them.
     *
     * @throws io.github.keywharf.KeywharfException with code {@code sql.unknown_table} or {@code sql.unknown_column}
     *     when the request names what is not there, before anything is sent to the source
     */
    Rows read(ReadRequest request);

    /** The statement that {@link #read} would run. */
    String sql(ReadRequest request);

    /**
     * About how many rows {@link #read} would give, by the source's own estimate; empty when it has none.
     */
    OptionalLong estimateRows(ReadRequest request);

    /**
     * Whether it is certain that nothing in the source has changed since an earlier position, so that there is nothing
     * to read; false when it cannot be told cheaply.
     */
    boolean unchangedSince(SnapshotPosition earlier);

    /** Lets the view go; closing twice is harmless. */
    @Override
    void close();
}
