package io.github.keywharf.format;

import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Schema;

/** What the writers of text have in common: the object's life and the counts. */
abstract class TextBatchWriter implements BatchWriter {

    final Schema schema;
    final Utf8Output out;
    private final ObjectWriter object;
    private final String key;
    private long rows;
    private boolean over;

    TextBatchWriter(ObjectWriter object, String key, Schema schema) {
        this.object = object;
        this.key = key;
        this.schema = schema;
        out = new Utf8Output(object, key);
    }

    abstract void append(ColumnBatch batch);

    @Override
    public void write(ColumnBatch batch) {
        checkOpen();
        if (!batch.schema().equals(schema)) {
            throw new IllegalArgumentException(
                    "A batch of " + batch.schema() + " does not fit '" + key + "', which has " + schema);
        }
        append(batch);
        rows += batch.size();
    }

    private void checkOpen() {
        if (over) {
            throw new IllegalStateException("'" + key + "' was committed or closed before");
        }
    }

    @Override
    public long rows() {
        return rows;
    }

    @Override
    public long bytes() {
        return out.bytes();
    }

    @Override
    public StoredObject commit() {
        checkOpen();
        over = true;
        out.drain();
        return object.commit();
    }

    @Override
    public void close() {
        over = true;
        object.close();
    }
}
