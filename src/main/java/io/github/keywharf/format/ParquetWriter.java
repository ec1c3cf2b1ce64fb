package io.github.keywharf.format;

import io.github.keywharf.internal.Checks;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.table.RowSink;
import io.github.keywharf.table.Schema;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How to write a Parquet file: {@link #compression} ({@link Parquet.Compression#ZSTD}), {@link #version}
 * ({@link Parquet.Version#V1}), {@link #rowGroupRows} ({@value #DEFAULT_ROW_GROUP_ROWS}), {@link #rowGroupBytes}
 * ({@value #DEFAULT_ROW_GROUP_BYTES}), {@link #pageBytes} ({@value #DEFAULT_PAGE_BYTES}), {@link #executor} (none),
 * {@link #metadata} (none).
 *
 * <p>A mutable builder, not thread-safe, that can be used more than once. Nothing is opened before {@link #open} or
 * the sink's first row.
 *
 * <p>Memory: a writer holds one row group, encoded and compressed, and for each column a page and a dictionary being
 * built, at most some 3 MB a column and usually far less.
 */
public final class ParquetWriter {

    /** Rows of a row group: a dozen columns of them are some 5 to 10 MB compressed, which is what a writer holds. */
    public static final int DEFAULT_ROW_GROUP_ROWS = 250_000;

    /** Bytes of a row group before encoding: bounds what wide rows and long texts may hold. */
    public static final long DEFAULT_ROW_GROUP_BYTES = 64L * 1024 * 1024;

    /** Bytes of a page before encoding: what a reader must decompress as a whole. */
    public static final int DEFAULT_PAGE_BYTES = 1024 * 1024;

    final String key;
    Parquet.Compression compression = Parquet.Compression.ZSTD;
    Parquet.Version version = Parquet.Version.V1;
    int rowGroupRows = DEFAULT_ROW_GROUP_ROWS;
    long rowGroupBytes = DEFAULT_ROW_GROUP_BYTES;
    int pageBytes = DEFAULT_PAGE_BYTES;

    @Nullable
    Executor executor;

    final Map<String, String> metadata = new LinkedHashMap<>();
    private final Supplier<ObjectWriter> target;

    ParquetWriter(String key, Supplier<ObjectWriter> target) {
        this.key = Objects.requireNonNull(key, "key");
        this.target = target;
    }

    /** How pages are compressed. */
    public ParquetWriter compression(Parquet.Compression newCompression) {
        compression = Objects.requireNonNull(newCompression, "compression");
        return this;
    }

    /** The version of pages and encodings. */
    public ParquetWriter version(Parquet.Version newVersion) {
        version = Objects.requireNonNull(newVersion, "version");
        return this;
    }

    /** The most rows of a row group, the unit that a reader can skip. */
    public ParquetWriter rowGroupRows(int rows) {
        rowGroupRows = Checks.atLeast("rowGroupRows", rows, 1);
        return this;
    }

    /** About how many bytes a row group may have before encoding. */
    public ParquetWriter rowGroupBytes(long bytes) {
        rowGroupBytes = Checks.atLeast("rowGroupBytes", bytes, 1);
        return this;
    }

    /** About how many bytes a page may have before encoding; a page also ends after 20,000 rows. */
    public ParquetWriter pageBytes(int bytes) {
        pageBytes = Checks.atLeast("pageBytes", bytes, 1);
        return this;
    }

    /** Lends threads that encode columns beside the calling one, which works as well. The executor stays the caller's. */
    public ParquetWriter executor(Executor newExecutor) {
        executor = Objects.requireNonNull(newExecutor, "executor");
        return this;
    }

    /** Adds a text to the file's own key-value metadata; a value of that name is replaced. */
    public ParquetWriter metadata(String name, String value) {
        metadata.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
        return this;
    }

    /**
     * Begins the file.
     *
     * @throws IllegalArgumentException when the schema has no column
     * @throws io.github.keywharf.KeywharfException when the store refuses
     */
    public BatchWriter open(Schema schema) {
        if (schema.size() == 0) {
            throw new IllegalArgumentException("A Parquet file needs at least one column");
        }
        ObjectWriter writer = target.get();
        try {
            return new ParquetBatchWriter(this, schema, writer);
        } catch (RuntimeException e) {
            writer.close();
            throw e;
        }
    }

    /**
     * A sink that writes its rows as the file and commits it. Rows with a null in a column that is not nullable are
     * rejected; when anything fails, no file appears.
     */
    public RowSink sink() {
        return new ParquetSink(key, this::open);
    }
}
