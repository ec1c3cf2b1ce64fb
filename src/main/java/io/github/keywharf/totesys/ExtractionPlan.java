package io.github.keywharf.totesys;

import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.Increment;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceTable;
import io.github.keywharf.table.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What one extraction will read: for each table, which rows, given what was read before. */
final class ExtractionPlan {

    /** Stands for a feed that began before this batch's snapshot and has not been read from yet. */
    private static final String FEED_BEGUN = "";

    private final PipelineConfig config;
    private final BatchKind kind;
    private final Optional<Batch> earlier;
    private final Map<String, SourceTable> tables;
    private final Map<String, String> stopped;
    private final Map<String, ReadRequest> requests = new LinkedHashMap<>();
    private final Set<String> joined = new LinkedHashSet<>();
    private final Set<String> whole = new LinkedHashSet<>();
    private final Optional<ChangeFeed.Changes> changes;

    /**
     * @param config of the pipeline
     * @param request what is wanted
     * @param earlier the newest batch
     * @param tables to read, by name, in order
     * @param stopped tables that are wanted but cannot be read, with the reason
     * @param position of the snapshot that will be read
     * @param changes what the change feed gave, where there is one
     */
    ExtractionPlan(
            PipelineConfig config,
            ExtractRequest request,
            Optional<Batch> earlier,
            Map<String, SourceTable> tables,
            Map<String, String> stopped,
            SnapshotPosition position,
            Optional<ChangeFeed.Changes> changes) {
        this.config = config;
        this.kind = request.kind();
        this.earlier = earlier;
        this.tables = tables;
        this.stopped = stopped;
        this.changes = changes;
        for (String table : tables.keySet()) {
            Increment increment = increment(request, table, position);
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

    private Increment increment(ExtractRequest request, String table, SnapshotPosition position) {
        boolean timed = table(table).schema().contains(Increments.TIME_COLUMN);
        // A table emptied at once names no row, so that only a comparison tells what is gone.
        boolean emptied = changes.map(all -> all.emptied().contains(table)).orElse(false);
        if (request.kind() == BatchKind.RECONCILIATION || emptied) {
            return Increment.everything();
        }
        if (request.window().isPresent()) {
            return timed ? request.window().get() : Increment.everything();
        }
        return Increments.of(config, positionOf(table), position, timed);
    }

    private Optional<SnapshotPosition> positionOf(String table) {
        return earlier.map(batch -> batch.positions().get(table));
    }

    BatchKind kind() {
        return kind;
    }

    boolean isReconciliation() {
        return kind == BatchKind.RECONCILIATION || isFirst();
    }

    boolean isFirst() {
        return earlier.isEmpty();
    }

    long number() {
        return earlier.map(batch -> batch.number() + 1).orElse(1L);
    }

    Map<String, SnapshotPosition> earlierPositions() {
        return earlier.map(Batch::positions).orElse(Map.of());
    }

    /** When everything was read last; empty when that is due, as deletions of the time without a feed went unseen. */
    Optional<java.time.LocalDateTime> reconciled() {
        return beganFeedAnew() ? Optional.empty() : earlier.flatMap(Batch::reconciled);
    }

    private boolean beganFeedAnew() {
        return config.detection() == ChangeDetection.LOGICAL_REPLICATION
                && kind == BatchKind.INCREMENT
                && changes.isEmpty()
                && earlier.flatMap(Batch::feed).isPresent();
    }

    Map<String, String> stopped() {
        return stopped;
    }

    /** Whether a table was left out of the batch before this one, so that changes of others may have passed it by. */
    boolean wasStopped(String table) {
        return earlier.map(batch -> batch.stopped().containsKey(table)).orElse(false);
    }

    /** Whether the change feed has more than this batch takes. */
    boolean hasMore() {
        return changes.map(ChangeFeed.Changes::more).orElse(false);
    }

    Optional<String> feed() {
        if (config.detection() != ChangeDetection.LOGICAL_REPLICATION) {
            return Optional.empty();
        }
        Optional<String> known = earlier.flatMap(Batch::feed).filter(position -> kind != BatchKind.INCREMENT);
        return changes.map(ChangeFeed.Changes::position).or(() -> known).or(() -> Optional.of(FEED_BEGUN));
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

    /** Whether all rows of a table will be read. */
    boolean isComplete(String table) {
        return whole.contains(table);
    }

    /** Whether that a table has no rows means that there were some once, which the warehouse may have. */
    boolean isEmptied(String table) {
        return isComplete(table) && !isFirst() && !config.star().drivenBy(table).isEmpty();
    }

    /** Reads all rows of a table, whatever was planned. */
    void readWhole(String table) {
        whole.add(table);
    }

    /** Whether the tables that a star table is made from can all be read. */
    boolean canMake(StarTable star) {
        return tables.containsKey(star.driving()) && tables.keySet().containsAll(star.lookups());
    }

    /** The changed rows of a table as the change feed gave them; empty where they are read from the table. */
    Optional<Table> changes(String table) {
        if (changes.isEmpty() || whole.contains(table) || table(table).key().isEmpty()) {
            return Optional.empty();
        }
        Table written = changes.get().written().get(table);
        return Optional.of(written == null ? Table.of(table(table).schema(), List.of()) : written);
    }

    /** The keys of deleted rows as the change feed gave them. */
    Optional<Table> deleted(String table) {
        return changes.map(all -> all.deleted().get(table));
    }
}
