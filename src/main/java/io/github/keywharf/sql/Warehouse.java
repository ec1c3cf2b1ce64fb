package io.github.keywharf.sql;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A database that batches are loaded into. Thread-safe; opens connections as it needs them and closes them itself. */
public interface Warehouse {

    /** What this warehouse is, for messages: host, port and database, never a password. */
    String name();

    /**
     * Creates what is missing of these tables, of the views of each fact's current state, and of the warehouse's own
     * control tables; leaves alone what is there, save that a view which an earlier version of this library made is replaced where
     * its definition has changed.
     *
     * @param tables with every table after those it refers to
     * @param mode how facts are kept; with {@link LoadMode#UPSERT} a fact's key is made unique
     * @return the statements that were needed
     */
    List<String> create(List<WarehouseTable> tables, LoadMode mode);

    /**
     * Checks that tables are there with columns that take what a load brings.
     *
     * @return by table name, what is wrong with it, in a sentence; empty when all is well
     */
    Map<String, String> check(List<WarehouseTable> tables);

    /**
     * Checks as {@link #check(List)} does, and what the statements that load facts in a mode need besides.
     *
     * @param facts how facts are kept
     * @return by table name, what is wrong with it, in a sentence; empty when all is well
     */
    default Map<String, String> check(List<WarehouseTable> tables, LoadMode facts) {
        return check(tables);
    }

    /**
     * The batch of a flow with the greatest number among those whose load has committed; empty when there is none. Costs
     * the same however many were loaded.
     */
    Optional<LoadedBatch> newestLoaded(String flow);

    /**
     * A batch whose load has committed.
     *
     * @param number of the batch
     * @param note what was entered beside it when its load began, and by the warehouse itself
     */
    record LoadedBatch(long number, Map<String, String> note) {

        /** Copies the note. */
        public LoadedBatch {
            note = Map.copyOf(note);
        }
    }

    /**
     * Begins the load of a batch: opens a transaction and enters the batch into the control tables, so that a second load of it
     * waits for this one and then finds that there is nothing to do.
     *
     * @param flow whose batch it is
     * @param batch its number
     * @param note what to enter beside it, such as the end of its window
     */
    WarehouseLoad begin(String flow, long batch, Map<String, String> note);

    /**
     * Begins the load of a batch as {@link #begin(String, long, Map)} does, for a caller who alone has the right to load the
     * flow, such as the holder of a lease. A session that is still loading the flow then belongs to somebody who has lost
     * that right; it is given some time to end, and then ended.
     *
     * @param takeover how that is done
     * @throws io.github.keywharf.KeywharfException with code {@code postgres.load_blocked} when such a session may not be
     *     ended by this user; the message names it
     */
    default WarehouseLoad begin(String flow, long batch, Map<String, String> note, Takeover takeover) {
        return begin(flow, batch, note);
    }

    /**
     * How the loads of those are ended who have lost the right to load.
     *
     * @param patience how long to wait for such a load to end by itself
     * @param check throws unless the caller still has the right; run right before a session is ended
     */
    record Takeover(Duration patience, Runnable check) {}
}
