package io.github.keywharf.pipeline;

import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.pipeline.star.CalendarDays;
import io.github.keywharf.pipeline.star.StarTable;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.pipeline.zone.BatchKind;
import io.github.keywharf.pipeline.zone.IngestionFormat;
import io.github.keywharf.pipeline.zone.ProcessedBatch;
import io.github.keywharf.sql.Coverage;
import io.github.keywharf.sql.LateRows;
import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.Warehouse;
import io.github.keywharf.sql.WarehouseLoad;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The load of one batch into the warehouse: one transaction, its dead letters durable before it commits. */
final class Loading implements AutoCloseable {

    /** How long a load may still run after its lease has ended; one that is alive ends sooner. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How long a load waits for a lock of others while it holds nobody up. */
    private static final Duration LOCKS = Duration.ofMinutes(10);

    /** A replay adds what the warehouse does not have, as a flow of its own in the warehouse's control tables. */
    private enum Kind {
        FIRST,
        REPLAY
    }

    private final PipelineConfig config;
    private final long number;
    private final Work work;
    private final long began = System.nanoTime();
    private final Kind kind;
    private final WarehouseLoad load;
    private final StepRejects rejects;
    private final Map<String, TableReport> reports = new LinkedHashMap<>();
    private final Set<String> mayVanish;
    private final Map<String, String> withheld = new LinkedHashMap<>();
    private long written;

    private Loading(PipelineConfig config, BatchTerms batch, PipelineRun run, Kind kind, Duration locks) {
        this.config = config;
        this.number = batch.number();
        this.work = config.work(number);
        this.kind = kind;
        this.mayVanish = batch.mayVanish();
        String replay = "-" + run.id();
        this.rejects =
                new StepRejects(config.processed().store(), number, kind == Kind.REPLAY ? "load" + replay : "load");
        this.load = config.warehouse()
                .begin(
                        kind == Kind.REPLAY ? config.name() + "/replay" + replay : config.name(),
                        number,
                        note(batch, run.id()),
                        new Warehouse.Takeover(
                                shorter(shorter(config.limits().lease(), PATIENCE), locks), locks, run::checkHeld));
    }

