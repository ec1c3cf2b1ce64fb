package io.github.keywharf.cassandra;

import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ObjectVector;
import io.github.keywharf.table.Rows;
import org.jspecify.annotations.Nullable;

/** Cuts rows into windows, whatever the size of their batches. */
final class BulkReader {
    /**
     * Bytes that end a window before it has all its rows, 16 MiB: a few windows are held at a time, and rows so large gain
     * little from being grouped further.
     */
    static final int MAX_WINDOW_BYTES = 16 << 20;

    /** What a value that is an object takes at least: a reference, the object and what is in it. */
    private static final int OBJECT_BYTES = 48;

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
        long bytes = 0;
        while (window.size() < windowRows && bytes < MAX_WINDOW_BYTES && fill()) {
            int taken = Math.min(windowRows - window.size(), rest());
            long memory = bytes(current(), offset, taken);
            bytes += memory;
            window.add(current(), offset, taken, memory);
            offset += taken;
            read += taken;
        }
        return window.size() == 0 ? null : window;
    }

    /** What these rows take in memory, about; of the size of nested values nothing is known. */
    private static long bytes(ColumnBatch batch, int from, int count) {
        long bytes = 0;
        for (int i = 0; i < batch.schema().size(); i++) {
            bytes += batch.column(i) instanceof BytesVector values
                    ? values.byteCount(from, from + count)
                    : (long) count * (batch.column(i) instanceof ObjectVector ? OBJECT_BYTES : Long.BYTES);
        }
        return bytes;
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
