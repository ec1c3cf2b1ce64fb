package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import io.github.keywharf.table.WriteReport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A sink that writes while its run goes on. A run that was given up may still call it, and gets no further batch written. */
record GuardedSink(RowSink sink, String run, BooleanSupplier isOpen) implements RowSink {

    @Override
    public RowSink clearing() {
        return new GuardedSink(sink.clearing(), run, isOpen);
    }

    @Override
    public WriteReport write(Rows rows, RejectListener rejects) {
        try {
            check(run, isOpen);
            return sink.write(new GuardedRows(rows, run, isOpen), rejects);
        } catch (RuntimeException | Error e) {
            rows.close();
            throw e;
        }
    }

    static void check(String run, BooleanSupplier isOpen) {
        if (!isOpen.getAsBoolean()) {
            throw new KeywharfException(
                    "batch.run_over", run, "The run is over, and nothing more is taken from it; end when interrupted");
        }
    }

    private record GuardedRows(Rows rows, String run, BooleanSupplier isOpen) implements Rows {
        @Override
        public Schema schema() {
            return rows.schema();
        }

        @Override
        public @Nullable ColumnBatch next() {
            check(run, isOpen);
            return rows.next();
        }

        @Override
        public void close() {
            rows.close();
        }
    }
}
