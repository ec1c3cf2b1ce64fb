package io.github.keywharf.query;

import io.github.keywharf.table.Rows;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a database as a whole, in place of what was there before. Nothing of it can be seen until {@link #commit()} returns;
 * closing without a commit leaves everything as it was. Not thread-safe.
 */
public interface DatabaseWriter extends AutoCloseable {

    /**
     * Adds a table with these rows, which are read to their end and closed.
     *
     * @return how many rows there were
     */
    long table(String schema, String name, Rows rows);

    /**
     * Adds a view of Parquet files, which must stay where they are.
     *
     * @param files at least one; they have the same columns
     * @return how many rows they have
     */
    long view(String schema, String name, List<Path> files);

    /** Puts the database into place. */
    void commit();

    /** Releases everything; gives up what was not committed. Closing twice is harmless. */
    @Override
    void close();
}
