package io.github.keywharf.cassandra;

import io.github.keywharf.format.Csv;
import io.github.keywharf.format.CsvWriter;
import io.github.keywharf.format.JsonLines;
import io.github.keywharf.format.Parquet;
import io.github.keywharf.format.ParquetWriter;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.store.ObjectStore;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How to write a whole table to files of a store: data files first, and at the end one manifest that names them.
 *
 * <pre>{@code
 * UnloadReport report = cassandra.table("actions").unload(store, "actions/2024-05-20").files(4).run();
 * }</pre>
 *
 * <p>Defaults: {@link #parquet() Parquet}, {@link #DEFAULT_FILES} files. What is read and how, {@link TableScan} says.
 *
 * <p>In the folder: {@code part-00000-0001.parquet} and so on, the files; {@code _manifest.json}, the manifest, there when
 * all is; {@code _unload/}, the plan and a record for each file that is whole. A run that finds a plan without a manifest
 * goes on with it: it keeps the files that are whole and makes the others. So a killed process loses the files that it was
 * at. Two concurrent runs in one folder do no harm, and do the work twice.
 *
 * <p>A mutable builder, not thread-safe.
 */
public final class TableUnload {

    /** Files, 8: what was not finished when a process is killed is read again, an eighth for each reader. */
    public static final int DEFAULT_FILES = 8;

    /** The most files of one unload, 10,000. */
    public static final int MAX_FILES = 10_000;

    /** Rows of a row group of a Parquet file, 100,000, as each file that is being written holds one in memory. */
    public static final int ROW_GROUP_ROWS = 100_000;

    /** Bytes of a row group of a Parquet file before encoding, 32 MB, for the same reason. */
    public static final long ROW_GROUP_BYTES = 32L * 1024 * 1024;

    private final CassandraContext context;
    private final TableScan scan;
    private final UnloadFolder folder;
    private UnloadFormat format;
    private int files = DEFAULT_FILES;

    TableUnload(CassandraContext context, TableScan scan, ObjectStore store, String folder) {
        this.context = context;
        this.scan = scan;
        this.folder = UnloadFolder.of(store, folder);
        this.format = parquetFormat(writer -> {});
    }

    /** Writes Parquet: collections as lists and maps, user-defined types and tuples as structs. */
    public TableUnload parquet() {
        return parquet(writer -> {});
    }

    /**
     * Writes Parquet with other settings than the usual ones of {@link ParquetWriter} with row groups of {@link
     * #ROW_GROUP_ROWS}.
     *
     * @param settings called for each file, on several threads
     */
    public TableUnload parquet(Consumer<ParquetWriter> settings) {
        format = parquetFormat(Objects.requireNonNull(settings, "settings"));
        return this;
    }

    private static UnloadFormat parquetFormat(Consumer<ParquetWriter> settings) {
        return new UnloadFormat("parquet", (store, key, schema) -> {
            ParquetWriter writer =
                    Parquet.writer(store, key).rowGroupRows(ROW_GROUP_ROWS).rowGroupBytes(ROW_GROUP_BYTES);
            settings.accept(writer);
            return writer.open(schema);
        });
    }

    /** Writes CSV, as {@link Csv} says, with a header line in each file; collections and structs are JSON text. */
    public TableUnload csv() {
        return csv(writer -> {});
    }

    /**
     * Writes CSV with other separators and the like.
     *
     * @param settings called for each file, on several threads
     */
    public TableUnload csv(Consumer<CsvWriter> settings) {
        Objects.requireNonNull(settings, "settings");
        format = new UnloadFormat("csv", (store, key, schema) -> {
            CsvWriter writer = Csv.writer(store, key);
            settings.accept(writer);
            return writer.open(schema);
        });
        return this;
    }

    /** Writes one JSON object a row, as {@link JsonLines} says. */
    public TableUnload jsonLines() {
        format = new UnloadFormat(
                "jsonl", (store, key, schema) -> JsonLines.writer(store, key).open(schema));
        return this;
    }

    /** At most so many files, of about the same size; those without rows are left out, except for the only one. */
    public TableUnload files(int atMost) {
        files = Checks.between("files", atMost, 1, MAX_FILES);
        return this;
    }

    /**
     * Reads and writes all, or goes on where an earlier run ended, and returns when the manifest is there.
     *
     * @throws io.github.keywharf.KeywharfException with code {@code cassandra.unload_finished} when the folder holds a
     *     finished unload, {@code cassandra.unload_mismatch} when it holds an unfinished one of something else, {@code
     *     cassandra.schema_changed} when the table changed since it began, {@code cassandra.no_table}, {@code
     *     cassandra.unknown_column}, or with what the server or the store failed with; after the last two, and what
     *     passes, run again to go on
     */
    public UnloadReport run() {
        return new UnloadRun(context, scan, folder, format, files).run();
    }

    @Override
    public String toString() {
        return "TableUnload[" + scan + ", " + format.name() + " in " + folder.name() + "]";
    }
}
