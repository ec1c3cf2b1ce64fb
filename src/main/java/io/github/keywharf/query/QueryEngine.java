package io.github.keywharf.query;

import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;

/**
 * Engine that runs SQL over rows and files: register them under names, then query.
 *
 * <pre>{@code
 * engine.table("contact", aws.flowParquetData().typed(schema).rows());
 * engine.table("orders", store, "orders/2024-05.parquet");
 * System.out.println(engine.query("SELECT count(*) FROM contact JOIN orders USING (email)").table());
 * }</pre>
 *
 * <p>Thread-safe. Names of tables may contain any characters; names that differ only by case are one name. Errors are
 * {@link io.github.keywharf.KeywharfException}s with codes that begin with {@code query.} or {@code sql.}.
 */
public interface QueryEngine extends AutoCloseable {

    /**
     * Registers rows, which are read to their end and closed, as a table that can be queried but not changed. An earlier table
     * of the name is replaced when the last row was read, and stays if reading fails.
     *
     * @throws io.github.keywharf.KeywharfException with code {@code query.no_columns} when the rows have none
     */
    void table(String name, Rows rows);

    /**
     * Registers Parquet or CSV objects of one kind, with the same columns, as a table that can be queried but not changed. The
     * table has the objects of this moment: later ones of the same keys are not seen. Types of CSV are guessed; to declare them,
     * register the rows of a reader with a schema.
     *
     * @param keys at least one; a CSV object's key ends in {@code .csv} or {@code .csv.gz}, its first line has the names, and
     *     commas separate its fields
     * @throws io.github.keywharf.KeywharfException with code {@code query.mixed_columns} when objects have other columns
     */
    void table(String name, ObjectStore store, String... keys);

    /** Prepares a statement with {@code :names} or {@code $1}, {@code $2} and so on for its values; nothing runs yet. */
    Query query(String sql);

    /**
     * Returns a sink that adds rows to a table by the names of their columns; missing columns take their defaults. The first
     * write creates the table if it does not exist.
     */
    RowSink sink(String table);

    /** Removes a registered table, or drops a table or view; does nothing if there is none of the name. */
    void drop(String name);

    /**
     * Cancels running statements, and releases everything; open results cannot be read any longer. A part of a statement that
     * cannot be cancelled ends by itself, later.
     * Closing twice is harmless.
     */
    @Override
    void close();
}
