package io.github.keywharf.pipeline;

import io.github.keywharf.format.BatchWriter;
import io.github.keywharf.format.Csv;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.pipeline.zone.BatchFile;
import io.github.keywharf.pipeline.zone.IngestionFormat;
import io.github.keywharf.pipeline.zone.KeyLayout;
import io.github.keywharf.store.ObjectKeys;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.StoredObject;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.RejectListener;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A zone of files: a store, how keys are made in it, and what format its files have. */
public record Zone(ObjectStore store, KeyLayout layout, IngestionFormat format, Executor executor) {

    private static final String RESERVED = "_keywharf/";

    /** Begins a file; it appears in the store with the first batch, under a key that was free. */
    ZoneFile begin(String table, Schema schema, BatchTerms batch) {
        KeyLayout.File file = new KeyLayout.File(table, batch.position().time(), batch.isFirst(), format.extension());
        return new ZoneFile(this, file, schema);
    }

    /** The rows of a file of this zone. */
    Rows read(BatchFile file, IngestionFormat written, RejectListener rejects) {
        if (!file.isThere()) {
            return Rows.empty(file.schema());
        }
        return written == IngestionFormat.CSV
                ? Csv.reader(store, file.key())
                        .schema(file.schema())
                        .rejects(rejects)
                        .rows()
                : Parquet.reader(store, file.key()).executor(executor).rows();
    }

    private BatchWriter writer(String key, Schema schema) {
        return format == IngestionFormat.CSV
                ? Csv.writer(store, key).open(schema)
                : Parquet.writer(store, key).executor(executor).open(schema);
    }

    private String freeKey(KeyLayout.File file) {
        String wanted = ObjectKeys.check(layout.key(file));
        if (wanted.startsWith(RESERVED)) {
            throw new IllegalArgumentException(
                    "The layout gives the key '" + wanted + "', but " + RESERVED + " is the pipeline's own folder");
        }
        int dot = wanted.lastIndexOf('.');
        String stem = wanted.substring(0, dot > wanted.lastIndexOf('/') ? dot : wanted.length());
        Set<String> taken;
        try (Stream<StoredObject> objects = store.list(stem)) {
            taken = objects.map(StoredObject::key).collect(Collectors.toSet());
        }
        String key = wanted;
        for (int copy = 2; taken.contains(key); copy++) {
            key = stem + "-" + copy + wanted.substring(stem.length());
        }
        return key;
    }

    /** A file being written; nothing is written, and no key taken, until there is a row. */
    static final class ZoneFile implements AutoCloseable {

        private final Zone zone;
        private final KeyLayout.File file;
        private final Schema schema;
        private @Nullable BatchWriter writer;
        private String key = "";

        private ZoneFile(Zone zone, KeyLayout.File file, Schema schema) {
            this.zone = zone;
            this.file = file;
            this.schema = schema;
        }

        void write(ColumnBatch batch) {
            if (batch.size() == 0) {
                return;
            }
            if (writer == null) {
                key = zone.freeKey(file);
                writer = zone.writer(key, schema);
            }
            writer.write(batch);
        }

        String table() {
            return file.table();
        }

        Schema schema() {
            return schema;
        }

        long rows() {
            return writer == null ? 0 : writer.rows();
        }

        /** The key; empty while there is no row. */
        String key() {
            return key;
        }

        /** Commits some rows of a table; null when there was no row. */
        @Nullable
        BatchFile commit() {
            return writer == null ? null : BatchFile.some(file.table(), committed(writer));
        }

        /** Commits all rows that a table has; null when there was no row. */
        @Nullable
        BatchFile commitComplete() {
            return writer == null ? null : BatchFile.all(file.table(), committed(writer));
        }

        /** Commits the keys of rows that are gone from a table; null when there was none. */
        @Nullable
        BatchFile commitDeletions(String table) {
            return writer == null ? null : BatchFile.deletions(table, committed(writer));
        }

        private BatchFile.Content committed(BatchWriter open) {
            long rows = open.rows();
            StoredObject object = open.commit();
            return new BatchFile.Content(key, rows, object.size(), schema);
        }

        @Override
        public void close() {
            if (writer != null) {
                writer.close();
            }
        }
    }
}
