package io.github.keywharf.pipeline;

import io.github.keywharf.pipeline.star.StarTable;
import io.github.keywharf.pipeline.zone.Batch;
import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.pipeline.zone.IngestionFormat;
import io.github.keywharf.sql.Coverage;
import io.github.keywharf.sql.LateRows;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The transformation and the load of a batch while it is read from the source: what is written to the processed zone goes
 * into the warehouse's transaction, which commits last, after both manifests.
 *
 * <p>A load that fails is given up, and the batch is ingested and transformed without it: it is loaded from its files then.
 */
final class OverlappedSteps implements StarSink, AutoCloseable {

    private static final int READ_AHEAD = 3;

    private final PipelineConfig config;
    private final Extraction extraction;
    private final PipelineRun run;
    private final Transformation transformation;
    private @Nullable Loading loading;
    private @Nullable RuntimeException failure;

    /**
     * @param config of the pipeline
     * @param extraction whose joined tables were read
     * @param run this is part of
     */
    OverlappedSteps(PipelineConfig config, Extraction extraction, PipelineRun run) {
        this.config = config;
        this.extraction = extraction;
        this.run = run;
        this.transformation = new Transformation(config, extraction);
    }

    /** Reads the tables that star tables are made of, and makes and loads these. */
    void readTables() {
        transformation.run(this);
    }

    @Override
    public void load(StarTable star, Rows rows) {
        // The load closes what it takes, perhaps early; the rest of the rows goes to the files.
        try (Rows ahead = Rows.generate(rows.schema(), rows::next).readAhead(READ_AHEAD)) {
            ColumnBatch first = ahead.next();
            boolean complete = extraction.isComplete(star.driving());
            boolean emptied = complete && !extraction.terms().isFirst();
            if (first != null || emptied) {
                attempt(() -> {
                    Loading open = loading();
                    Coverage coverage = complete
                            ? open.complete(star, () -> transformation.rejectedKeys(star))
                            : Coverage.partial();
                    open.load(star, coverage, first == null ? ahead : joined(first, ahead), late(star));
                });
            }
        }
    }

    private static Rows joined(ColumnBatch first, Rows rest) {
        List<Supplier<Rows>> parts = List.of(() -> Rows.of(rest.schema(), List.of(first)), () -> rest);
        return Rows.concat(rest.schema(), parts);
    }

    /** The days of a fact's rows, which are known once the rows have been read. */
    private @Nullable LateRows late(StarTable star) {
        WarehouseTable calendar = config.star().calendar().table();
        return star.isFact()
                ? new LateRows(
                        calendar, () -> transformation.days().rows(config.star().calendar()))
                : null;
    }

    @Override
    public void delete(StarTable star, BatchFile keys) {
        attempt(() -> loading().delete(star, config.processed().read(keys, IngestionFormat.PARQUET, row -> {})));
    }

    /** Commits the transformation of an ingested batch, then its load unless that failed. */
    void commit(Batch batch) {
        transformation.commit();
        run.reports().addAll(transformation.reports());
        attempt(() -> {
            Loading open = loading();
            if (!open.alreadyLoaded()) {
                open.commit();
                run.stopped(open.withheld());
                run.reports().addAll(open.reports());
            }
            run.loaded(batch);
        });
    }

    /** What the load failed of; empty unless it did. */
    Optional<RuntimeException> failure() {
        return Optional.ofNullable(failure);
    }

    private Loading loading() {
        Loading open = loading;
        if (open == null) {
            open = Loading.overlapped(config, extraction.terms(), run);
            loading = open;
        }
        return open;
    }

    /** Does a part of the load unless an earlier part failed; a failure is kept, and the load undone. */
    private void attempt(Runnable part) {
        if (failure == null) {
            try {
                part.run();
            } catch (RuntimeException e) {
                failure = e;
                giveUp();
            }
        }
    }

    private void giveUp() {
        Loading open = loading;
        loading = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        try (transformation) {
            giveUp();
        }
    }
}
