package io.github.keywharf.sql;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Database that batches are loaded into. Thread-safe; opens connections as it needs them and closes them itself. */
public interface Warehouse {

    /** Name for messages: host, port and database, never a password. */
    String name();

    /**
     * Creates missing tables, missing views of each fact's current state, and the warehouse's control tables. Existing ones
     * stay unchanged, except that views of an earlier version of this library are replaced if their definition has changed.
     *
     * @param tables tables, each after those it refers to
     * @param mode mode in which facts are loaded; {@link LoadMode#UPSERT} makes a fact's key unique
     * @return the statements that were executed
     */
    List<String> create(List<WarehouseTable> tables, LoadMode mode);

    /**
     * Checks that tables exist and that their columns accept the rows of a load.
     *
     * @return problems by table name, each a sentence
     */
    Map<String, String> check(List<WarehouseTable> tables);

    /**
     * Checks tables as {@link #check(List)} does, and the additional requirements of a mode of loading facts.
     *
     * @param facts mode in which facts are loaded
     * @return problems by table name, each a sentence
     */
    default Map<String, String> check(List<WarehouseTable> tables, LoadMode facts) {
        return check(tables);
    }

    /**
     * Finds the batch of a flow with the highest number among committed loads. The cost does not depend on the number of
     * batches.
     */
    Optional<LoadedBatch> newestLoaded(String flow);

    /**
     * Batch whose load has committed.
     *
     * @param number number of the batch
     * @param note entries of the caller, recorded when its load began, and of the warehouse
     */
    record LoadedBatch(long number, Map<String, String> note) {

        /** Copies the note. */
        public LoadedBatch {
            note = Map.copyOf(note);
        }
    }

    /**
     * Begins the load of a batch: opens a transaction and records the batch in the control tables, so that a second load of
     * it waits for this one and then finds nothing to do.
     *
     * @param flow name of the flow
     * @param batch number of the batch
     * @param note entries to record with it, such as the end of its window
     */
    WarehouseLoad begin(String flow, long batch, Map<String, String> note);

    /**
     * Begins the load of a batch as {@link #begin(String, long, Map)} does, for a caller with the exclusive right to load the
     * flow, such as the holder of a lease. Another session that is still loading the flow has lost that right; after some
     * time it is terminated.
     *
     * @param takeover terms on which such a session is terminated
     * @throws io.github.keywharf.KeywharfException with code {@code postgres.load_blocked} if this user may not terminate
     *     such a session, which the message names
     */
    default WarehouseLoad begin(String flow, long batch, Map<String, String> note, Takeover takeover) {
        return begin(flow, batch, note);
    }

    /**
     * Terms on which a load whose session has lost the right to load is terminated.
     *
     * @param patience time for such a load to end by itself
     * @param locks time to wait for each lock of others, after which the load fails and can be repeated
     * @param check throws unless the caller still has the right; run right before a session is terminated
     */
    record Takeover(Duration patience, Duration locks, Runnable check) {}
}
