package io.github.keywharf.pipeline;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.FedTable;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.SnapshotPosition;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The change feed as one extraction uses it: where it stands, what it gave, and for which tables it can be relied on.
 *
 * <p>The feed has one position for all tables, so a table that is left out while that moves on has missed its changes. It
 * is read whole when it returns, which finds deletions too, and fed from then on. So is a table that was published only
 * now, until the transactions that were running then have ended: the server leaves out what they wrote before.
 */
final class FeedReading {

    private final ChangeFeed feed;
    private final boolean created;
    private final boolean begins;
    private final String begin;
    private final Map<String, String> identities;
    private final Map<String, FedTable> earlier;
    private final Map<String, FedTable> fed = new LinkedHashMap<>();
    private ChangeFeed.@Nullable Changes changes;

    private FeedReading(ChangeFeed feed, boolean created, boolean begins, String begin, Map<String, FedTable> earlier) {
        this.feed = feed;
        this.created = created;
        this.begins = begins;
        this.begin = begin;
        this.earlier = earlier;
        this.identities = feed.identities();
    }

    /**
     * Sets the feed up where it is not, and acknowledges what the newest batch has of it.
     *
     * @param earlier the newest batch; null before the first
     */
    static FeedReading open(ChangeFeed feed, @Nullable Batch earlier) {
        Map<String, FedTable> fed = earlier == null ? Map.of() : earlier.fed();
        // What the newest batch relies on stays in the feed, though it be away now: a batch without it comes first.
        boolean created =
                feed.ensure(fed.values().stream().map(FedTable::identity).collect(Collectors.toSet()));
        // A run that made the feed again and died has left no record of the gap, but the feed's position shows it.
        Optional<String> known = Optional.ofNullable(earlier)
                .flatMap(Batch::feed)
                .filter(position -> !position.isEmpty() && !created && feed.keepsAllSince(position));
        known.ifPresent(feed::acknowledge);
        return new FeedReading(feed, created, known.isEmpty(), known.orElseGet(feed::position), fed);
    }

    /** Whether the changes since the newest batch are not all in the feed, so that the tables themselves are read. */
    boolean begins() {
        return begins;
    }

    /**
     * Takes changes from the feed, unless somebody else has acknowledged some of them meanwhile.
     *
     * @param now position of this moment: transaction numbers of other histories say nothing
     */
    void read(int limit, SnapshotPosition now) {
        Map<String, SnapshotPosition> seen = new HashMap<>();
        earlier.forEach((table, state) -> state.read()
                .filter(position -> position.system().equals(now.system()))
                .ifPresent(position -> seen.put(table, position)));
        ChangeFeed.Changes given = feed.read(limit, seen);
        if (!feed.keepsAllSince(begin)) {
            throw KeywharfException.retryable(
                    "totesys.feed_shared",
                    String.valueOf(feed),
                    "Another pipeline acknowledged changes of the feed while they were read, so that some may be missing;"
                            + " give each pipeline on a source a name of its own. Nothing was lost, run again");
        }
        changes = given;
    }

    /** What the feed gave; empty when it was not read. */
    Optional<ChangeFeed.Changes> changes() {
        return Optional.ofNullable(changes);
    }

    /** Finds out which tables are fed from now on. What is read whole must be read from a snapshot taken after this. */
    void settle() {
        Map<String, Boolean> settled = new HashMap<>();
        String now = null;
        for (Map.Entry<String, String> table : identities.entrySet()) {
            FedTable known = earlier.get(table.getKey());
            String identity = table.getValue();
            if (created || (known != null && known.isComplete(identity))) {
                boolean more = changes != null && changes.more();
                fed.put(table.getKey(), known != null && more ? known : FedTable.of(identity, null));
                continue;
            }
            String mark = known != null && known.identity().equals(identity)
                    ? known.awaited().orElseThrow()
                    : null;
            if (mark == null) {
                now = now == null ? feed.mark() : now;
                mark = now;
            }
            boolean complete = settled.computeIfAbsent(mark, feed::settledSince);
            fed.put(table.getKey(), FedTable.of(identity, complete ? null : mark));
        }
    }

    /** The tables that are fed once a batch has them all, by name. */
    Map<String, FedTable> fed() {
        return fed;
    }

    /** Whether the feed gives every change of a table since the newest batch. */
    boolean gives(String table) {
        FedTable known = earlier.get(table);
        String identity = identities.get(table);
        return !begins && known != null && identity != null && known.isComplete(identity);
    }

    /** Up to where the feed has been read. */
    String position() {
        return changes == null ? begin : changes.position();
    }

    /** How many bytes of its log the source can forget once a batch has the position. */
    long bytesMoved() {
        return begins ? Long.MAX_VALUE : feed.bytesBetween(begin, position());
    }
}
