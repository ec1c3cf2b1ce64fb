package io.github.keywharf.query;

import io.github.keywharf.table.Rows;
import java.nio.file.Path;
import java.util.List;

/**
 * Writer of a whole database, which replaces an existing one. Nothing is visible until {@link #commit()} returns; closing
 * without a commit changes nothing. Not thread-safe.
 */
public interface DatabaseWriter extends AutoCloseable {

    /**
     * Adds a table with these rows, which are read to their end and closed.
     *
     * @return the number of rows
     */
    long table(String schema, String name, Rows rows);

    /**
     * Adds a view of Parquet files, which must stay where they are.
     *
     * @param files one or more files with the same columns
     * @return the number of their rows
     */
    long view(String schema, String name, List<Path> files);

    /** Replaces the existing database with the new one. */
    void commit();

    /** Releases everything, and discards what is not committed. Closing twice is harmless. */
    @Override
    void close();
}
