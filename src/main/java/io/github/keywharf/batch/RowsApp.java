package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Origins;
import io.github.keywharf.table.RowMask;
import io.github.keywharf.table.RowStep;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.WriteReport;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The built-in app {@value TenantProfile#ROWS_APP}: reads CSV ({@code .csv}, or {@code .tsv} with tabs), JSON lines
 * ({@code .jsonl}, {@code .json}) or Parquet ({@code .parquet}) with the profile's schema, formats and steps, adds the
 * column of row ids where the profile names one, and writes to the job's sink. A file larger than memory passes.
 *
 * <p>Whichever of reader, steps and sink rejects a row, it is kept as it stands in the file, under {@code file:line} (Parquet:
 * {@code file:row}), so that all rejected rows of a file are repaired in the same form and take the same way again.
 */
final class RowsApp implements ClientIngestApp {

    @Override
    public WriteReport ingest(IngestJob job) {
        return ingest(job, RowsPlan.of(job.profile()));
    }

    static WriteReport ingest(IngestJob job, RowsPlan plan) {
        FileRows file = FileRows.of(job, plan);
        return run(job, plan, file, () -> file);
    }

    /**
     * Takes repaired rows of the job's file the same way: through all steps, with the ids of the places they had in the
     * file, into the same sink. A row that was written before is therefore replaced, not doubled. Steps that remember other
     * rows ({@code distinct}, {@code limit}) see the repaired rows alone.
     *
     * @param store has the repaired rows as {@link io.github.keywharf.format.RejectedRows} writes them
     * @param key of the object
     */
    WriteReport ingestRepaired(IngestJob job, ObjectStore store, String key) {
        return ingestRepaired(job, RowsPlan.of(job.profile()), store, key);
    }

    static WriteReport ingestRepaired(IngestJob job, RowsPlan plan, ObjectStore store, String key) {
        FileRows file = FileRows.of(job, plan);
        return run(job, plan, file, () -> new RepairedRows(store, key, file, plan));
    }

    private static WriteReport run(IngestJob job, RowsPlan plan, FileRows file, Supplier<RowsSource> opener) {
        try {
            RowsSource source = opener.get();
            try (RowsRun run = new RowsRun(job, plan, source)) {
                Rows rows = stepped(job, plan, run, source.fit());
                WriteReport written = job.sink().write(rows, run.sinkRejects());
                run.end();
                // The reader's rejected rows are not in the sink's report, and a row that is rejected twice is in it
                // once. The sink has compared its own counts; those of a load that it continued include rows that an
                // earlier run read.
                return new WriteReport(
                        run.read(),
                        written.written(),
                        written.leftOut().withRejected(run.rejected()),
                        written.bytes(),
                        written.took(),
                        List.of());
            }
        } catch (KeywharfException e) {
            throw file.named(e);
        }
    }

    private static Rows stepped(IngestJob job, RowsPlan plan, RowsRun run, RowStep fit) {
        List<RowStep> steps = new ArrayList<>(List.of(fit, plan.steps()));
        plan.rowId().ifPresent(column -> steps.add(rowId(job, column)));
        try {
            return run.open().through(RowStep.all(steps), run.stepRejects());
        } catch (IllegalArgumentException e) {
            throw new KeywharfException(
                    "batch.steps_do_not_fit",
                    job.file().name(),
                    "The profile's schema and steps do not fit the file's columns: " + e.getMessage()
                            + "; correct the file or the profile",
                    e);
        }
    }

    /** A step that makes the column of ids. */
    private static RowStep rowId(IngestJob job, String column) {
        return RowStep.column(
                Column.required(column, ColumnType.UUID), (batch, rejected) -> ids(job, column, batch, rejected));
    }

    private static ColumnVector ids(IngestJob job, String column, ColumnBatch batch, RowMask rejected) {
        ColumnVector.Builder ids = ColumnVector.builder(ColumnType.UUID, batch.size());
        Origins origins = batch.origins().orElseThrow();
        for (int row = 0; row < batch.size(); row++) {
            long position = origins.of(row).position();
            if (position > 0) {
                ids.appendValue(job.rowId(position));
            } else {
                ids.appendNull();
                rejected.reject(row, column, "cannot be made, as a step lost the row's place in the file");
            }
        }
        return ids.build();
    }

    @Override
    public String toString() {
        return "RowsApp";
    }
}
