package io.github.keywharf.table;

import io.github.keywharf.internal.OnePass;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Rows whose batches come from a function, and what is to be closed with them. */
final class SuppliedRows implements Rows {

    /** What is to be closed. */
    interface Closing extends AutoCloseable {
        @Override
        void close();
    }

    private final Schema schema;
    private final Supplier<@Nullable ColumnBatch> batches;
    private final Supplier<LeftOut> leftOut;
    private final Closing closing;
    private OnePass state = OnePass.OPEN;

    SuppliedRows(Schema schema, Supplier<@Nullable ColumnBatch> batches, Supplier<LeftOut> leftOut, Closing closing) {
        this.schema = schema;
        this.batches = batches;
        this.leftOut = leftOut;
        this.closing = closing;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public @Nullable ColumnBatch next() {
        state.requireOpen();
        ColumnBatch batch = batches.get();
        while (batch != null && batch.size() == 0) {
            batch = batches.get();
        }
        return batch;
    }

    @Override
    public LeftOut leftOut() {
        return leftOut.get();
    }

    @Override
    public void close() {
        if (state == OnePass.OPEN) {
            state = OnePass.CLOSED;
            closing.close();
        }
    }

    @Override
    public String toString() {
        return "Rows[" + schema + "]";
    }
}
