/**
 * What lies in the two zones of a pipeline: batches, their files, and where those are. The values are what manifests hold, so
 * the names of their components do not change. Imports nothing of the pipeline; start with {@code Batch}.
 */
@NullMarked
package io.github.keywharf.pipeline.zone;

import org.jspecify.annotations.NullMarked;
