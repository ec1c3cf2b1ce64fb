package io.github.keywharf.cassandra;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.keywharf.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What an unload left: what its manifest says.
 *
 * @param table the table, with its keyspace
 * @param folder the store and the folder
 * @param format {@code parquet}, {@code csv} or {@code jsonl}
 * @param columns the names of the columns in the files, in order
 * @param files the files, in the order of the ring; with them all rows
 * @param rows rows in all files
 * @param bytes bytes of all files
 * @param ranges pieces of the ring that were read
 * @param resumedFiles how many of the files an earlier, interrupted attempt had finished
 * @param retries reads that failed in passing, of the last attempt
 * @param finished when
 * @param took wall-clock time of the last attempt
 */
public record UnloadReport(
        String table,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String folder,
        String format,
        List<String> columns,
        List<UnloadedFile> files,
        long rows,
        long bytes,
        long ranges,
        int resumedFiles,
        long retries,
        Instant finished,
        Duration took) {

    /** Copies the lists. */
    public UnloadReport {
        columns = List.copyOf(columns);
        files = List.copyOf(files);
    }

    UnloadReport in(String place) {
        return new UnloadReport(
                table, place, format, columns, files, rows, bytes, ranges, resumedFiles, retries, finished, took);
    }

    /**
     * One file.
     *
     * @param key within the folder
     * @param rows how many are in it
     * @param bytes its size
     */
    public record UnloadedFile(String key, long rows, long bytes) {
        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%s: %,d rows, %,d bytes", key, rows, bytes);
        }
    }

    /**
     * The report of a finished unload, by its manifest; empty when there is none, or it has not finished.
     *
     * @throws io.github.keywharf.KeywharfException with code {@code cassandra.bad_manifest} when it cannot be read
     */
    public static Optional<UnloadReport> find(ObjectStore store, String folder) {
        return UnloadFolder.of(store, folder).manifest();
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s: %,d rows, %,d bytes in %,d %s files in %s, %,d ranges%s, %.3f s",
                table,
                rows,
                bytes,
                files.size(),
                format,
                folder,
                ranges,
                resumedFiles == 0 ? "" : String.format(Locale.ROOT, ", %,d files from before", resumedFiles),
                took.toNanos() / 1e9);
    }
}
