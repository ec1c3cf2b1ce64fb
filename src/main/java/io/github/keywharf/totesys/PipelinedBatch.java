package io.github.keywharf.totesys;

import io.github.keywharf.sql.Coverage;
import io.github.keywharf.sql.LateRows;
import io.github.keywharf.sql.WarehouseTable;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One batch carried from the source into the warehouse in one go: while a table is read and both zones' files are
 * written, its rows stream into the warehouse's transaction, which commits last, after both manifests.
 *
 * <p>A warehouse that fails does not stop the batch from being ingested and transformed: it is loaded from the files then,
 * once the source is let go, or by the next run.
 */
final class PipelinedBatch {

    private final PipelineConfig config;
    private final Extraction extraction;
    private final PipelineRun run;
    private final List<TableReport> reports = new ArrayList<>();
    private final Map<String, String> withheld = new LinkedHashMap<>();
    private @Nullable Loading loading;
    private volatile @Nullable RuntimeException loadFailure;

    /**
     * @param config of the pipeline
     * @param extraction begun, nothing extracted yet
     * @param run this is part of
     */
    PipelinedBatch(PipelineConfig config, Extraction extraction, PipelineRun run) {
        this.config = config;
        this.extraction = extraction;
        this.run = run;
    }

    /** What became of the batch: empty when there was nothing in it. */
    record Outcome(
            Optional<Batch> batch,
            List<TableReport> reports,
            Map<String, String> withheld,
            @Nullable RuntimeException loadFailure) {}

    Outcome run() {
        try (Transformation transformation = new Transformation(
                config,
                extraction.plan().number(),
                extraction.time(),
                extraction.plan().isFirst())) {
            extraction.readJoined();
            for (String table : extraction.plan().tables()) {
                carry(table, transformation);
            }
            if (!extraction.isWorthCommitting()) {
                return new Outcome(Optional.empty(), List.of(), Map.of(), null);
            }
            Batch batch = extraction.commit();
            extraction.reports().forEach((table, report) -> reports.add(report.report(table)));
            transformation.commit();
            reports.addAll(transformation.reports());
            commitLoad();
            return new Outcome(Optional.of(batch), reports, withheld, loadFailure);
        } finally {
            if (loading != null) {
                loading.close();
            }
        }
    }

    private void carry(String table, Transformation transformation) {
        List<StarTable> driven = config.star().drivenBy(table).stream()
                .filter(star -> canMake(star))
                .toList();
        if (driven.isEmpty()) {
            extraction.extract(table, batch -> {});
            return;
        }
        Map<String, Table> lookups = extraction.held();
        for (int i = 0; i < driven.size(); i++) {
            boolean firstOfTable = i == 0;
            StarTable star = driven.get(i);
            try (StarOutput output = transformation.begin(star, lookups, extraction.rejected())) {
                stream(table, star, output, transformation, firstOfTable);
                transformation.finish(output, extraction.plan().isComplete(table));
            }
        }
        BatchFile deleted = extraction.deletions(table);
        if (deleted != null) {
            for (StarTable star : driven) {
                BatchFile keys = transformation.delete(star, readIngested(deleted));
                if (keys != null) {
                    attempt(() ->
                            loading().delete(star, config.processed().read(keys, IngestionFormat.PARQUET, row -> {})));
                }
            }
        }
    }

    /** A joined star table is made only in a batch that has its whole group. */
    private boolean canMake(StarTable star) {
        return star.lookups().isEmpty()
                || (extraction.held().keySet().containsAll(star.lookups())
                        && extraction.plan().isComplete(star.driving()));
    }

    private Rows readIngested(BatchFile file) {
        return config.ingestion().read(file, config.ingestion().format(), row -> {});
    }

    private void stream(
            String table, StarTable star, StarOutput output, Transformation transformation, boolean firstOfTable) {
        boolean complete = extraction.plan().isComplete(table);
        try (BatchQueue queue = new BatchQueue(star.target().schema())) {
            queue.produce(() -> {
                if (firstOfTable) {
                    extraction.extract(table, batch -> queue.put(output.accept(batch)));
                } else {
                    rereadInto(table, queue, output);
                }
            });
            boolean emptied = complete && !extraction.plan().isFirst();
            if ((queue.awaitFirst() || emptied) && loadFailure == null) {
                attempt(() -> {
                    Coverage coverage = complete
                            ? loading()
                                    .complete(
                                            star,
                                            () -> transformation
                                                    .rejects()
                                                    .keys(
                                                            star,
                                                            Optional.ofNullable(extraction
                                                                    .rejected()
                                                                    .get(table))))
                            : Coverage.partial();
                    loading().load(star, coverage, queue.rows(), late(star, transformation));
                });
            }
            queue.finish();
        }
    }

    /** The days of a fact's rows, which are known once the rows have been read. */
    private @Nullable LateRows late(StarTable star, Transformation transformation) {
        WarehouseTable calendar = config.star().calendarTable();
        return star.isFact()
                ? new LateRows(calendar, () -> transformation.days().rows(calendar.schema(), config.star()))
                : null;
    }

    private void rereadInto(String table, BatchQueue queue, StarOutput output) {
        for (BatchFile file : extraction.batch().files()) {
            if (file.table().equals(table) && !file.deletions()) {
                try (Rows rows = readIngested(file)) {
                    for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                        queue.put(output.accept(batch));
                    }
                }
            }
        }
    }

    private Loading loading() {
        Loading open = loading;
        if (open == null) {
            open = Loading.overlapped(config, extraction.batch(), run);
            loading = open;
        }
        return open;
    }

    private void commitLoad() {
        attempt(() -> {
            Loading open = loading();
            if (!open.alreadyLoaded()) {
                open.commit();
                withheld.putAll(open.withheld());
                reports.addAll(open.reports());
            }
        });
    }

    /** Does a part of the load unless an earlier part failed; a failure is kept, and the load undone. */
    private void attempt(Runnable part) {
        if (loadFailure == null) {
            try {
                part.run();
            } catch (RuntimeException e) {
                loadFailure = e;
            }
        }
        if (loadFailure != null && loading != null) {
            loading.close();
            loading = null;
        }
    }
}
