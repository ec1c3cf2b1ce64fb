package io.github.keywharf.pipeline;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.pipeline.zone.BatchKind;
import io.github.keywharf.pipeline.zone.BatchRejects;
import io.github.keywharf.pipeline.zone.FedTable;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The extraction of one batch: one snapshot of the source, one file for each table that has rows, and last of all the
 * manifest that makes them a batch.
 */
final class Extraction implements BatchRows, AutoCloseable {

    /** Batches that may wait between reading and writing. */
    private static final int READ_AHEAD = 2;

    private final PipelineConfig config;
    private final ExtractionPlan plan;
    private final SnapshotPosition position;
    private final SourceSnapshot snapshot;
    private final ExtractionRejects rejects;
    private final Work work;
    private final long began = System.nanoTime();
    private final Map<String, BatchFile> files = new HashMap<>();
    private final Map<String, BatchFile> deletions = new HashMap<>();
    private final Map<String, TableReading> joined = new LinkedHashMap<>();
    private final Map<String, TableReport.Extracted> reports = new HashMap<>();

    /**
     * @param config of the pipeline
     * @param plan what to read
     * @param position up to where the batch carries the source
     * @param snapshot to read from, at that position or later; closed with the extraction
     */
    Extraction(PipelineConfig config, ExtractionPlan plan, SnapshotPosition position, SourceSnapshot snapshot) {
        this.config = config;
        this.plan = plan;
        this.position = position;
        this.snapshot = snapshot;
        this.rejects = new ExtractionRejects(config, plan.number());
        this.work = config.work(plan.number());
    }

    ExtractionPlan plan() {
        return plan;
    }

    private LocalDateTime time() {
        return position.time();
    }

    /** Reads the tables that are joined to others into memory, which settles what the batch has. */
    void readJoined() {
        joined.putAll(new JoinedReader(config, plan, snapshot, rejects).read(this::planned));
    }

    @Override
    public List<String> tables() {
        return plan.tables().stream()
                .filter(table -> !(joined.get(table) instanceof TableReading.Stopped))
                .toList();
    }

    @Override
    public boolean isComplete(String table) {
        TableReading reading = joined.get(table);
        return reading == null ? plan.isComplete(table) : reading instanceof TableReading.Whole;
    }

    /** The tables that were wanted and could not be read, with the reason. */
    Map<String, String> stopped() {
        return withStopped(plan.stopped());
    }

    private Map<String, String> withStopped(Map<String, String> before) {
        Map<String, String> all = new LinkedHashMap<>(before);
        joined.forEach((table, reading) -> {
            if (reading instanceof TableReading.Stopped stopped) {
                all.put(table, stopped.reason());
            }
        });
        return all;
    }

    @Override
    public Map<String, Table> lookups(Function<String, RejectListener> unreadable) {
        Map<String, Table> whole = new HashMap<>();
        joined.forEach((table, reading) -> {
            if (reading instanceof TableReading.Whole all) {
                whole.put(table, all.rows());
            }
        });
        return whole;
    }

    /** Rows of a table, written to the ingestion zone while they are read the first time, and read from there again. */
    @Override
    public Rows rows(String table, RejectListener unreadable) {
        if (!reports.containsKey(table)) {
            return read(table);
        }
        BatchFile file = files.get(table);
        return file == null
                ? Rows.empty(plan.table(table).schema())
                : config.ingestion().read(file, config.ingestion().format(), unreadable);
    }

    private FiledRows read(String table) {
        long begun = System.nanoTime();
        Rows rows = open(table);
        Zone.ZoneFile file = config.ingestion().begin(table, rows.schema(), terms());
        long expected = isComplete(table) ? Math.max(plan.table(table).estimatedRows(), 0) : 0;
        return new FiledRows(
                rows,
                file,
                batch -> {
                    config.events()
                            .onEvent(new Progress(
                                    work, "extract " + table, file.rows() + batch.size(), expected, "rows", false));
                    return batch;
                },
                done -> finish(table, file, begun));
    }

    private void finish(String table, Zone.ZoneFile file, long begun) {
        BatchFile written = isComplete(table) ? file.commitComplete() : file.commit();
        if (written != null) {
            files.put(table, written);
            config.events()
                    .onEvent(new Progress(work, "extract " + table, written.rows(), written.rows(), "rows", true));
        } else if (isEmptied(table)) {
            files.put(table, BatchFile.noRows(table, file.schema()));
        } else {
            config.events().debug("totesys.table.unchanged", work, table, "Nothing new");
        }
        extractDeletions(table);
        reports.put(table, TableReport.Extracted.of(written, rejects.count(table), System.nanoTime() - begun));
        if (reports.size() == tables().size()) {
            // Whoever waits for a lock of the source waits for this, not for the warehouse.
            snapshot.close();
        }
    }

    /** Reads the tables that were not read yet. */
    void readRest() {
        for (String table : tables()) {
            if (!reports.containsKey(table)) {
                try (FiledRows rows = read(table)) {
                    rows.drain();
                }
            }
        }
    }

    /**
     * Whether it matters that a table has no rows: there may have been some once, which the warehouse has, and others that
     * look values up in it are made only beside it.
     */
    private boolean isEmptied(String table) {
        return isComplete(table)
                && (config.star().joined().contains(table)
                        || (!plan.isFirst() && !config.star().drivenBy(table).isEmpty()));
    }

