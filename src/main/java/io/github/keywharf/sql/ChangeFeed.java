package io.github.keywharf.sql;

import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Table;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A feed of committed changes that the source keeps until they are acknowledged, so that none is lost across crashes.
 */
public interface ChangeFeed {

    /**
     * Makes sure that the source keeps changes from now on.
     *
     * @return whether it begins only now, so that whatever changed before must be read from the tables themselves
     * @throws io.github.keywharf.KeywharfException when the role may not, with the right it lacks
     */
    boolean ensure();

    /**
     * Sets the feed up as {@link #ensure()} does, but takes no table out of it that may still be relied on: one that is
     * away for a while must not lose the changes between its return and the next call.
     *
     * @param kept what {@link #identities} gave for the tables that stay in the feed while they exist
     * @return as {@link #ensure()}
     */
    default boolean ensure(Set<String> kept) {
        return ensure();
    }

    /** Where the changes that the source keeps begin: at what was acknowledged last, or where the feed began. */
    String position();

    /**
     * By table of this feed, what distinguishes the table from another one that takes its name later: a feed gives the changes of
     * the table that it was set up for, whatever that is called now.
     */
    Map<String, String> identities();

    /**
     * A mark of this moment. The feed gives every change of a table that is read after {@link #ensure} and after
     * {@link #settledSince} this mark; what transactions wrote that had begun before may be missing from it.
     */
    String mark();

    /** Whether every transaction that was running at a mark has ended. */
    boolean settledSince(String mark);

    /**
     * The oldest changes not yet acknowledged, in commit order, at most about {@code limit}. Calling again without an
     * acknowledgement gives the same again.
     *
     * @param limit how many changes are wanted; a transaction is never split, so there may be more
     */
    Changes read(int limit);

    /** Lets the source forget all changes up to a position that {@link #read} gave. */
    void acknowledge(String position);

    /**
     * Whether every change after a position is still kept. It is not when the feed was dropped and recreated, or when
     * others acknowledged its changes: then only reading everything finds what was missed.
     *
     * @param position that {@link #read} gave
     */
    boolean keepsAllSince(String position);

    /**
     * How many bytes of its log the source could forget if the feed was acknowledged up to a later position rather than
     * an earlier one. {@link Long#MAX_VALUE}, as by default, when that is not known.
     */
    default long bytesBetween(String earlier, String later) {
        return Long.MAX_VALUE;
    }

    /** Removes the feed from the source, which stops keeping changes for it. */
    void drop();

    /**
     * Some changes. To reach the source's state, apply what was written, then what was emptied, then what was deleted: a
     * key that was deleted and later written again is not among the deleted.
     *
     * @param position stands for the end of these changes
     * @param written by table, the rows inserted or updated, whole, in commit order; a row changed twice is there twice,
     *     though either may be as new as the moment of reading
     * @param deleted by table, the keys of deleted rows, in commit order
     * @param emptied tables that were emptied as a whole, by a statement that names no row: find out by a comparison of keys
     *     which rows are gone
     * @param rejected by table, the rows that were written with a value that the type of its column cannot hold; they are
     *     not among the written
     * @param more whether there may be more to read after these
     */
    record Changes(
            String position,
            Map<String, Table> written,
            Map<String, Table> deleted,
            Set<String> emptied,
            Map<String, List<RejectedRow>> rejected,
            boolean more) {

        /** Copies the maps and the set. */
        public Changes {
            written = Map.copyOf(written);
            deleted = Map.copyOf(deleted);
            emptied = Set.copyOf(emptied);
            rejected = Map.copyOf(rejected);
        }

        /** Whether nothing changed; the position may have moved on all the same, so acknowledge it. */
        public boolean isEmpty() {
            return written.isEmpty() && deleted.isEmpty() && emptied.isEmpty() && rejected.isEmpty();
        }
    }
}
