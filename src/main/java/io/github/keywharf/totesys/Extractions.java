package io.github.keywharf.totesys;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.sql.ChangeFeed;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.sql.SourceTable;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Begins extractions: finds out what there is to read, and whether there can be anything at all. */
final class Extractions {

    /** Changes taken from a change feed at once, so that they fit in memory. */
    static final int FEED_LIMIT = 100_000;

    /**
     * Positions after a batch up to which tables were read and gave nothing.
     *
     * @param batch the newest batch by then
     * @param positions by table
     * @param everyTable whether these are all tables that the pipeline is for
     */
    private record Seen(long batch, Map<String, SnapshotPosition> positions, boolean everyTable) {}

    private final PipelineConfig config;
    private volatile Seen seen = new Seen(0, Map.of(), false);

    Extractions(PipelineConfig config) {
        this.config = config;
    }

    /**
     * A snapshot that was taken.
     *
     * @param time of the source's clock
     * @param extraction to go on with; empty when it is certain that nothing changed since the newest batch
     */
    record Begun(LocalDateTime time, Optional<Extraction> extraction) {}

    /** What the source has, held against what is wanted of it. */
    private record Wanted(Map<String, SourceTable> readable, Map<String, String> stopped) {}

    /**
     * Takes a snapshot and begins an extraction.
     *
     * @param newest the newest batch
     */
    Begun begin(ExtractRequest request, Optional<Batch> newest) {
        Seen known = seen;
        boolean current = newest.isPresent() && known.batch() == newest.get().number();
        if (current && known.everyTable() && request.kind() == BatchKind.INCREMENT) {
            // Tables cannot have been made or altered either without a transaction.
            try (SourceSnapshot snapshot = config.source().snapshot()) {
                if (isUnchanged(snapshot, known.positions().keySet(), known.positions())) {
                    return new Begun(snapshot.position().time(), Optional.empty());
                }
            }
        }
        return beginReading(request, current ? newest.map(batch -> batch.withPositions(known.positions())) : newest);
    }

    /** Remembers that an extraction gave nothing, so that the next one need not look at the same transactions again. */
    void gaveNothing(ExtractRequest request, Extraction extraction) {
        remember(
                request,
                extraction.plan().number() - 1,
                extraction.batch().positions(),
                extraction.plan().stopped());
    }

    private void remember(
            ExtractRequest request, long batch, Map<String, SnapshotPosition> positions, Map<String, String> stopped) {
        if (config.detection() != ChangeDetection.LOGICAL_REPLICATION) {
            boolean everyTable =
                    request.kind() == BatchKind.INCREMENT && request.tables().isEmpty() && stopped.isEmpty();
            seen = new Seen(batch, positions, everyTable);
        }
    }

    private Begun beginReading(ExtractRequest request, Optional<Batch> earlier) {
        Wanted wanted = wanted(request);
        wanted.stopped()
                .forEach((table, reason) -> config.events().onEvent(new PipelineEvent.TableStopped(table, reason)));
        Map<String, SourceTable> readable = wanted.readable();
        Optional<ChangeFeed> feed = feed(readable, earlier);
        SourceSnapshot snapshot = config.source().snapshot();
        try {
            SnapshotPosition position = snapshot.position();
            if (request.kind() == BatchKind.INCREMENT
                    && config.detection() != ChangeDetection.LOGICAL_REPLICATION
                    && earlier.isPresent()
                    && isUnchanged(snapshot, readable.keySet(), earlier.get().positions())) {
                remember(request, earlier.get().number(), earlier.get().positions(), wanted.stopped());
                snapshot.close();
                return new Begun(position.time(), Optional.empty());
            }
            Optional<ChangeFeed.Changes> changes = changes(request, feed, earlier, readable.keySet());
            if (changes.isPresent()) {
                // Rows that are read beside changes must not be older than they are: the feed forgets the changes.
                snapshot.close();
                snapshot = config.source().snapshot();
            }
            ExtractionPlan plan =
                    new ExtractionPlan(config, request, earlier, readable, wanted.stopped(), position, changes);
            return new Begun(position.time(), Optional.of(new Extraction(config, plan, position, snapshot)));
        } catch (RuntimeException | Error e) {
            snapshot.close();
            throw e;
        }
    }

