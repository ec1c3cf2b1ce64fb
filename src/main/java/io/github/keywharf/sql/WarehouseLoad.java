package io.github.keywharf.sql;

import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import org.jspecify.annotations.Nullable;

/** The load of one batch: one transaction over all its tables. Not thread-safe; closing without a commit undoes all. */
public interface WarehouseLoad extends AutoCloseable {

    /**
     * In the note of a batch, names the flow that loaded the batch first, where it is loaded again under another flow.
     * {@link LoadMode#APPEND_ABSENT_VERSIONS} looks there for the place of the batch's versions.
     */
    String ORIGIN = "origin";

    /** Whether the batch was loaded before, so that loading would be a repetition. */
    boolean alreadyLoaded();

    /**
     * Loads rows into a table and closes them. Rows that refer to what is not there, or that the warehouse refuses for
     * their values, are rejected one by one; the rest is loaded.
     *
     * @param table whose schema the rows have
     * @param mode what to do with rows that are there already
     * @param coverage whether these are all the rows of the source, so that what is missing was deleted there
     * @param rows what to load; closed in any case
     * @param rejects gets each row that is refused
     */
    default TableLoad load(WarehouseTable table, LoadMode mode, Coverage coverage, Rows rows, RejectListener rejects) {
        return load(table, mode, coverage, rows, null, rejects);
    }

    /**
     * Loads rows into a table as {@link #load(WarehouseTable, LoadMode, Coverage, Rows, RejectListener)} does, and before
     * references are checked adds late rows to a table that they refer to.
     *
     * @param late what to add once the rows have been read
     */
    TableLoad load(
            WarehouseTable table,
            LoadMode mode,
            Coverage coverage,
            Rows rows,
            @Nullable LateRows late,
            RejectListener rejects);

    /**
     * Enters into the control tables that things were deleted in the source. With {@link LoadMode#UPSERT} facts are removed too;
     * otherwise every version stays.
     *
     * @param table the keys of whose rows are given
     * @param mode how that table is kept
     * @param keys the key columns; closed in any case
     * @return how many deletions were new
     */
    long delete(WarehouseTable table, LoadMode mode, Rows keys);

    /** Commits; the batch is loaded when this returns. */
    void commit();

    /** Ends the transaction, undoing it unless it was committed; closing twice is harmless. */
    @Override
    void close();

    /**
     * What a load did to one table.
     *
     * @param read rows taken
     * @param inserted rows that are new in the table
     * @param updated rows that replaced one
     * @param unchanged rows that were there already, just so, that a later row of the same key replaced, or that a
     *     trigger of the table suppressed
     * @param rejected rows refused
     * @param deleted keys newly found deleted
     */
    record TableLoad(long read, long inserted, long updated, long unchanged, long rejected, long deleted) {

        /** Rows that changed the table. */
        public long written() {
            return inserted + updated;
        }
    }
}
