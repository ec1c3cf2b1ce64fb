package io.github.keywharf.pipeline;

import io.github.keywharf.pipeline.star.StarTable;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchKind;
import io.github.keywharf.pipeline.zone.FedTable;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.Increment;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.table.RejectedRow;
import io.github.keywharf.table.Table;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Plan of one extraction: the rows to read of each table, given what was read before. */
final class ExtractionPlan {

    /** So much of the source's log is held back at most while nothing changes that is of interest: a segment of it. */
    private static final long MILESTONE_BYTES = 16L << 20;

    private static final Duration MILESTONE_PAUSE = Duration.ofMinutes(1);

    private final PipelineConfig config;
    private final BatchKind kind;
    private final @Nullable Batch earlier;
    private final Map<String, SourceTable> tables;
    private final Map<String, String> stopped;
    private final boolean looksAtAll;
    private final Map<String, ReadRequest> requests = new LinkedHashMap<>();
    private final Map<String, SnapshotPosition> positions;
    private final Set<String> mayVanish;
    private final Set<String> joined = new LinkedHashSet<>();
    private final Set<String> whole = new LinkedHashSet<>();
    private final @Nullable FeedReading feed;
    private final ChangeFeed.@Nullable Changes changes;

    /**
     * @param config of the pipeline
     * @param request what is wanted
     * @param earlier the newest batch; null before the first
     * @param wanted tables to read, and those that cannot be read
     * @param positions up to where each of the tables will have been read
     * @param feed null where there is none
     */
    ExtractionPlan(
            PipelineConfig config,
            ExtractRequest request,
            @Nullable Batch earlier,
            Extractions.Wanted wanted,
            Map<String, SnapshotPosition> positions,
            @Nullable FeedReading feed) {
        this.config = config;
        this.kind = request.kind();
        this.earlier = earlier;
        this.tables = new LinkedHashMap<>(wanted.readable());
        this.stopped = new LinkedHashMap<>(wanted.stopped());
        this.positions = Map.copyOf(positions);
        this.looksAtAll =
                request.kind() == BatchKind.RECONCILIATION && request.tables().isEmpty();
        this.feed = feed;
        this.changes = feed == null ? null : feed.changes().orElse(null);
        this.mayVanish = new HashSet<>(request.mayVanish());
        if (changes != null) {
            mayVanish.addAll(changes.unnamed().keySet());
        }
        for (String table : tables.keySet()) {
            Increment increment = increment(request, table);
            if (increment instanceof Increment.Everything) {
                whole.add(table);
            }
            requests.put(table, new ReadRequest(table, List.of(), increment));
        }
        for (String table : config.star().joined()) {
            if (tables.containsKey(table)) {
                joined.add(table);
            }
        }
    }

    private Increment increment(ExtractRequest request, String table) {
        boolean timed = table(table).schema().contains(Increments.TIME_COLUMN);
        // Where the feed names no rows, or did not give changes all the time, only a comparison shows what is gone.
        boolean unnamed = changes != null && changes.unnamed().containsKey(table);
        boolean missed = changes != null && feed != null && !table(table).key().isEmpty() && !feed.gives(table);
        if (request.kind() == BatchKind.RECONCILIATION || unnamed || missed) {
            return Increment.everything();
        }
        if (request.kind() == BatchKind.INCREMENT && isAnother(table)) {
            return Increment.everything();
        }
        Increment.Window window = request.window();
        if (window != null) {
            return timed ? window : Increment.everything();
        }
        return Increments.of(config, positionOf(table), position(table), timed);
    }

    /** Whether what was read under that name before was another table, or had another history. */
    private boolean isAnother(String table) {
        SnapshotPosition now = position(table);
        SnapshotPosition before = positionOf(table);
        return before != null
                && (now.table().filter(before::isOfOther).isPresent()
                        || (config.detection() == ChangeDetection.TRANSACTION_ID
                                && !before.system().equals(now.system())));
    }

    /** Up to where a table will have been read. */
    SnapshotPosition position(String table) {
        return found(positions, table);
    }

