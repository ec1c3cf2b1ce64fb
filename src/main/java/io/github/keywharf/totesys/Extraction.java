package io.github.keywharf.totesys;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Progress;
import io.github.keywharf.event.Work;
import io.github.keywharf.sql.ReadRequest;
import io.github.keywharf.sql.SnapshotPosition;
import io.github.keywharf.sql.SourceSnapshot;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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
    private final Map<String, Long> counts = new HashMap<>();
    private final Map<String, Table> held = new HashMap<>();
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

    /**
     * Reads the tables that are joined to others into memory: first what changed, then, where any of a group changed,
     * the group whole, so that every row that a change elsewhere touches is made again.
     */
    void readJoined() {
        Map<String, Table> changed = new HashMap<>();
        for (String table : plan.joined()) {
            RejectListener unread = rejects.holding(plan.table(table));
            plan.unread(table).forEach(unread::rejected);
            try (Rows rows = plan.changes(table)
                    .map(given -> completed(table, given, unread))
                    .orElseGet(() -> snapshot.read(plan.request(table), unread))) {
                changed.put(table, rows.toTable());
            }
        }
        List<StarTable> touched = config.star().tables().stream()
                .filter(star -> isTouched(star, changed))
                .toList();
        Set<String> reread = readGroups(touched, changed);
        for (String table : List.copyOf(plan.joined())) {
            if (plan.isComplete(table)) {
                checkCount(table, Optional.ofNullable(held.get(table)).orElse(changed.get(table)));
            } else {
                plan.countWithoutDeleted(table).ifPresent(count -> counts.put(table, count));
            }
        }
        Set<String> wanted = groups(touched);
        for (String table : reread) {
            if (plan.joined().contains(table) && !wanted.contains(table)) {
                putBack(table);
            }
        }
        changed.forEach((table, rows) -> {
            if (plan.joined().contains(table) && !held.containsKey(table) && rows.size() > 0) {
                held.put(table, rows);
            }
        });
    }

    /** Holds the tables of the groups where any changed; gives those that were read a second time for it. */
    private Set<String> readGroups(List<StarTable> touched, Map<String, Table> changed) {
        Set<String> reread = new LinkedHashSet<>();
        for (String table : groups(touched)) {
            Table first = changed.get(table);
            if (plan.isComplete(table) && first != null) {
                held.put(table, first);
            } else {
                plan.readWhole(table);
                reread.add(table);
                held.put(
                        table,
                        snapshot.read(ReadRequest.all(table), rejects.holding(plan.table(table)))
                                .toTable());
            }
        }
        return reread;
    }

    /** The tables that those of these star tables are made from which can be made. */
    private Set<String> groups(List<StarTable> stars) {
        Set<String> tables = new LinkedHashSet<>();
        for (StarTable star : stars) {
            if (plan.canMake(star)) {
                tables.addAll(star.lookups());
                tables.add(star.driving());
            }
        }
        return tables;
    }

    /** Whether a joined star table has to be made again, as far as it can be made. */
    private boolean isTouched(StarTable star, Map<String, Table> changed) {
        return !star.lookups().isEmpty()
                && plan.canMake(star)
                && Stream.concat(star.lookups().stream(), Stream.of(star.driving()))
                        .anyMatch(table -> isTouched(table, changed.get(table)));
    }

    /** Extracts of a table only what changed, as nothing is made of its other rows after all. */
    private void putBack(String table) {
        plan.readIncrement(table);
        held.remove(table);
        counts.remove(table);
        rejects.forgetSecond(plan.table(table));
    }

    /** A table that lost most of its rows is left out: what is joined to it would lose the values that it gave. */
    private void checkCount(String table, @Nullable Table rows) {
        long now = (rows == null ? 0 : rows.size()) + rejects.count(table);
        long before = plan.countWithoutDeleted(table).orElse(0L);
        if (plan.mayVanish().contains(table) || config.deletionLimit().allows(before - now, before)) {
            counts.put(table, now);
            if (now >= before && plan.namesDeleted(table)) {
                plan.allowDeletions(table);
            }
            return;
        }
        String reason = config.deletionLimit().reason(table, table, before - now, before);
        plan.stop(table, reason);
        held.remove(table);
        rejects.forget(table);
        config.events().error(Extractions.TABLE_STOPPED, work, table, reason);
    }

    private boolean isTouched(String table, @Nullable Table changed) {
        return (changed != null && changed.size() > 0)
                || plan.deleted(table).isPresent()
                || plan.wasStopped(table)
                || (plan.isComplete(table) && !plan.isFirst());
    }

    @Override
    public List<String> tables() {
        return plan.tables();
    }

    @Override
    public boolean isComplete(String table) {
        return plan.isComplete(table);
    }

    @Override
    public Map<String, Table> lookups(Function<String, RejectListener> unreadable) {
        Map<String, Table> whole = new HashMap<>(held);
        whole.keySet().removeIf(table -> !isComplete(table));
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
        } else if (plan.isEmptied(table)) {
            files.put(table, BatchFile.noRows(table, file.schema()));
        } else {
            config.events().debug("totesys.table.unchanged", work, table, "Nothing new");
        }
        extractDeletions(table);
        reports.put(table, TableReport.Extracted.of(written, rejects.count(table), System.nanoTime() - begun));
        if (reports.size() == plan.tables().size()) {
            // Whoever waits for a lock of the source waits for this, not for the warehouse.
            snapshot.close();
        }
    }

    /** Reads the tables that were not read yet. */
    void readRest() {
        for (String table : plan.tables()) {
            if (!reports.containsKey(table)) {
                try (FiledRows rows = read(table)) {
                    rows.drain();
                }
            }
        }
    }

    private Rows open(String table) {
        if (plan.joined().contains(table)) {
            rejects.tellHeld(plan.table(table));
            Table rows = held.get(table);
            return rows == null ? Rows.empty(plan.table(table).schema()) : rows.rows();
        }
        RejectListener unread = rejects.of(plan.table(table));
        plan.unread(table).forEach(unread::rejected);
        return plan.changes(table)
                .map(given -> completed(table, given, unread))
                .orElseGet(() -> snapshot.read(plan.request(table), unread).readAhead(READ_AHEAD));
    }

    /** Changed rows as the feed gave them, then those of which it gave a part, which are newer. */
    private Rows completed(String table, Table given, RejectListener unread) {
        return plan.incomplete(table)
                .map(request -> Rows.concat(
                        given.schema(), List.<Supplier<Rows>>of(given::rows, () -> snapshot.read(request, unread))))
                .orElseGet(given::rows);
    }

    private void extractDeletions(String table) {
        Optional<Table> deleted = plan.deleted(table);
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
        return files.isEmpty() && deletions.isEmpty() && rejects.isEmpty();
    }

    /** Whether there is anything to commit. */
    boolean isWorthCommitting() {
        return !isEmpty() || plan.isMilestone(time());
    }

    /** What was done by table, in the order of the tables. */
    List<TableReport> reports() {
        return plan.tables().stream()
                .filter(reports::containsKey)
                .map(table -> reports.get(table).report(table))
                .toList();
    }

    @Override
    public BatchTerms terms() {
        Map<String, SnapshotPosition> positions = new LinkedHashMap<>(plan.earlierPositions());
        if (plan.kind() != BatchKind.BACKFILL && !plan.hasMore()) {
            plan.tables().forEach(table -> positions.put(table, plan.position(table)));
        }
        return new BatchTerms(
                plan.number(), plan.kind(), position, positions, plan.stoppedFromNowOn(), plan.mayVanish());
    }

    private Batch batch() {
        List<BatchFile> all = new ArrayList<>();
        for (String table : plan.tables()) {
            Optional.ofNullable(files.get(table)).ifPresent(all::add);
            Optional.ofNullable(deletions.get(table)).ifPresent(all::add);
        }
        Map<String, Long> known = new HashMap<>(plan.counts());
        known.putAll(counts);
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
                plan.fed(),
                plan.isReconciliation() ? Optional.of(time()) : plan.reconciled(),
                rejects.byTable(),
                known,
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
