package io.github.keywharf.pipeline.zone;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.keywharf.table.Schema;
import java.util.List;
import java.util.Optional;

/**
 * A file of a batch.
 *
 * @param table whose rows it holds: a source table in the ingestion zone, a star table (as the warehouse names it) in the
 *     processed zone
 * @param key where it lies; empty when there were no rows, and so no file
 * @param rows how many there are
 * @param bytes its size
 * @param complete whether these were all rows of the table, so that what is not among them is gone
 * @param deletions whether these are the keys of deleted rows rather than rows
 * @param schema the columns
 */
public record BatchFile(
        String table,
        String key,
        long rows,
        long bytes,
        boolean complete,
        boolean deletions,
        @JsonProperty("columns") Schema schema) {

    /** What a file holds, and where. */
    public record Content(String key, long rows, long bytes, Schema schema) {}

    /** A file of some rows of a table. */
    public static BatchFile some(String table, Content content) {
        return new BatchFile(table, content.key, content.rows, content.bytes, false, false, content.schema);
    }

    /** A file of all rows that a table has. */
    public static BatchFile all(String table, Content content) {
        return new BatchFile(table, content.key, content.rows, content.bytes, true, false, content.schema);
    }

    /** A file of the keys of a table's deleted rows. */
    public static BatchFile deletions(String table, Content content) {
        return new BatchFile(table, content.key, content.rows, content.bytes, false, true, content.schema);
    }

    /** What stands for a table that was read whole and has no rows. */
    public static BatchFile noRows(String table, Schema schema) {
        return new BatchFile(table, "", 0, 0, true, false, schema);
    }

    static Optional<String> key(List<BatchFile> files, String table) {
        return files.stream()
                .filter(file -> file.table().equals(table) && !file.deletions() && file.isThere())
                .map(BatchFile::key)
                .findFirst();
    }

    /** Whether there is a file at all. */
    public boolean isThere() {
        return !key.isEmpty();
    }
}
