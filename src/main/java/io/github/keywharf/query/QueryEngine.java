package io.github.keywharf.query;

import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;

/**
 * Runs SQL over rows and files: register them under names, then query.
 *
 * <pre>{@code
 * engine.table("contact", aws.flowParquetData().typed(schema).rows());
 * engine.table("orders", store, "orders/2024-05.parquet");
 * System.out.println(engine.query("SELECT count(*) FROM contact JOIN orders USING (email)").table());
 * }</pre>
 *
 * <p>Thread-safe. Names of tables are taken as they are, in any characters, and do not differ by case alone. Errors are
 * {@link io.github.keywharf.KeywharfException}s with codes that begin with {@code query.} or {@code sql.}.
 */
public interface QueryEngine extends AutoCloseable {

    /**
     * Registers rows, which are read to their end and closed, as a table that can be queried but not changed. What was
     * registered under the name is replaced when the last row was read, and stays if reading fails.
     *
     * @throws io.github.keywharf.KeywharfException with code {@code query.no_columns} when the rows have none
     */
    void table(String name, Rows rows);

    /**
     * Registers Parquet or CSV objects of one kind, with the same columns, as a table that can be queried but not changed. The
     * objects are those that are there now: later ones of the same keys are not seen. The types of CSV are guessed; to say them,
     * register the rows of a reader with a schema.
     *
     * @param keys at least one; a CSV object's key ends in {@code .csv} or {@code .csv.gz}, its first line has the names, and
     *     commas separate its fields
     * @throws io.github.keywharf.KeywharfException with code {@code query.mixed_columns} when objects have other columns
     */
    void table(String name, ObjectStore store, String... keys);

    /** A statement with {@code :names} or {@code $1}, {@code $2} and so on for its values; nothing runs yet. */
    Query query(String sql);

    /**
     * The table of that name as a sink for rows, which are added by the names of their columns; columns that the rows lack
     * take their defaults. Without such a table the first write creates it.
     */
    RowSink sink(String table);

    /** Forgets what was registered under the name, or drops the table or view; nothing happens when there is none. */
    void drop(String name);

    /**
     * Stops the statements that run, and releases everything; rows of results that are still open cannot be read any longer.
     * Closing twice is harmless.
     */
    @Override
    void close();
}
