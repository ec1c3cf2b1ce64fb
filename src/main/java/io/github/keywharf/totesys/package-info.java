/**
 * The Totesys pipeline: a company's order database into a star-schema warehouse, by way of two zones of files.
 * {@link io.github.keywharf.totesys.TotesysPipeline} is the entry point, {@link io.github.keywharf.totesys.StarSchema}
 * what it fills.
 *
 * <p>Inside, along the way of a batch: {@code PipelineRuns} holds the lease and decides which steps run;
 * {@code Extractions} → {@code ExtractionPlan} → {@code Extraction} read the source into a {@code Zone} and commit a
 * manifest ({@code ManifestLog}); {@code Transformation} → {@code StarTransform} → {@code StarOutput}
 * make the star tables' files; {@code Loading} loads them in one transaction. {@code PipelinedBatch} does all three at
 * the same time. {@code PendingBatches} finds what an earlier run left, {@code …Rejects} and {@code Repair} keep and take
 * back rejected rows, {@code WarehouseLag} measures.
 */
@NullMarked
package io.github.keywharf.totesys;

import org.jspecify.annotations.NullMarked;
