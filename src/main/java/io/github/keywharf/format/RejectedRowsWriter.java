package io.github.keywharf.format;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.RejectedRow;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps rejected rows in an object of a store. Made by {@link RejectedRows}; thread-safe.
 *
 * <p>The object is begun with the first row, so that without one there is none. It appears on {@link #commit()} and
 * replaces an older one of its key; {@link #close()} without a commit gives up what was written.
 */
public final class RejectedRowsWriter implements RejectListener, AutoCloseable {

    private final ObjectStore store;
    private final String key;
    private @Nullable ObjectWriter object;
    private @Nullable Utf8Output out;
    private @Nullable JsonGenerator json;
    private long count;
    private boolean closed;
    private boolean committed;

    RejectedRowsWriter(ObjectStore store, String key) {
        this.store = store;
        this.key = key;
    }

    /**
     * Writes one row.
     *
     * @throws IllegalStateException after {@link #commit()} or {@link #close()}
     */
    @Override
    public synchronized void rejected(RejectedRow row) {
        if (closed) {
            throw new IllegalStateException("'" + key + "' was closed before");
        }
        try {
            JsonGenerator line = json == null ? begin() : json;
            line.writeStartObject();
            line.writeStringField("source", row.source());
            line.writeNumberField("position", row.position());
            line.writeStringField("column", row.column());
            line.writeStringField("reason", row.reason());
            line.writeFieldName("row");
            JsonWriter.write(line, row.row());
            line.writeEndObject();
            line.writeRaw('\n');
            count++;
        } catch (IOException e) {
            throw JsonBatchWriter.failed(key, e);
        }
    }

    private JsonGenerator begin() {
        ObjectWriter begun = store.create(key);
        object = begun;
        Utf8Output bytes = new Utf8Output(begun, key);
        out = bytes;
        JsonGenerator generator = JsonBatchWriter.lines(bytes, key);
        // Half of a surrogate pair, for which a row may be rejected, can only be written escaped.
        generator.setHighestNonEscapedChar(Character.MIN_SURROGATE - 1);
        json = generator;
        return generator;
    }

    /** How many rows were written. */
    public synchronized long count() {
        return count;
    }

    /**
     * Makes the object appear, if any row was rejected, and ends the writer; doing so twice is harmless.
     *
     * @throws IllegalStateException when it was closed without a commit
     * @throws io.github.keywharf.KeywharfException when the store refuses
     */
    public synchronized void commit() {
        if (committed) {
            return;
        }
        if (closed) {
            throw new IllegalStateException("'" + key + "' was closed before");
        }
        closed = true;
        try {
            if (object != null && json != null && out != null) {
                json.flush();
                out.drain();
                object.commit();
            }
            committed = true;
        } catch (IOException e) {
            throw JsonBatchWriter.failed(key, e);
        }
    }

    /** Releases what the writer holds; gives up the rows unless they were committed. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        closed = true;
        if (object != null) {
            object.close();
        }
    }
}