    private @Nullable SnapshotPosition positionOf(String table) {
        return earlier == null ? null : earlier.positions().get(table);
    }

    BatchKind kind() {
        return kind;
    }

    boolean isReconciliation() {
        return kind == BatchKind.RECONCILIATION || isFirst();
    }

    boolean isFirst() {
        return earlier == null;
    }

    long number() {
        return earlier == null ? 1 : earlier.number() + 1;
    }

    /** Up to where tables were read before. A reconciliation forgets those that are gone: one that returns is read whole. */
    Map<String, SnapshotPosition> earlierPositions() {
        Map<String, SnapshotPosition> known = new LinkedHashMap<>(earlier == null ? Map.of() : earlier.positions());
        if (looksAtAll) {
            known.keySet().removeIf(table -> !tables.containsKey(table) && !stopped.containsKey(table));
        }
        return known;
    }

    /**
     * When everything was read last; empty when that is due, as deletions of the time without a feed went unseen, or the
     * source may be a copy that went on from another state than the earlier batch saw.
     */
    Optional<LocalDateTime> reconciled() {
        return earlier == null || beganFeedAgain() || isOther(earlier) ? Optional.empty() : earlier.reconciled();
    }

    /** Whether the source of a feed has another history. In other ways, each table is read whole then. */
    private boolean isOther(Batch before) {
        return config.detection() == ChangeDetection.LOGICAL_REPLICATION
                && positions.values().stream()
                        .anyMatch(now -> !now.system().equals(before.position().system()));
    }

    private boolean beganFeedAgain() {
        return kind == BatchKind.INCREMENT
                && feed != null
                && feed.begins()
                && earlier != null
                && earlier.feed().isPresent();
    }

    /** The tables that were wanted and could not be read. */
    Map<String, String> stopped() {
        return stopped;
    }

    /** The tables that are stopped once this batch is there: with those that it did not look at and that were before. */
    Map<String, String> stoppedFromNowOn() {
        Map<String, String> all = new LinkedHashMap<>();
        if (earlier != null && !looksAtAll) {
            all.putAll(earlier.stopped());
            all.keySet().removeAll(tables.keySet());
        }
        all.putAll(stopped);
        return all;
    }

    /**
     * Whether a batch is worth committing that has no rows: it records how far the source has been read, so that the source
     * can forget its log, and so that a new process knows how far behind the warehouse is.
     *
     * @param now the time of the snapshot
     */
    boolean isMilestone(LocalDateTime now) {
        if (kind != BatchKind.INCREMENT || earlier == null) {
            return false;
        }
        return hasMore()
                || (feed != null && feed.bytesMoved() >= MILESTONE_BYTES)
                || isMilestoneDue(config, earlier, now);
    }

    /** Whether so much time has passed since a batch that the next one is worth committing without rows. */
    static boolean isMilestoneDue(PipelineConfig config, Batch earlier, LocalDateTime now) {
        Duration half = config.limits().lagThreshold().dividedBy(2);
        Duration pause = half.compareTo(MILESTONE_PAUSE) < 0 ? MILESTONE_PAUSE : half;
        return !earlier.position().time().plus(pause).isAfter(now);
    }

    /** Whether a table was left out of the batch before this one, so that changes of others may have passed it by. */
    boolean wasStopped(String table) {
        return earlier != null && earlier.stopped().containsKey(table);
    }

    /** Whether the change feed has more than this batch takes. */
    boolean hasMore() {
        return changes != null && changes.more();
    }

    Optional<String> feed() {
        if (kind == BatchKind.INCREMENT) {
            return feed == null ? Optional.empty() : Optional.of(feed.position());
        }
        Batch carried = carried();
        return carried == null ? Optional.empty() : carried.feed();
    }

    /** The tables whose changes the feed gives from its position on. */
    Map<String, FedTable> fed() {
        if (kind != BatchKind.INCREMENT) {
            Batch carried = carried();
            return carried == null ? Map.of() : carried.fed();
        }
        Map<String, FedTable> fed = new LinkedHashMap<>(feed == null ? Map.of() : feed.fed());
        fed.keySet().retainAll(tables.keySet());
        return fed;
    }