    /** What {@link #begin} would read, found out without changing anything. */
    RunPlan plan(ExtractRequest request, Optional<Batch> earlier, List<Long> pending) {
        Wanted wanted = wanted(request);
        List<RunPlan.TablePlan> tables = new ArrayList<>();
        try (SourceSnapshot snapshot = config.source().snapshot()) {
            ExtractionPlan plan = new ExtractionPlan(
                    config,
                    request,
                    earlier,
                    wanted.readable(),
                    wanted.stopped(),
                    snapshot.position(),
                    Optional.empty());
            for (String table : plan.tables()) {
                SourceTable source = plan.table(table);
                long rows = snapshot.estimateRows(plan.request(table)).orElse(-1);
                boolean known = rows >= 0 && source.estimatedRows() > 0 && source.estimatedBytes() >= 0;
                long bytes = known ? (long) ((double) source.estimatedBytes() * rows / source.estimatedRows()) : -1;
                tables.add(new RunPlan.TablePlan(table, rows, bytes, snapshot.sql(plan.request(table))));
            }
        }
        return new RunPlan(
                request.kind(),
                pending,
                tables,
                wanted.stopped(),
                config.warehouse().check(config.star().warehouseTables()));
    }

    private Wanted wanted(ExtractRequest request) {
        Map<String, SourceTable> found = new LinkedHashMap<>();
        config.source().listTables().forEach(table -> found.put(table.name(), table));
        List<String> names = wanted(request, found);
        Map<String, String> stopped = SourceCheck.faults(config.star(), found, names);
        Map<String, SourceTable> readable = new LinkedHashMap<>();
        for (String table : names) {
            if (!stopped.containsKey(table)) {
                readable.put(table, found.get(table));
            }
        }
        return new Wanted(readable, stopped);
    }

    /** The tables to read, with those that their star tables need beside them. */
    private List<String> wanted(ExtractRequest request, Map<String, SourceTable> found) {
        List<String> asked = request.tables().isEmpty() ? config.tables() : request.tables();
        for (String table : asked) {
            if (!found.containsKey(table) && !config.star().sourceTables().contains(table)) {
                throw new KeywharfException(
                        "sql.unknown_table",
                        config.source().name(),
                        "There is no table '" + shortened(table) + "' to read; there are " + found.keySet());
            }
        }
        if (asked.isEmpty()) {
            Set<String> all = new LinkedHashSet<>(config.star().sourceTables());
            all.addAll(found.keySet());
            return new ArrayList<>(all);
        }
        Set<String> closed = new LinkedHashSet<>(asked);
        for (StarTable star : config.star().tables()) {
            Set<String> group = new LinkedHashSet<>(star.lookups());
            group.add(star.driving());
            if (group.size() > 1 && group.stream().anyMatch(asked::contains)) {
                closed.addAll(group);
            }
        }
        return new ArrayList<>(closed);
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }

    /** Whether nothing at all was written to the source since each of these tables was read. */
    private static boolean isUnchanged(
            SourceSnapshot snapshot, Set<String> tables, Map<String, SnapshotPosition> positions) {
        return positions.keySet().containsAll(tables)
                && tables.stream().map(positions::get).distinct().allMatch(snapshot::unchangedSince);
    }

    /** The change feed with all that the newest batch has of it acknowledged; empty where there is none to read from. */
    private Optional<ChangeFeed> feed(Map<String, SourceTable> tables, Optional<Batch> earlier) {
        if (config.detection() != ChangeDetection.LOGICAL_REPLICATION) {
            return Optional.empty();
        }
        List<String> keyed = tables.values().stream()
                .filter(table -> !table.key().isEmpty())
                .map(SourceTable::name)
                .toList();
        ChangeFeed feed = config.source().changeFeed(config.feed(), keyed);
        Optional<String> position = earlier.flatMap(Batch::feed);
        // A run that made the feed anew and died cannot tell of the gap, but its position does.
        boolean begins = feed.ensure()
                || position.filter(known -> !known.isEmpty() && !feed.keepsAllSince(known))
                        .isPresent();
        position.filter(known -> !begins && !known.isEmpty()).ifPresent(feed::acknowledge);
        return begins || position.isEmpty() ? Optional.empty() : Optional.of(feed);
    }

    /**
     * What the feed has, once it began before a batch that read every table; until then the tables themselves are read.
     */
    private Optional<ChangeFeed.Changes> changes(
            ExtractRequest request, Optional<ChangeFeed> feed, Optional<Batch> earlier, Set<String> tables) {
        boolean begun = earlier.filter(batch -> batch.positions().keySet().containsAll(tables))
                .isPresent();
        return request.kind() == BatchKind.INCREMENT && begun
                ? feed.map(source -> source.read(FEED_LIMIT))
                : Optional.empty();
    }
}
