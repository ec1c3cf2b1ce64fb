package io.github.keywharf.batch;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.WriteReport;
import java.util.function.BooleanSupplier;

/** A sink that writes until its run is over. A run that was given up may still call it, and gets no further batch written. */
record GuardedSink(RowSink sink, String run, BooleanSupplier isOpen) implements RowSink {

    /** Opens such sinks until the run is over. */
    static TenantSinks of(TenantSinks sinks, String run, BooleanSupplier isOpen) {
        return job -> {
            requireOpen(run, isOpen);
            return new GuardedSink(sinks.open(job), run, isOpen);
        };
    }

    @Override
    public RowSink clearing() {
        return new GuardedSink(sink.clearing(), run, isOpen);
    }

    @Override
    public WriteReport write(Rows rows, RejectListener rejects) {
        try {
            requireOpen();
            return sink.write(rows.beforeNext(this::requireOpen), rejects);
        } catch (RuntimeException | Error e) {
            rows.close();
            throw e;
        }
    }

    /** Fails with {@code batch.run_over} when the run was given up. */
    void requireOpen() {
        requireOpen(run, isOpen);
    }

    static void requireOpen(String run, BooleanSupplier isOpen) {
        if (!isOpen.getAsBoolean()) {
            throw new KeywharfException(
                    "batch.run_over", run, "The run is over, and nothing more is taken from it; end when interrupted");
        }
    }
}
