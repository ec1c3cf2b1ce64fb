package io.github.keywharf.sql;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** A database that batches are loaded into. Thread-safe; opens connections as it needs them and closes them itself. */
public interface Warehouse {

    /** What this warehouse is, for messages: host, port and database, never a password. */
    String name();

    /**
     * Creates what is missing of these tables, of the views of each fact's current state, and of the warehouse's own
     * books; leaves alone what is there.
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

    /** The batches of a flow whose load has committed. */
    Set<Long> loadedBatches(String flow);

    /**
     * Begins the load of a batch: opens a transaction and enters the batch into the books, so that a second load of it
     * waits for this one and then is told that there is nothing to do.
     *
     * @param flow whose batch it is
     * @param batch its number
     * @param note what to enter beside it, such as the end of its window
     */
    WarehouseLoad begin(String flow, long batch, Map<String, String> note);
}