    /**
     * Begins a load while its batch is still read. It gives up where others have locked what it needs, for whoever waits for
     * the source's locks waits for it.
     */
    static Loading overlapped(PipelineConfig config, BatchTerms batch, PipelineRun run) {
        return new Loading(
                config, batch, run, Kind.FIRST, shorter(config.limits().lockWait(), LOCKS));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private Map<String, String> note(BatchTerms batch, String run) {
        Map<String, String> note = new HashMap<>(Map.of("kind", batch.kind().name(), "run", run));
        config.windowEnd(batch).ifPresent(end -> note.put(WarehouseLag.WINDOW_END, end.toString()));
        if (kind == Kind.REPLAY) {
            note.put(WarehouseLoad.ORIGIN, config.name());
        }
        return note;
    }

    boolean alreadyLoaded() {
        return load.alreadyLoaded();
    }

    /** Loads a whole batch from the processed zone's files, unless it was loaded before. */
    static List<TableReport> of(PipelineConfig config, Batch batch, ProcessedBatch processed, PipelineRun run) {
        try (Loading loading = new Loading(config, BatchTerms.of(batch), run, Kind.FIRST, LOCKS)) {
            return loading.alreadyLoaded() ? List.of() : loading.files(batch, processed, run);
        }
    }

    /** Loads what the warehouse does not have of a batch that was loaded before. */
    static List<TableReport> replay(PipelineConfig config, Batch batch, ProcessedBatch processed, PipelineRun run) {
        try (Loading loading = new Loading(config, BatchTerms.of(batch), run, Kind.REPLAY, LOCKS)) {
            return loading.files(batch, processed, run);
        }
    }

    private List<TableReport> files(Batch batch, ProcessedBatch processed, PipelineRun run) {
        if (kind == Kind.FIRST && batch.kind() == BatchKind.RECONCILIATION && number == config.floor()) {
            // The first batch had the calendar, and may be pruned.
            CalendarDays days = new CalendarDays();
            days.addRange(
                    config.star().calendar().first(), config.star().calendar().last());
            loadCalendar(days.rows(config.star().calendar()));
        }
        ProcessedRejects rejected = new ProcessedRejects(config, batch, processed);
        for (BatchFile file : processed.files()) {
            if (kind == Kind.REPLAY && file.deletions()) {
                // What was deleted then may have come back since.
                continue;
            }
            Rows rows = config.processed().read(file, IngestionFormat.PARQUET, row -> {});
            if (file.table().equals(config.star().calendar().table().name())) {
                loadCalendar(rows);
                continue;
            }
            StarTable star = config.star().byTargetName(file.table()).orElseThrow();
            if (file.deletions()) {
                delete(star, rows);
            } else {
                boolean complete = kind == Kind.FIRST && file.complete();
                load(
                        star,
                        complete ? complete(star, () -> rejected.keys(star)) : Coverage.partial(),
                        rows.readAhead(2),
                        null);
            }
        }
        commit();
        run.stopped(withheld());
        return reports();
    }

    /** All rows of a star table's driving table, whose deletions are limited unless the batch says otherwise. */
    Coverage complete(StarTable star, Supplier<Optional<Table>> rejected) {
        String target = star.target().name();
        return new Coverage.Complete(rejected, (deleted, known) -> {
            boolean allowed = mayVanish.contains(star.driving())
                    || config.limits().deletionLimit().allows(deleted, known);
            if (!allowed) {
                withheld.put(
                        star.driving(), config.limits().deletionLimit().reason(star.driving(), target, deleted, known));
            }
            return allowed;
        });
    }

    /** Source tables of which no deletion was recorded, with the reason. */
    Map<String, String> withheld() {
        return withheld;
    }

    void loadCalendar(Rows rows) {
        WarehouseTable calendar = config.star().calendar().table();
        report(
                calendar.name(),
                System.nanoTime(),
                load.load(calendar, LoadMode.ADD_MISSING, Coverage.partial(), rows, rejects.of(calendar.name())));
    }

    void load(StarTable star, Coverage coverage, Rows rows, @Nullable LateRows late) {
        long begun = System.nanoTime();
        WarehouseTable target = star.target();
        report(target.name(), begun, load.load(target, mode(star), coverage, rows, late, rejects.of(target.name())));
    }

    void delete(StarTable star, Rows keys) {
        long begun = System.nanoTime();
        long deleted = load.delete(star.target(), mode(star), keys);
        report(star.target().name(), begun, new WarehouseLoad.TableLoad(deleted, 0, 0, 0, 0, deleted));
    }

    private LoadMode mode(StarTable star) {
        if (kind == Kind.FIRST) {
            return star.isFact() ? config.mode().facts() : LoadMode.UPSERT;
        }
        return star.isFact() && config.mode() == WarehouseMode.HISTORY
                ? LoadMode.APPEND_ABSENT_VERSIONS
                : LoadMode.ADD_MISSING;
    }

    private void report(String table, long begun, WarehouseLoad.TableLoad done) {
        written += done.written();
        reports.merge(
                table,
                new TableReport(
                        table,
                        PipelineStep.LOAD,
                        done.read(),
                        done.written(),
                        done.deleted(),
                        done.rejected(),
                        0,
                        Duration.ofNanos(System.nanoTime() - begun)),
                TableReport::plus);
    }

    List<TableReport> reports() {
        return List.copyOf(reports.values());
    }

    /** Makes the dead letters durable, then commits: the batch is loaded when this returns. */
    void commit() {
        rejects.commit(config.events(), work);
        load.commit();
        withheld.forEach((table, reason) -> config.events().error(Extractions.TABLE_STOPPED, work, table, reason));
        config.events()
                .info(
                        "totesys.load.finished",
                        work,
                        "batch " + number,
                        String.format(Locale.ROOT, "load finished, %,d rows", written),
                        Fact.count("rows", written),
                        Fact.time("took", Duration.ofNanos(System.nanoTime() - began)));
    }

    @Override
    public void close() {
        rejects.close();
        load.close();
    }
}
