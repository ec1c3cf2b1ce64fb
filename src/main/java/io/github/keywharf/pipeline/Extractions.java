package io.github.keywharf.pipeline;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.pipeline.star.StarTable;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchKind;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SourceTable;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Begins extractions: finds out what there is to read, and whether there can be anything at all. */
final class Extractions {

    /** Changes taken from a change feed at a time, so that they fit in memory. */
    static final int FEED_LIMIT = 100_000;

    /**
     * Positions after a batch up to which tables were read and gave nothing.
     *
     * @param batch the newest batch by then
     * @param positions by table
     * @param everyTable whether these are all tables that the pipeline is for
     */
    private record Seen(long batch, Map<String, SnapshotPosition> positions, boolean everyTable) {}

    /** Between two looks whether a commit is visible. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    static final String TABLE_STOPPED = "totesys.table.stopped";

    private final PipelineConfig config;
    private volatile Seen seen = new Seen(0, Map.of(), false);

    Extractions(PipelineConfig config) {
        this.config = config;
    }

    /**
     * A snapshot that was taken.
     *
     * @param time of the source's clock
     * @param extraction to continue with; null when it is certain that nothing changed since the newest batch
     */
    record Begun(LocalDateTime time, @Nullable Extraction extraction) {}

    /** What the source has, held against what is wanted of it. */
    record Wanted(Map<String, SourceTable> found, Map<String, SourceTable> readable, Map<String, String> stopped) {}

    /**
     * Takes a snapshot and begins an extraction.
     *
     * @param newest the newest batch; null before the first
     */
    Begun begin(ExtractRequest request, @Nullable Batch newest) {
        Seen known = seen;
        if (newest == null || known.batch() != newest.number()) {
            return beginReading(request, newest);
        }
        if (known.everyTable() && request.kind() == BatchKind.INCREMENT) {
            // Tables cannot have been made or altered either without a transaction.
            try (SourceSnapshot snapshot = config.source().snapshot()) {
                if (isUnchanged(snapshot, known.positions().keySet(), known.positions())
                        && !ExtractionPlan.isMilestoneDue(
                                config, newest, snapshot.position().time())) {
                    return new Begun(snapshot.position().time(), null);
                }
            }
        }
        return beginReading(request, newest.withPositions(known.positions()));
    }

    /** Remembers that an extraction gave nothing, so that the next one need not look at the same transactions again. */
    void gaveNothing(ExtractRequest request, Extraction extraction) {
        remember(request, extraction.plan().number() - 1, extraction.terms().positions(), extraction.stopped());
    }

    private void remember(
            ExtractRequest request, long batch, Map<String, SnapshotPosition> positions, Map<String, String> stopped) {
        if (config.detection() != ChangeDetection.LOGICAL_REPLICATION) {
            boolean everyTable =
                    request.kind() == BatchKind.INCREMENT && request.tables().isEmpty() && stopped.isEmpty();
            seen = new Seen(batch, positions, everyTable);
        }
    }

    private Begun beginReading(ExtractRequest request, @Nullable Batch earlier) {
        Wanted wanted = wanted(request, earlier);
        wanted.stopped().forEach((table, reason) -> config.events().error(TABLE_STOPPED, config.work(), table, reason));
        Map<String, SourceTable> readable = wanted.readable();
        FeedReading feed = feed(wanted, earlier);
        SnapshotPosition before = null;
        ChangeFeed.Changes changes = null;
        if (feed != null) {
            if (request.kind() == BatchKind.INCREMENT && !feed.begins()) {
                // The position of a batch is not beyond what its feed gave. No lock is held while the feed is read:
                // whoever waits for one of ours may hold up what the feed waits for.
                before = position();
                feed.read(FEED_LIMIT, before);
            }
            feed.settle();
            changes = feed.changes().orElse(null);
        }
        SourceSnapshot snapshot =
                changes == null ? locking(readable.keySet()) : locking(readable.keySet(), changes.transactions());
        try {
            SnapshotPosition position = before == null ? snapshot.position() : before;
            if (request.kind() == BatchKind.INCREMENT
                    && config.detection() != ChangeDetection.LOGICAL_REPLICATION
                    && earlier != null
                    && isUnchanged(snapshot, readable.keySet(), earlier.positions())
                    && !ExtractionPlan.isMilestoneDue(config, earlier, position.time())) {
                remember(request, earlier.number(), earlier.positions(), wanted.stopped());
                snapshot.close();
                return new Begun(position.time(), null);
            }
            leaveOut(snapshot.unlocked(), wanted);
            ExtractionPlan plan =
                    new ExtractionPlan(config, request, earlier, wanted, positions(wanted, position, snapshot), feed);
            if (changes != null) {
                changes.unnamed()
                        .forEach((table, reason) -> config.events()
                                .info(
                                        "totesys.table.read_whole",
                                        config.work(plan.number()),
                                        table,
                                        "The feed does not name the changed rows: " + reason));
            }
            return new Begun(position.time(), new Extraction(config, plan, position, snapshot));
        } catch (RuntimeException | Error e) {
            snapshot.close();
            throw e;
        }
    }

