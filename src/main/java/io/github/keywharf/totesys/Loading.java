package io.github.keywharf.totesys;

import io.github.keywharf.sql.Coverage;
import io.github.keywharf.sql.LateRows;
import io.github.keywharf.sql.LoadMode;
import io.github.keywharf.sql.WarehouseLoad;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.Rows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The load of one batch into the warehouse: one transaction, its dead letters durable before it commits. */
final class Loading implements AutoCloseable {

    private final PipelineConfig config;
    private final long number;
    private final boolean again;
    private final WarehouseLoad load;
    private final DeadLetters rejects;
    private final List<TableReport> reports = new ArrayList<>();
    private long written;

    /**
     * @param config of the pipeline
     * @param batch to load
     * @param run names this run; makes loading again an entry of its own in the warehouse's books
     * @param again whether the batch is to be loaded although it was before
     */
    Loading(PipelineConfig config, Batch batch, String run, boolean again) {
        this.config = config;
        this.number = batch.number();
        this.again = again;
        this.rejects =
                new DeadLetters(config.processed().store(), DeadLetters.folder(number, again ? "load-" + run : "load"));
        this.load = config.warehouse()
                .begin(
                        again ? config.name() + "/replay-" + run : config.name(),
                        number,
                        Map.of(
                                "kind", batch.kind().name(),
                                "window_end", batch.position().time().toString(),
                                "run", run));
    }

    boolean alreadyLoaded() {
        return load.alreadyLoaded();
    }

    /** Loads a whole batch from the processed zone's files, unless it was loaded before. */
    static List<TableReport> of(
            PipelineConfig config, Batch batch, ProcessedBatch processed, String run, boolean again) {
        try (Loading loading = new Loading(config, batch, run, again)) {
            if (loading.alreadyLoaded()) {
                return List.of();
            }
            ProcessedRejects rejected = new ProcessedRejects(config, processed);
            for (BatchFile file : processed.files()) {
                Rows rows = config.processed().read(file, IngestionFormat.PARQUET, row -> {});
                if (file.table().equals(config.star().calendarTable().name())) {
                    loading.loadCalendar(rows);
                } else {
                    StarTable star = config.star().byTargetName(file.table()).orElseThrow();
                    if (file.deletions()) {
                        loading.delete(star, rows);
                    } else {
                        loading.load(
                                star,
                                file.complete() && !again
                                        ? new Coverage.Complete(() -> rejected.keys(star))
                                        : Coverage.partial(),
                                rows.readAhead(2),
                                Optional.empty());
                    }
                }
            }
            loading.commit();
            return loading.reports();
        }
    }

    void loadCalendar(Rows rows) {
        WarehouseTable calendar = config.star().calendarTable();
        report(
                calendar.name(),
                System.nanoTime(),
                load.load(calendar, LoadMode.ADD_MISSING, Coverage.partial(), rows, rejects.of(calendar.name())));
    }

    void load(StarTable star, Coverage coverage, Rows rows, Optional<LateRows> late) {
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
        if (!again) {
            return star.isFact() ? config.mode().facts() : LoadMode.UPSERT;
        }
        return star.isFact() && config.mode() == WarehouseMode.HISTORY
                ? LoadMode.APPEND_ABSENT_VERSIONS
                : LoadMode.ADD_MISSING;
    }

    private void report(String table, long begun, WarehouseLoad.TableLoad done) {
        written += done.written();
        reports.add(new TableReport(
                table,
                "load",
                done.read(),
                done.written(),
                done.deleted(),
                done.rejected(),
                0,
                Duration.ofNanos(System.nanoTime() - begun)));
    }

    List<TableReport> reports() {
        return reports;
    }

    /** Makes the dead letters durable, then commits: the batch is loaded when this returns. */
    void commit() {
        rejects.commit(config.events());
        load.commit();
        config.events().onEvent(new PipelineEvent.StepFinished("load", number, written));
    }

    @Override
    public void close() {
        rejects.close();
        load.close();
    }
}
