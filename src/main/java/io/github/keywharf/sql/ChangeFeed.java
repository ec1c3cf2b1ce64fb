package io.github.keywharf.sql;

import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Table;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Committed changes that the source keeps until they are acknowledged, so that none is lost in a crash.
 */
public interface ChangeFeed {

    /**
     * Ensures that the source keeps changes from now on.
     *
     * @return true if the feed begins with this call, so that earlier changes must be read from the tables
     * @throws io.github.keywharf.KeywharfException if the role lacks a right, which the message names
     */
    boolean ensure();

    /**
     * Sets up the feed as {@link #ensure()} does, without removing tables that are still needed: a table that is missing for
     * a while must not lose the changes between its return and the next call.
     *
     * @param kept {@link #identities} of the tables that stay in the feed while they exist
     * @return as {@link #ensure()}
     */
    default boolean ensure(Set<String> kept) {
        return ensure();
    }

    /** Start of the changes that the source keeps: the last acknowledged position, or the beginning of the feed. */
    String position();

    /**
     * Identities of this feed's tables by name. An identity distinguishes a table from another one that takes its name
     * later: a feed returns the changes of the table that it was set up for, even after that was renamed.
     */
    Map<String, String> identities();

    /**
     * Mark of this moment. The feed returns every change of a table that is read after {@link #ensure} and after
     * {@link #settledSince} this mark; changes of transactions that began before it may be missing.
     */
    String mark();

    /** Returns true if every transaction that was running at a mark has ended. */
    boolean settledSince(String mark);

    /**
     * Reads the oldest changes that are not acknowledged, in commit order. Another call without an acknowledgement returns
     * the same changes.
     *
     * @param limit number of changes to read; a transaction is never split, so there may be more. Of one that is too large
     *     for memory, the tables are named instead of the rows ({@link Changes#unnamed})
     */
    Changes read(int limit);

    /**
     * Reads as {@link #read(int)} does, without changes that a table had already when it was read whole.
     *
     * @param seen by table, the position of the snapshot that it was read from
     */
    default Changes read(int limit, Map<String, SnapshotPosition> seen) {
        return read(limit);
    }

    /** Allows the source to discard all changes up to a position that {@link #read} returned. */
    void acknowledge(String position);

    /**
     * Returns true if every change after a position is still kept. That is not so after the feed was dropped and recreated,
     * or after others acknowledged its changes: then only a complete read finds the missed changes.
     *
     * @param position returned by {@link #read}
     */
    boolean keepsAllSince(String position);

    /**
     * Bytes of log that the source could discard if the feed was acknowledged up to a later position instead of an earlier
     * one; {@link Long#MAX_VALUE}, the default, if unknown.
     */
    default long bytesBetween(String earlier, String later) {
        return Long.MAX_VALUE;
    }

    /** Removes the feed from the source, which stops keeping changes for it. */
    void drop();

    /**
     * Changes of several tables. To reach the source's state, apply written rows, then incomplete ones, then deleted keys,
     * and replace the tables that have to be read whole: a key that was deleted and later written again is not among the
     * deleted.
     *
     * @param position end of these changes
     * @param written inserted and updated rows by table, complete, in commit order; a row that changed twice is listed twice
     * @param incomplete by table, keys of rows of which the feed has a part only: read them by {@link Increment.Keys} from a
     *     snapshot that is taken after this reading
     * @param deleted keys of deleted rows by table, in commit order
     * @param unnamed by table whose changed rows the feed does not name, the reason in words: read it whole and compare keys
     * @param rejected rows by table that have a value beyond the type of its column; they are not among the written
     * @param transactions numbers of the transactions with these changes, for {@link SourceSnapshot#missing}
     * @param more true if there may be more to read after these
     */
    record Changes(
            String position,
            Map<String, Table> written,
            Map<String, Table> incomplete,
            Map<String, Table> deleted,
            Map<String, String> unnamed,
            Map<String, List<RejectedRow>> rejected,
            Set<Long> transactions,
            boolean more) {

        /** Copies the maps and the set. */
        public Changes {
            written = Map.copyOf(written);
            incomplete = Map.copyOf(incomplete);
            deleted = Map.copyOf(deleted);
            unnamed = Map.copyOf(unnamed);
            rejected = Map.copyOf(rejected);
            transactions = Set.copyOf(transactions);
        }

        /** Returns true if nothing changed. The position may have advanced nevertheless, so acknowledge it. */
        public boolean isEmpty() {
            return written.isEmpty()
                    && incomplete.isEmpty()
                    && deleted.isEmpty()
                    && unnamed.isEmpty()
                    && rejected.isEmpty();
        }
    }
}