    /** The position of each table, with what distinguishes it from another table of its name. */
    private static Map<String, SnapshotPosition> positions(
            Wanted wanted, SnapshotPosition position, SourceSnapshot snapshot) {
        Map<String, SnapshotPosition> positions = new LinkedHashMap<>();
        for (String table : wanted.readable().keySet()) {
            positions.put(table, snapshot.identity(table).map(position::ofTable).orElse(position));
        }
        return positions;
    }

    private SnapshotPosition position() {
        try (SourceSnapshot snapshot = config.source().snapshot()) {
            return snapshot.position();
        }
    }

    private SourceSnapshot locking(Set<String> tables) {
        return config.source().snapshot(List.copyOf(tables), config.limits().lockWait());
    }

    /**
     * A snapshot that has all that the feed gave: rows that are read beside changes must not be older than they are, for the
     * feed forgets the changes. A commit that waits for a synchronous standby is in the feed before anybody else sees it.
     */
    private SourceSnapshot locking(Set<String> tables, Set<Long> transactions) {
        long end = System.nanoTime() + config.limits().lockWait().toNanos();
        while (true) {
            SourceSnapshot snapshot = locking(tables);
            Set<Long> missing = snapshot.missing(transactions);
            if (missing.isEmpty()) {
                return snapshot;
            }
            snapshot.close();
            if (System.nanoTime() >= end) {
                throw KeywharfException.retryable(
                        "sql.commit_pending",
                        config.source().name(),
                        "Transaction " + missing.iterator().next()
                                + " has committed but is not visible yet, as while it waits for a synchronous standby, and"
                                + " was not so within " + config.limits().lockWait()
                                + "; see that the standby answers");
            }
            pause();
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            throw KeywharfException.interrupted(config.source().name(), e);
        }
    }

    private void leaveOut(Map<String, String> tables, Wanted wanted) {
        tables.forEach((table, reason) -> {
            wanted.readable().remove(table);
            wanted.stopped().put(table, reason);
            config.events().error(TABLE_STOPPED, config.work(), table, reason);
        });
    }

    /** What {@link #begin} would read, found out without changing anything. */
    RunPlan plan(ExtractRequest request, @Nullable Batch earlier, List<Long> pending) {
        Wanted wanted = wanted(request, earlier);
        List<RunPlan.TablePlan> tables = new ArrayList<>();
        try (SourceSnapshot snapshot =
                config.source().snapshot(List.of(), config.limits().lockWait())) {
            ExtractionPlan plan = new ExtractionPlan(
                    config, request, earlier, wanted, positions(wanted, snapshot.position(), snapshot), null);
            for (String table : plan.tables()) {
                ReadRequest read = plan.request(table);
                long rows = snapshot.estimateRows(read).orElse(-1);
                long each = snapshot.estimateRowBytes(read).orElse(-1);
                String sql = plan.mayBeFed(table)
                        ? "-- changes of " + table + " from the feed " + config.feed()
                        : snapshot.sql(read);
                tables.add(new RunPlan.TablePlan(table, rows, rows < 0 || each < 0 ? -1 : rows * each, sql));
            }
        }
        return new RunPlan(
                request.kind(),
                pending,
                tables,
                wanted.stopped(),
                config.warehouse()
                        .check(config.star().warehouseTables(), config.mode().facts()));
    }

