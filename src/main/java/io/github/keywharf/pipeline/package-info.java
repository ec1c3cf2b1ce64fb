/**
 * A pipeline from a source database into a star-schema warehouse, by way of two zones of files. {@code PipelineConfig} says
 * from where to where, {@code PipelineRuns} does it, and reports come out; a host gets both by {@code TotesysPipeline}. {@code
 * star} declares and makes the warehouse's tables, {@code zone} has the batches and files of the zones. No name of a source
 * or a warehouse stands here.
 *
 * <p>Inside, the way of one changed row, each class read once:
 *
 * <pre>
 * PipelineRuns.run()               under the lease: loads what an earlier run left, then carries batches until none is left
 *     Extractions.begin()           takes a snapshot of the source, and holds an ExtractionPlan against what it has
 *     Extraction.rows(table)        FiledRows: each batch goes into a file of the ingestion zone, then on
 *       Transformation.run()        FiledRows again: StarTransform makes the star table's rows, into the processed zone
 *         Loading.load()            into the warehouse's transaction
 *     Extraction.commit()           manifest of the ingestion zone: the batch is there from now on
 *     Transformation.commit()       manifest of the processed zone
 *     Loading.commit()              the row is in the warehouse
 * </pre>
 *
 * <p>That is a batch whose steps overlap ({@code OverlappedSteps} joins them). Staged, each step is completed before the
 * next: {@code Extraction} reads to the end of its rows by itself, {@code Transformation} takes the same {@code BatchRows}
 * from the files of an {@code IngestedBatch} and hands them to nobody, and {@code Loading} reads the files of the processed
 * zone. {@code PendingBatches} does so too with whatever batch was not loaded: one of a run that failed, or one whose load
 * had to be given up while the source was read, as others had locked the warehouse.
 *
 * <p>Invariants: a file is there only once a manifest names it, and manifests are written last; the source is let go with the
 * last row read; a batch is in the warehouse whole or not at all, and once.
 *
 * <p>Beside the way: {@code …Rejects} and {@code Repair} keep and take back rejected rows, {@code WarehouseLag} measures.
 */
@NullMarked
package io.github.keywharf.pipeline;

import org.jspecify.annotations.NullMarked;
