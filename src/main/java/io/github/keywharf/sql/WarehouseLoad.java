package io.github.keywharf.sql;

import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import org.jspecify.annotations.Nullable;

/** Load of one batch: one transaction over all its tables. Not thread-safe; closing without a commit rolls back. */
public interface WarehouseLoad extends AutoCloseable {

    /**
     * Entry in the note of a batch that is loaded again under another flow: the flow that loaded it first.
     * {@link LoadMode#APPEND_ABSENT_VERSIONS} reads the position of the batch's versions there.
     */
    String ORIGIN = "origin";

    /** Returns true if the batch was loaded before. */
    boolean alreadyLoaded();

    /**
     * Loads rows into a table and closes them. Rows with missing references, or with values that the warehouse refuses, are
     * rejected one by one; the others are loaded.
     *
     * @param table target; the rows have its schema
     * @param mode treatment of rows whose key is already in the table
     * @param coverage share of the source's rows, from which deletions follow
     * @param rows rows to load; closed in any case
     * @param rejects receives each rejected row
     */
    default TableLoad load(WarehouseTable table, LoadMode mode, Coverage coverage, Rows rows, RejectListener rejects) {
        return load(table, mode, coverage, rows, null, rejects);
    }

    /**
     * Loads rows into a table as {@link #load(WarehouseTable, LoadMode, Coverage, Rows, RejectListener)} does, and adds late
     * rows to a referenced table before references are checked.
     *
     * @param late rows to add after the rows of the load were read, or null
     */
    TableLoad load(
            WarehouseTable table,
            LoadMode mode,
            Coverage coverage,
            Rows rows,
            @Nullable LateRows late,
            RejectListener rejects);

    /**
     * Records deletions of the source in the control tables. With {@link LoadMode#UPSERT} facts are deleted too; otherwise
     * every version stays.
     *
     * @param table table of the deleted rows
     * @param mode mode in which that table is loaded
     * @param keys key columns of the deleted rows; closed in any case
     * @return the number of deletions that were not recorded before
     */
    long delete(WarehouseTable table, LoadMode mode, Rows keys);

    /** Commits the transaction; the batch is loaded when this returns. */
    void commit();

    /** Ends the transaction, with a rollback unless it was committed; closing twice is harmless. */
    @Override
    void close();

    /**
     * Counts of a load into one table.
     *
     * @param read rows read
     * @param inserted rows that are new in the table
     * @param updated rows that replaced one
     * @param unchanged rows that equal the stored one, that a later row of the same key replaced, or that a trigger of the
     *     table suppressed
     * @param rejected rejected rows
     * @param deleted keys that were not recorded as deleted before
     */
    record TableLoad(long read, long inserted, long updated, long unchanged, long rejected, long deleted) {

        /** Rows that changed the table. */
        public long written() {
            return inserted + updated;
        }
    }
}
