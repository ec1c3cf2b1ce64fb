package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Schema;
import java.util.List;

/** Rows as the bytes in which COPY brings them, without header and trailer: one column, one value for each row. */
public final class RawMessages implements CopyMessages {

    static final Schema SCHEMA = Schema.of(Column.required("row", ColumnType.BYTES));

    /** Signature, flags and length of an extension, which no version has (PostgreSQL documentation, COPY). */
    private static final int HEADER = 19;

    private final CopyFormat format;
    private final int capacity;
    private final List<ColumnVector.Builder> builders;
    private final BytesVector.Builder rows;
    private boolean started;
    private long before;
    private int size;

    /** Messages of a format, with room for that many rows. */
    public RawMessages(CopyFormat format, int capacity) {
        this.format = format;
        this.capacity = capacity;
        this.builders = ColumnBatch.builders(SCHEMA, capacity);
        this.rows = (BytesVector.Builder) builders.get(0);
    }

    @Override
    public Schema schema() {
        return SCHEMA;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public void take(byte[] message) {
        int from = started || format == CopyFormat.TEXT ? 0 : HEADER;
        started = true;
        int length = message.length - from;
        boolean trailer = format == CopyFormat.BINARY && length == 2 && message[from] == -1 && message[from + 1] == -1;
        if (length > 0 && !trailer) {
            rows.append(message, from, length);
            size++;
        }
    }

    @Override
    public boolean isComplete(long sent) {
        return before + size == sent;
    }

    @Override
    public ColumnBatch build() {
        before += size;
        size = 0;
        return ColumnBatch.build(SCHEMA, builders);
    }

    @Override
    public RawMessages withCapacity(int more) {
        RawMessages next = new RawMessages(format, more);
        next.started = started;
        next.before = before;
        return next;
    }
}
