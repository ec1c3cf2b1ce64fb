package io.github.keywharf.cassandra;

import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Rows;
import org.jspecify.annotations.Nullable;

/** Cuts rows into windows, whatever the size of their batches. */
final class BulkReader {
    private final Rows rows;
    private final int windowRows;
    private @Nullable ColumnBatch batch;
    private int offset;
    private long read;

    BulkReader(Rows rows, int windowRows) {
        this.rows = rows;
        this.windowRows = windowRows;
    }

    /** Passes over rows; returns false when there are fewer. */
    boolean skip(long count) {
        while (read < count) {
            if (!fill()) {
                return false;
            }
            int taken = (int) Math.min(count - read, rest());
            offset += taken;
            read += taken;
        }
        return true;
    }

    /** The next rows, or null at the end. */
    @Nullable
    BulkWindow next() {
        BulkWindow window = new BulkWindow(read);
        while (window.size() < windowRows && fill()) {
            int taken = Math.min(windowRows - window.size(), rest());
            window.add(current(), offset, taken);
            offset += taken;
            read += taken;
        }
        return window.size() == 0 ? null : window;
    }

    private boolean fill() {
        if (batch == null || rest() == 0) {
            batch = rows.next();
            offset = 0;
        }
        return batch != null;
    }

    private ColumnBatch current() {
        if (batch == null) {
            throw new IllegalStateException("There is no batch");
        }
        return batch;
    }

    private int rest() {
        return current().size() - offset;
    }

    /** Rows read so far, those passed over included. */
    long read() {
        return read;
    }
}
