/**
 * Delta tables in an object store, read and appended to without Spark: {@link io.github.keywharf.format.delta.DeltaTable}
 * is the entry point.
 *
 * <p>Inside: {@code LogListing} and {@code DeltaLog} find and replay the log, {@code Fields} and {@code LogReplay} make
 * values of its actions, whether they are JSON or rows of a checkpoint. {@code DeltaTypes}, {@code PartitionText} and
 * {@code FileStats} translate types, partition values and statistics. {@code DeltaFileRows}, {@code ColumnFit} and
 * {@code DeletedRows} read the rows of a file; {@code DeltaSink}, {@code PartitionBuffers}, {@code DeltaCommit} and
 * {@code CheckpointWriter} write.
 */
@NullMarked
package io.github.keywharf.format.delta;

import org.jspecify.annotations.NullMarked;
