package io.github.keywharf.totesys;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Set;

/**
 * Carries the Totesys order database into a star-schema warehouse: extracts what changed into an ingestion zone of
 * immutable files, transforms each batch into a processed zone, and loads it into the warehouse in one transaction.
 *
 * <pre>{@code
 * TotesysPipeline pipeline = TotesysPipeline.builder()
 *         .source(totesys.source())
 *         .ingestion(store.under("ingestion"))
 *         .processed(store.under("processed"))
 *         .warehouse(warehouse.warehouse())
 *         .build();
 * pipeline.createWarehouse();
 * RunReport report = pipeline.run();
 * }</pre>
 *
 * <p>Running again after a crash at any point gives the same warehouse as one clean run. "Ingested" and "loaded" are
 * different facts: a batch that was ingested but not loaded is loaded, in order, by the next run.
 *
 * <p>Thread-safe. A lease in the ingestion zone keeps two runs from overlapping, in one process or many; a run that finds
 * it held reports that it was skipped. Closes nothing: source, stores and warehouse belong to whoever made them.
 */
public final class TotesysPipeline {

    private final PipelineConfig config;
    private final PipelineRuns runs;

    TotesysPipeline(PipelineConfig config) {
        this.config = config;
        this.runs = new PipelineRuns(config);
    }

    /** A builder with the defaults that {@link TotesysPipelineBuilder} lists; a source, zones and a warehouse are needed. */
    public static TotesysPipelineBuilder builder() {
        return new TotesysPipelineBuilder();
    }

    /**
     * Creates what is missing of the warehouse: tables, views of the facts' current state, and its control tables.
     *
     * @return the statements that were run
     */
    public List<String> createWarehouse() {
        return config.warehouse()
                .create(config.star().warehouseTables(), config.mode().facts());
    }

    /**
     * Loads what is pending, extracts what changed, and carries it into the warehouse; reconciles when that is due.
     *
     * @throws io.github.keywharf.KeywharfException when a step failed as a whole; what was committed before stays, and
     *     the next run continues from there
     */
    public RunReport run() {
        return runs.run();
    }

    /**
     * Extracts what changed into the ingestion zone, and does nothing else.
     *
     * @return the new batches, oldest first; empty when nothing changed
     */
    public List<Batch> extract() {
        return extract(List.of());
    }

    /**
     * Extracts what changed in some tables, and in those that they are joined to, into the ingestion zone. With
     * {@link ChangeDetection#LOGICAL_REPLICATION} the changes of all other tables come along that the feed has, as it has
     * one position for all.
     *
     * @param tablesToQuery the source tables; empty for all
     * @return the new batches, oldest first; empty when nothing changed
     * @throws io.github.keywharf.KeywharfException with code {@code sql.unknown_table} when there is no such table
     */
    public List<Batch> extract(List<String> tablesToQuery) {
        return runs.extract(tablesToQuery);
    }

    /**
     * Transforms every batch that is ingested but not transformed.
     *
     * @return what they became, oldest first
     */
    public List<ProcessedBatch> transform() {
        return runs.transform();
    }

    /**
     * Transforms one batch, after those before it that are not transformed yet; one that is stays as it is.
     *
     * @param batch its number
     * @return what it became
     * @throws io.github.keywharf.KeywharfException with code {@code totesys.unknown_batch} when there is none
     */
    public ProcessedBatch transform(long batch) {
        return runs.transform(batch);
    }

    /** Loads every batch that is transformed but not loaded, in order. */
    public RunReport load() {
        return runs.load();
    }

    /**
     * Loads one batch, after those before it that are not loaded yet. A batch that is loaded stays as it is.
     *
     * @param batch its number
     * @return what was loaded
     * @throws io.github.keywharf.KeywharfException with code {@code totesys.unknown_batch} when there is none
     */
    public RunReport load(long batch) {
        return runs.load(batch);
    }

    /**
     * Reads everything, and carries into the warehouse what had vanished or slipped through: deletions are entered into
     * the warehouse's control tables, and facts that differ get a new version.
     */
    public RunReport reconcile() {
        return runs.reconcile(Set.of());
    }

    /**
     * Reconciles once without {@link TotesysPipelineBuilder#deletionLimit} for some tables, whose rows were deleted on
     * purpose. The next reconciliation has the limit again.
     *
     * @param sourceTables the tables of the source, as the report that they were stopped names them
     * @throws io.github.keywharf.KeywharfException with code {@code sql.unknown_table} when there is no such table
     */
    public RunReport reconcileAllowingDeletions(List<String> sourceTables) {
        return runs.reconcile(Set.copyOf(sourceTables));
    }

    /**
     * Reads the rows whose {@code last_updated} lies in a window of the past again, as a batch of its own.
     *
     * @param from inclusive, UTC
     * @param to exclusive, UTC
     */
    public RunReport backfill(LocalDateTime from, LocalDateTime to) {
        return runs.backfill(from, to);
    }

    /**
     * Transforms batches again from the ingestion zone and loads what the warehouse does not have of them. Versions that
     * are there stay as they are, and dimensions are not set back. Versions that come back take the place of their batch
     * in the order of versions. A replay that added anything ends with a reconciliation, so that what changed or was
     * deleted since is not current again.
     *
     * @param first the first batch
     * @param last the last batch, inclusive
     * @throws io.github.keywharf.KeywharfException with code {@code totesys.unknown_batch} when one is not there
     */
    public RunReport replay(long first, long last) {
        return runs.replay(first, last);
    }

    /** The files of rejected rows, newest batch first. */
    public List<RejectedFile> listRejected() {
        return runs.listRejected();
    }

    /**
     * Takes rejected rows in again, repaired: as a batch of its own, after which the next run reconciles, since a row may
     * have changed in the source meanwhile.
     *
     * @param file which rejected rows were repaired
     * @param repaired a copy of the file with the members of {@code row} corrected, and lines that are not wanted left out
     * @return what the batch did; rows that are still refused are in its dead letters
     */
    public RunReport repair(RejectedFile file, Path repaired) {
        return runs.repair(file, repaired);
    }

    /** What a run would do now, found out without doing it. */
    public RunPlan plan() {
        return runs.plan();
    }

    /** The batches in the ingestion zone, newest first, at most so many. */
    public List<Batch> listBatches(int most) {
        try (var batches = config.batches().newestFirst()) {
            return batches.limit(most).toList();
        }
    }

    /**
     * Runs repeatedly until closed. A run that fails is reported to the listener, and the next one comes at its time.
     *
     * @param pause between the end of a run and the beginning of the next
     */
    public PipelineSchedule every(Duration pause) {
        return PipelineSchedule.start(this, config, pause);
    }

    @Override
    public String toString() {
        return "TotesysPipeline[" + config.name() + ": " + config.source().name() + " -> "
                + config.ingestion().store().name() + " -> "
                + config.processed().store().name() + " -> "
                + config.warehouse().name() + ", " + config.mode() + ", " + config.detection() + "]";
    }
}
