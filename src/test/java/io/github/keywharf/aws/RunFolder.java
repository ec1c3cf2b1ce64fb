package io.github.keywharf.aws;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.format.Parquet;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.Column;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Objects as a flow leaves them in a folder, and what is in a folder. */
final class RunFolder {
    private RunFolder() {}

    /** A Parquet object with columns of text. */
    static void parquet(ObjectStore store, String key, List<String> columns, List<List<String>> rows) {
        Schema schema = Schema.of(columns.stream()
                .map(name -> Column.nullable(name, ColumnType.STRING))
                .toList());
        List<ColumnVector.Builder> builders = ColumnBatch.builders(schema, 16);
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                builders.get(i).appendValue(row.get(i));
            }
        }
        Parquet.writer(store, key).sink().write(Rows.of(schema, List.of(ColumnBatch.build(schema, builders))));
    }

    /** A Parquet object of one column {@code Id}. */
    static void parquet(ObjectStore store, String key, String... ids) {
        parquet(store, key, List.of("Id"), Arrays.stream(ids).map(List::of).toList());
    }

    static void bytes(ObjectStore store, String key, byte[] content) {
        try (ObjectWriter writer = store.create(key)) {
            writer.write(content);
            writer.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void text(ObjectStore store, String key, String content) {
        bytes(store, key, content.getBytes(UTF_8));
    }

    /** Keys and contents, without what is in hidden folders. */
    static Map<String, String> data(ObjectStore store) {
        Map<String, String> data = new TreeMap<>();
        for (String key : keys(store)) {
            if (!key.contains("_keywharf/")) {
                data.put(key, new String(store.readSmall(key), ISO_8859_1));
            }
        }
        return data;
    }

    static List<String> keys(ObjectStore store) {
        try (Stream<StoredObject> objects = store.list("")) {
            return objects.map(StoredObject::key).toList();
        }
    }

    /** The keys of data alone. */
    static List<String> dataKeys(ObjectStore store) {
        return keys(store).stream().filter(key -> !key.contains("_keywharf/")).toList();
    }
}