    private Rows open(String table) {
        TableReading reading = joined.get(table);
        if (reading == null) {
            return planned(table, rejects.of(plan.table(table))).readAhead(READ_AHEAD);
        }
        rejects.tellHeld(plan.table(table));
        return reading instanceof TableReading.Whole all
                ? all.rows().rows()
                : ((TableReading.Changes) reading).rows().rows();
    }

    private Rows planned(String table, RejectListener unread) {
        plan.unread(table).forEach(unread::rejected);
        return plan.changes(table)
                .map(given -> completed(table, given, unread))
                .orElseGet(() -> snapshot.read(plan.request(table), unread));
    }

    /** Changed rows as the feed gave them, then those of which it gave a part, which are newer. */
    private Rows completed(String table, Table given, RejectListener unread) {
        return plan.incomplete(table)
                .map(request -> Rows.concat(
                        given.schema(), List.<Supplier<Rows>>of(given::rows, () -> snapshot.read(request, unread))))
                .orElseGet(given::rows);
    }

    private void extractDeletions(String table) {
        // Rows that are read whole are newer than the changes: a key deleted before may be among them again.
        Optional<Table> deleted = isComplete(table) ? Optional.empty() : plan.deleted(table);
        if (deleted.isEmpty() || deleted.get().size() == 0) {
            return;
        }
        Table keys = deleted.get();
        String name = table + "-deleted";
        try (Zone.ZoneFile file = config.ingestion().begin(name, keys.schema(), terms())) {
            keys.batches().forEach(file::write);
            Optional.ofNullable(file.commitDeletions(table)).ifPresent(written -> deletions.put(table, written));
        }
    }

    @Override
    public @Nullable Rows deletions(String table, RejectListener unreadable) {
        BatchFile file = deletions.get(table);
        return file == null
                ? null
                : config.ingestion().read(file, config.ingestion().format(), unreadable);
    }

    @Override
    public Map<String, BatchRejects> rejected() {
        return rejects.byTable();
    }

    private boolean isEmpty() {
        boolean noFiles = plan.isFirst() ? files.values().stream().noneMatch(BatchFile::isThere) : files.isEmpty();
        return noFiles && deletions.isEmpty() && rejects.isEmpty();
    }

    /** Whether there is anything to commit. */
    boolean isWorthCommitting() {
        return !isEmpty() || plan.isMilestone(time());
    }

    /** What was done by table, in the order of the tables. */
    List<TableReport> reports() {
        return tables().stream()
                .flatMap(table -> Stream.ofNullable(reports.get(table)).map(report -> report.report(table)))
                .toList();
    }

    @Override
    public BatchTerms terms() {
        Map<String, SnapshotPosition> positions = new LinkedHashMap<>(plan.earlierPositions());
        if (plan.kind() != BatchKind.BACKFILL && !plan.hasMore()) {
            tables().forEach(table -> positions.put(table, plan.position(table)));
        }
        Set<String> mayVanish = new HashSet<>(plan.mayVanish());
        joined.forEach((table, reading) -> {
            if (reading instanceof TableReading.Whole all && plan.explainsLoss(table, all.count())) {
                mayVanish.add(table);
            }
        });
        return new BatchTerms(
                plan.number(), plan.kind(), position, positions, withStopped(plan.stoppedFromNowOn()), mayVanish);
    }

    /** Rows of the joined tables: as counted now, or else before, without those that were deleted since. */
    private Map<String, Long> counts() {
        Map<String, Long> counts = new HashMap<>(plan.counts());
        joined.forEach((table, reading) -> {
            if (reading instanceof TableReading.Whole all) {
                counts.put(table, all.count());
            } else if (reading instanceof TableReading.Changes) {
                plan.countWithoutDeleted(table).ifPresent(count -> counts.put(table, count));
            }
        });
        return counts;
    }

    private Batch batch() {
        List<BatchFile> all = new ArrayList<>();
        for (String table : tables()) {
            Optional.ofNullable(files.get(table)).ifPresent(all::add);
            Optional.ofNullable(deletions.get(table)).ifPresent(all::add);
        }
        Map<String, FedTable> fed = new LinkedHashMap<>(plan.fed());
        fed.keySet().removeIf(table -> joined.get(table) instanceof TableReading.Stopped);
        fed.replaceAll((table, state) -> isComplete(table) ? state.readFrom(snapshot.position()) : state);
        BatchTerms terms = terms();
        return new Batch(
                terms.number(),
                terms.kind(),
                position,
                config.ingestion().format(),
                all,
                terms.positions(),
                terms.stopped(),
                plan.feed(),
                fed,
                plan.isReconciliation() ? Optional.of(time()) : plan.reconciled(),
                rejects.byTable(),
                counts(),
                terms.mayVanish());
    }

    /**
     * Commits the batch.
     *
     * @throws KeywharfException when another run has taken its number meanwhile
     */
    Batch commit() {
        Batch batch = batch();
        rejects.commit(config.events(), work);
        config.batches().commit(batch.number(), batch);
        config.events()
                .info(
                        "totesys.extract.finished",
                        work,
                        "batch " + batch.number(),
                        String.format(Locale.ROOT, "extract finished, %,d rows", batch.rows()),
                        Fact.count("rows", batch.rows()),
                        Fact.time("took", Duration.ofNanos(System.nanoTime() - began)));
        return batch;
    }

    @Override
    public void close() {
        rejects.close();
        snapshot.close();
    }
}
