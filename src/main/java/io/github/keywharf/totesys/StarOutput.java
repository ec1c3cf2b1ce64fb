package io.github.keywharf.totesys;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Table;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One star table of one batch being made: transforms, writes to the processed zone, and remembers the days. */
final class StarOutput implements AutoCloseable {

    private final StarTable table;
    private final StarTransform transform;
    private final Zone.ZoneFile file;
    private final StepRejects rejects;
    private final CalendarDays days;
    private long read;
    private long nanos;

    StarOutput(
            StarTable table,
            Map<String, Table> lookups,
            Map<String, BatchRejects> unread,
            Zone.ZoneFile file,
            StepRejects rejects,
            CalendarDays days) {
        this.table = table;
        this.transform = new StarTransform(table, table.driving(), lookups, unread, rejects.of(table));
        this.file = file;
        this.rejects = rejects;
        this.days = days;
    }

    /** Transforms a batch of the driving table, writes the result to the processed zone, and gives it. */
    ColumnBatch accept(ColumnBatch batch) {
        long begun = System.nanoTime();
        ColumnBatch made = transform.apply(batch);
        if (table.isFact()) {
            days.addDatesOf(made);
        }
        file.write(made);
        read += batch.size();
        nanos += System.nanoTime() - begun;
        return made;
    }

    StarTable table() {
        return table;
    }

    /** Commits the file; null when no row was made. */
    @Nullable
    BatchFile commit(boolean complete) {
        return file.commit(complete);
    }

    TableReport report(@Nullable BatchFile written) {
        return new TableReport(
                table.target().name(),
                PipelineStep.TRANSFORM,
                read,
                written == null ? 0 : written.rows(),
                0,
                rejects.count(table.target().name()),
                written == null ? 0 : written.bytes(),
                java.time.Duration.ofNanos(nanos));
    }

    @Override
    public void close() {
        file.close();
    }
}
