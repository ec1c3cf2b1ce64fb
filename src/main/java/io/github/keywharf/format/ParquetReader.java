package io.github.keywharf.format;

import io.github.keywharf.internal.Checks;
import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.table.ColumnBatch;
import io.github.keywharf.table.Condition;
import io.github.keywharf.table.Rows;
import io.github.keywharf.table.Schema;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How to read a Parquet file: {@link #columns} (all), {@link #where} (all rows), {@link #executor} (none),
 * {@link #batchRows} ({@value ColumnBatch#DEFAULT_ROWS}).
 *
 * <p>A mutable builder, not thread-safe, that can be used more than once. Only the chosen columns of the row groups that
 * may have a fitting row are fetched, by ranges; memory is bounded by a batch and a window of each column, however long the
 * file is, and with an {@link #executor} by some batches and, from a server, two row groups of 128 MiB together. Read are the encodings of format version 2 and all before it, pages of either version, uncompressed or
 * compressed with Snappy, GZIP or Zstandard, and with LZ4 (of Hadoop or raw) or Brotli where {@code at.yawk.lz4:lz4-java} or
 * {@code org.brotli:dec} is there. A file that states sizes which its bytes do not bear out is refused before memory is
 * taken for them.
 *
 * <p>Types: nanoseconds of times and timestamps are cut to microseconds; INT96 timestamps, which say nothing of a zone,
 * become {@code timestamp}; unsigned 32-bit numbers become int64 and unsigned 64-bit ones decimal(20,0); enums become
 * text; bytes without a known meaning (BSON, intervals, geometry) stay bytes, and so does
 * what has a logical type that is newer than this library, as a number where it is stored as one; a variant becomes a struct of its raw parts {@code metadata} and {@code value}. Repeated fields
 * become lists, also those of old writers. Encrypted columns can be left out by {@link #columns}.
 *
 * <p>Every method that opens the file throws {@link io.github.keywharf.KeywharfException}: {@code store.not_found}
 * ({@code format.not_found} for a file on a disk), {@code parquet.not_parquet}, {@code parquet.corrupt},
 * {@code parquet.encrypted}, {@code parquet.codec}, {@code parquet.unsupported_type}, {@code parquet.too_large}. So do the
 * rows, and {@code parquet.out_of_range} where a time or number has no value of ours.
 */
public final class ParquetReader {

    private final Supplier<ObjectReader> source;
    private List<String> columns = List.of();
    private @Nullable Condition filter;
    private @Nullable Executor executor;
    private int batchRows = ColumnBatch.DEFAULT_ROWS;

    ParquetReader(Supplier<ObjectReader> source) {
        this.source = source;
    }

    /** Reads only these columns, in this order; with none given, all. */
    public ParquetReader columns(String... names) {
        return columns(List.of(names));
    }

    /** Reads only these columns, in this order; with none given, all. */
    public ParquetReader columns(List<String> names) {
        columns = List.copyOf(names);
        return this;
    }

    /** Reads only rows that fit; the columns asked about need not be among those read. */
    public ParquetReader where(Condition condition) {
        filter = Objects.requireNonNull(condition, "condition");
        return this;
    }

    /**
     * Lends threads that decode columns beside the calling one, which works as well, and then the next batches while the
     * caller looks at one: up to four, if together they take no more than 16 MiB. From a server they fetch the first row
     * group when the rows are opened, and then one ahead. The executor stays the caller's.
     */
    public ParquetReader executor(Executor newExecutor) {
        executor = Objects.requireNonNull(newExecutor, "executor");
        return this;
    }

    /** The most rows of a batch; batches are shorter where rows are very long. */
    public ParquetReader batchRows(int rows) {
        batchRows = Checks.atLeast("batchRows", rows, 1);
        return this;
    }

    /**
     * Opens the file and reads its rows as they are asked for.
     *
     * @throws IllegalArgumentException when a chosen column is not there, or the filter does not fit the columns
     */
    public Rows rows() {
        ObjectReader object = source.get();
        try {
            return new ParquetRows(object, ParquetFooter.read(object), columns, filter, executor, batchRows).begun();
        } catch (RuntimeException e) {
            object.close();
            throw e;
        }
    }

    /**
     * The chosen columns' names and types; reads the footer.
     *
     * @throws IllegalArgumentException when a chosen column is not there
     */
    public Schema schema() {
        ParquetFooter footer = footer();
        return Schema.of(ParquetRows.nodes(footer, columns).stream()
                .map(ParquetNode::column)
                .toList());
    }

    /** How many rows the file has, whatever {@link #where} says; reads the footer. */
    public long rowCount() {
        return footer().rowCount();
    }

    /** The file's own key-value metadata; reads the footer. */
    public Map<String, String> metadata() {
        return Map.copyOf(footer().metadata());
    }

    private ParquetFooter footer() {
        try (ObjectReader object = source.get()) {
            return ParquetFooter.read(object);
        }
    }
}
