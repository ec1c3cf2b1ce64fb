package io.github.keywharf.postgres.internal.copy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Origins;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Schema;
import java.util.List;

/**
 * Decodes the messages of a binary COPY (PostgreSQL documentation, COPY, "Binary Format"). The server puts whole rows
 * into each message, the header before the first row, the trailer in the last message.
 */
public final class CopyDecoder implements CopyMessages {

    private static final int SIGNATURE_LENGTH = 11;
    private static final int TRAILER = -1;

    private final String table;
    private final Schema schema;
    private final int capacity;
    private final List<ColumnVector.Builder> builders;
    private final ColumnVector.Builder[] columns;
    private final FieldDecoder[] fields;
    private final RejectListener rejects;
    private UnreadableRows unreadable = UnreadableRows.NONE;
    private long before;
    private int size;
    private boolean started;
    private boolean complete;

    /**
     * @param table whose rows these are
     * @param schema their columns
     * @param capacity room for that many rows
     * @param rejects takes each row with a value that its column cannot hold, when its batch is built
     */
    public CopyDecoder(String table, Schema schema, int capacity, RejectListener rejects) {
        this.rejects = rejects;
        this.table = table;
        this.schema = schema;
        this.capacity = capacity;
        this.builders = ColumnBatch.builders(schema, capacity);
        this.columns = builders.toArray(ColumnVector.Builder[]::new);
        this.fields = builders.stream().map(FieldDecoder::of).toArray(FieldDecoder[]::new);
    }

    @Override
    public CopyDecoder withCapacity(int rows) {
        CopyDecoder next = new CopyDecoder(table, schema, rows, rejects);
        next.before = before;
        next.started = started;
        next.complete = complete;
        return next;
    }

    @Override
    public Schema schema() {
        return schema;
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
    public boolean isComplete(long sent) {
        return complete;
    }

    /** The rows, without those that are rejected; the listener has them when this returns. All are numbered alike. */
    @Override
    public ColumnBatch build() {
        ColumnBatch batch = ColumnBatch.build(schema, builders);
        batch = batch.withOrigins(Origins.consecutive(table, before + 1, batch.size()));
        if (!unreadable.isEmpty()) {
            batch = unreadable.report(batch, rejects);
            unreadable = UnreadableRows.NONE;
        }
        before += size;
        size = 0;
        return batch;
    }

    private void reject(int column, ArithmeticException e) {
        if (unreadable.isEmpty()) {
            unreadable = new UnreadableRows();
        }
        unreadable.add(size, schema.column(column), e);
        builders.get(column).appendNull();
    }

    @Override
    public void take(byte[] message) {
        int at = 0;
        if (!started) {
            started = true;
            at = SIGNATURE_LENGTH + 4;
            at += 4 + Wire.intAt(message, at);
        }
        FieldDecoder[] all = fields;
        ColumnVector.Builder[] nulls = columns;
        int end = message.length;
        while (at < end) {
            int count = Wire.shortAt(message, at);
            at += 2;
            if (count == TRAILER) {
                complete = true;
                return;
            }
            if (count != all.length) {
                throw new KeywharfException(
                        "postgres.bad_copy",
                        table,
                        "The server sent " + count + " fields for " + all.length + " columns");
            }
            int column = 0;
            while (column < count) {
                int length = 0;
                try {
                    for (; column < count; column++) {
                        length = Wire.intAt(message, at);
                        at += 4;
                        if (length < 0) {
                            nulls[column].appendNull();
                        } else {
                            all[column].decode(message, at, length);
                            at += length;
                        }
                    }
                } catch (ArithmeticException e) {
                    at += length;
                    reject(column, e);
                    column++;
                }
            }
            size++;
        }
    }
}