    /** The newest batch if it has a feed whose position a batch without changes of the feed keeps. */
    private @Nullable Batch carried() {
        return config.detection() == ChangeDetection.LOGICAL_REPLICATION ? earlier : null;
    }

    /** The tables to read, joined ones first. */
    List<String> tables() {
        Set<String> ordered = new LinkedHashSet<>(joined);
        config.star().tables().stream()
                .map(StarTable::driving)
                .filter(tables::containsKey)
                .forEach(ordered::add);
        ordered.addAll(tables.keySet());
        return new ArrayList<>(ordered);
    }

    Set<String> joined() {
        return joined;
    }

    SourceTable table(String name) {
        return found(tables, name);
    }

    ReadRequest request(String table) {
        return found(requests, table);
    }

    private static <T> T found(Map<String, T> all, String table) {
        T one = all.get(table);
        if (one == null) {
            throw new IllegalArgumentException("'" + table + "' is not among the tables to read, " + all.keySet());
        }
        return one;
    }

    /** Whether a run reads what changed in a table from the change feed, if the source still keeps the feed. */
    boolean mayBeFed(String table) {
        return config.detection() == ChangeDetection.LOGICAL_REPLICATION
                && kind == BatchKind.INCREMENT
                && earlier != null
                && earlier.feed().isPresent()
                && earlier.positions().containsKey(table)
                && !isComplete(table)
                && !table(table).key().isEmpty();
    }

    /** Whether all rows of a table will be read. */
    boolean isComplete(String table) {
        return whole.contains(table);
    }

    /** Source tables of which any number of rows may be missing. */
    Set<String> mayVanish() {
        return mayVanish;
    }

    /** How many rows the joined tables had when they were last read whole, as far as that is known. */
    Map<String, Long> counts() {
        return earlier == null ? Map.of() : earlier.counts();
    }

    /** Whether all rows that are missing of a joined table were deleted by what the change feed named. */
    boolean explainsLoss(String table, long count) {
        return named(table).isPresent() && count >= countWithoutDeleted(table).orElse(0L);
    }

    /** That number without the rows whose deletion the change feed has named since; empty when it is not known. */
    Optional<Long> countWithoutDeleted(String table) {
        long deleted = named(table).map(Table::size).orElse(0);
        return Optional.ofNullable(counts().get(table)).map(count -> Math.max(count - deleted, 0));
    }

    /** Whether the tables that a star table is made from can all be read. */
    boolean canMake(StarTable star) {
        return tables.containsKey(star.driving()) && tables.keySet().containsAll(star.lookups());
    }

    /** The changed rows of a table as the change feed gave them; empty where they are read from the table. */
    Optional<Table> changes(String table) {
        if (changes == null || whole.contains(table) || table(table).key().isEmpty()) {
            return Optional.empty();
        }
        Table written = changes.written().get(table);
        return Optional.of(written == null ? Table.of(table(table).schema(), List.of()) : written);
    }

    /** The rows of a table of which the change feed gave a part only, to be read from a snapshot taken after it. */
    Optional<ReadRequest> incomplete(String table) {
        return changes == null || changes(table).isEmpty()
                ? Optional.empty()
                : Optional.ofNullable(changes.incomplete().get(table))
                        .map(keys -> new ReadRequest(table, List.of(), new Increment.Keys(keys)));
    }

    /** The rows of a table that the change feed gave and that could not be read. */
    List<RejectedRow> unread(String table) {
        return changes == null || changes(table).isEmpty()
                ? List.of()
                : changes.rejected().getOrDefault(table, List.of());
    }

    /** The keys of deleted rows as the change feed gave them. */
    Optional<Table> deleted(String table) {
        // Rows that are read whole are newer than the changes: a key deleted before may be among them again.
        return whole.contains(table) ? Optional.empty() : named(table);
    }

    /** The same, whether the table is read whole or not. */
    private Optional<Table> named(String table) {
        return changes == null
                ? Optional.empty()
                : Optional.ofNullable(changes.deleted().get(table));
    }
}