    private Wanted wanted(ExtractRequest request, @Nullable Batch earlier) {
        Map<String, SourceTable> found = new LinkedHashMap<>();
        config.source().listTables().forEach(table -> found.put(table.name(), table));
        List<String> names = wanted(request, earlier, found);
        Map<String, String> stopped = SourceCheck.faults(config.star(), found, names);
        Map<String, SourceTable> readable = new LinkedHashMap<>();
        for (String table : names) {
            if (!stopped.containsKey(table)) {
                readable.put(table, found.get(table));
            }
        }
        return new Wanted(found, readable, stopped);
    }

    /**
     * The tables to read, with those that their star tables need beside them, and those whose changes come out of the same
     * feed: it has one position for all tables, so that what is not taken would be lost.
     */
    private List<String> wanted(ExtractRequest request, @Nullable Batch earlier, Map<String, SourceTable> found) {
        List<String> asked = request.tables().isEmpty() ? config.reading().tables() : request.tables();
        for (String table :
                Stream.concat(asked.stream(), request.mayVanish().stream()).toList()) {
            if (!found.containsKey(table) && !config.star().sourceTables().contains(table)) {
                throw new KeywharfException(
                        "sql.unknown_table",
                        config.source().name(),
                        "There is no table '" + Cut.to(table, 60) + "'; there are " + found.keySet());
            }
        }
        if (asked.isEmpty()) {
            Set<String> all = new LinkedHashSet<>(config.star().sourceTables());
            all.addAll(found.keySet());
            return new ArrayList<>(all);
        }
        Set<String> closed = new LinkedHashSet<>(asked);
        if (request.kind() == BatchKind.INCREMENT
                && !request.tables().isEmpty()
                && config.detection() == ChangeDetection.LOGICAL_REPLICATION) {
            fed(earlier).stream()
                    .filter(table -> found.containsKey(table)
                            || config.star().sourceTables().contains(table))
                    .forEach(closed::add);
        }
        for (StarTable star : config.star().tables()) {
            Set<String> group = new LinkedHashSet<>(star.lookups());
            group.add(star.driving());
            if (group.size() > 1 && group.stream().anyMatch(closed::contains)) {
                closed.addAll(group);
            }
        }
        return new ArrayList<>(closed);
    }

    /** Whether nothing at all was written to the source since each of these tables was read. */
    private static boolean isUnchanged(
            SourceSnapshot snapshot, Set<String> tables, Map<String, SnapshotPosition> positions) {
        return positions.keySet().containsAll(tables)
                && tables.stream().map(positions::get).distinct().allMatch(snapshot::unchangedSince);
    }

    private static Set<String> fed(@Nullable Batch earlier) {
        return earlier == null ? Set.of() : earlier.fed().keySet();
    }

    /** The change feed, with all that the newest batch has of it acknowledged; null where there is none. */
    private @Nullable FeedReading feed(Wanted wanted, @Nullable Batch earlier) {
        if (config.detection() != ChangeDetection.LOGICAL_REPLICATION) {
            return null;
        }
        Set<String> fed = fed(earlier);
        // A table that is stopped stays published until a batch says that the feed has passed it by.
        List<String> keyed = wanted.found().values().stream()
                .filter(table -> !table.key().isEmpty())
                .map(SourceTable::name)
                .filter(table -> wanted.readable().containsKey(table)
                        || (wanted.stopped().containsKey(table) && fed.contains(table)))
                .toList();
        FeedReading reading = FeedReading.open(config.source().changeFeed(config.feed(), keyed), earlier);
        if (reading.begins() && earlier != null && earlier.feed().isPresent()) {
            config.events()
                    .error(
                            "totesys.feed.lost",
                            config.work(),
                            config.feed(),
                            "The source does not keep all changes since the last batch: the replication slot was dropped,"
                                    + " or it held back more of the log than max_slot_wal_keep_size. The feed begins again;"
                                    + " changed rows are read from the tables now and deletions are found by a"
                                    + " reconciliation, but versions in between are not seen. Run more often, or raise that"
                                    + " limit");
        }
        return reading;
    }
}
