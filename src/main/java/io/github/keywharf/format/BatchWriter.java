package io.github.keywharf.format;

import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnStats;
import java.util.Map;

/**
 * An object of some format being written, a batch at a time. Not thread-safe.
 *
 * <p>Nothing can be read under the key until {@link #commit()} has returned. {@link #close()} without a commit gives up
 * what was written.
 */
public interface BatchWriter extends AutoCloseable {

    /**
     * Appends the rows of a batch.
     *
     * @param batch rows of the schema the writer was opened with
     * @throws IllegalArgumentException when the batch has another schema
     * @throws IllegalStateException after {@link #commit()} or {@link #close()}
     * @throws io.github.keywharf.KeywharfException when the store refuses
     */
    void write(ColumnBatch batch);

    /** How many rows were written so far. */
    long rows();

    /** How many bytes they take so far, as far as the format knows before its end; exact after the commit. */
    long bytes();

    /**
     * Ends the object and makes it appear.
     *
     * @return the object as stored
     * @throws IllegalStateException when it was committed or closed before
     * @throws io.github.keywharf.KeywharfException when the store refuses
     */
    StoredObject commit();

    /**
     * What is known of each column of a committed object, by its name and in the order of the schema. Only Parquet knows,
     * from what it writes into its footer; of lists, maps and structs it knows nothing. Empty for CSV and JSON lines, which
     * would have to compare all values for it alone.
     *
     * @throws IllegalStateException before {@link #commit()}
     */
    default Map<String, ColumnStats> columnStats() {
        return Map.of();
    }

    /** Releases what the writer holds; gives up the object unless it was committed. Closing twice is harmless. */
    @Override
    void close();
}
