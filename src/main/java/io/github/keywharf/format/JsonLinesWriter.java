package io.github.keywharf.format;

import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Schema;
import java.util.Objects;
import java.util.function.Supplier;

/** Writes JSON lines to an object of a store. Made by {@link JsonLines}, which says how values look. */
public final class JsonLinesWriter {

    private final String key;
    private final Supplier<ObjectWriter> target;

    JsonLinesWriter(String key, Supplier<ObjectWriter> target) {
        this.key = Objects.requireNonNull(key, "key");
        this.target = target;
    }

    /**
     * Begins the object.
     *
     * @throws io.github.keywharf.KeywharfException when the store refuses; with code {@code format.unsupported_type} when
     *     a map has keys that are lists, maps or structs
     */
    public BatchWriter open(Schema schema) {
        JsonWriter.check(key, schema);
        return new JsonBatchWriter(target.get(), key, schema);
    }

    /** A sink that writes all rows to the object, which replaces one of that key when the last row is written. */
    public RowSink sink() {
        return new BatchSink(key, this::open);
    }

    @Override
    public String toString() {
        return "JsonLinesWriter[" + key + "]";
    }
}
