package io.github.keywharf.pipeline;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Rows on their way through a step into a file of a zone: each batch is written before it is handed on, and the file is
 * committed before the end is.
 *
 * <p>A failure is thrown again by each further call: whoever takes the rows may keep it for itself, and a file must not be
 * committed without the rest of its rows.
 */
final class FiledRows implements Rows {

    private final Rows rows;
    private final Zone.ZoneFile file;
    private final UnaryOperator<ColumnBatch> step;
    private final Consumer<FiledRows> end;
    private long read;
    private long nanos;
    private boolean ended;
    private @Nullable RuntimeException failure;

    /**
     * @param rows to read; closed with these
     * @param file to write; closed with these
     * @param step makes the batches that are written and handed on
     * @param end commits the file, once, when all rows were written
     */
    FiledRows(Rows rows, Zone.ZoneFile file, UnaryOperator<ColumnBatch> step, Consumer<FiledRows> end) {
        this.rows = rows;
        this.file = file;
        this.step = step;
        this.end = end;
    }

    @Override
    public Schema schema() {
        return file.schema();
    }

    @Override
    public @Nullable ColumnBatch next() {
        if (failure != null) {
            throw failure;
        }
        try {
            for (ColumnBatch batch = rows.next(); batch != null; batch = rows.next()) {
                ColumnBatch made = write(batch);
                if (made.size() > 0) {
                    return made;
                }
            }
            if (!ended) {
                ended = true;
                end.accept(this);
            }
            return null;
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        } catch (Error e) {
            failure = new IllegalStateException("The rows of " + file.table() + " could not be read to their end", e);
            throw e;
        }
    }

    private ColumnBatch write(ColumnBatch batch) {
        long begun = System.nanoTime();
        ColumnBatch made = step.apply(batch);
        file.write(made);
        read += batch.size();
        nanos += System.nanoTime() - begun;
        return made;
    }

    Zone.ZoneFile file() {
        return file;
    }

    /** Rows read so far. */
    long read() {
        return read;
    }

    /** Time spent on the step and on writing. */
    long nanos() {
        return nanos;
    }

    /** Reads to the end. */
    void drain() {
        for (ColumnBatch batch = next(); batch != null; batch = next()) {
            // It is written by now, and nobody else wants it.
        }
    }

    @Override
    public void close() {
        try (file) {
            rows.close();
        }
    }
}
