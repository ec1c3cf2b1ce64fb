package io.github.keywharf.pipeline;

import io.github.keywharf.pipeline.zone.BatchFile;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a run did for one table.
 *
 * @param table a source table (of the extraction) or a star table (of the steps after it)
 * @param step which step did it
 * @param read rows taken in
 * @param written rows that are new where the step writes: in a zone's file, or in the warehouse
 * @param deleted keys that a load found deleted; 0 for the other steps
 * @param rejected rows refused, all of them in the dead-letter place
 * @param bytes size of the file written; 0 for a load
 * @param took wall-clock time, of which steps that run together share some
 */
public record TableReport(
        String table,
        PipelineStep step,
        long read,
        long written,
        long deleted,
        long rejected,
        long bytes,
        Duration took) {

    /** What was done for the same table in the same step, in all. */
    TableReport plus(TableReport other) {
        return new TableReport(
                table,
                step,
                read + other.read,
                written + other.written,
                deleted + other.deleted,
                rejected + other.rejected,
                bytes + other.bytes,
                took.plus(other.took));
    }

    /** What an extraction did for one table. */
    record Extracted(long rows, long bytes, long rejected, long nanos) {

        static Extracted of(@Nullable BatchFile file, long rejected, long nanos) {
            return file == null
                    ? new Extracted(0, 0, rejected, nanos)
                    : new Extracted(file.rows(), file.bytes(), rejected, nanos);
        }

        TableReport report(String table) {
            return new TableReport(
                    table, PipelineStep.EXTRACT, rows + rejected, rows, 0, rejected, bytes, Duration.ofNanos(nanos));
        }
    }
}
