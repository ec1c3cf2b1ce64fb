package io.github.keywharf.format;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Schema;
import java.io.IOException;

/** Writes batches as JSON lines. */
final class JsonBatchWriter extends TextBatchWriter {

    private final String key;
    private final JsonGenerator json;
    private final SerializedString[] names;

    JsonBatchWriter(ObjectWriter object, String key, Schema schema) {
        super(object, key, schema);
        this.key = key;
        json = lines(out, key);
        names = schema.names().stream().map(SerializedString::new).toArray(SerializedString[]::new);
    }

    /** A generator that puts each value after the last with nothing in between; the caller ends the lines. */
    static JsonGenerator lines(Utf8Output out, String key) {
        try {
            return JsonValues.FACTORY.createGenerator(out).setPrettyPrinter(new MinimalPrettyPrinter(""));
        } catch (IOException e) {
            throw failed(key, e);
        }
    }

    @Override
    void append(ColumnBatch batch) {
        try {
            for (int row = 0; row < batch.size(); row++) {
                json.writeStartObject();
                for (int i = 0; i < names.length; i++) {
                    json.writeFieldName(names[i]);
                    if (batch.column(i).isNull(row)) {
                        json.writeNull();
                    } else {
                        JsonWriter.write(json, batch.column(i), row);
                    }
                }
                json.writeEndObject();
                json.writeRaw('\n');
            }
            json.flush();
        } catch (IOException e) {
            throw failed(key, e);
        }
    }

    static KeywharfException failed(String key, IOException cause) {
        return new KeywharfException("format.write_failed", key, "could not be written: " + cause.getMessage(), cause);
    }
}
