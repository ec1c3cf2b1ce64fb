package io.github.keywharf.format;

import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Parquet files, read and written column by column, in a store or on a disk, without a Hadoop installation.
 *
 * <pre>{@code
 * try (BatchWriter writer = Parquet.writer(store, "sales/part-1.parquet").open(schema)) {
 *     writer.write(batch);
 *     writer.commit();
 * }
 * Table sales = Parquet.reader(store, "sales/part-1.parquet")
 *         .columns("sales_order_id", "unit_price")
 *         .where(Condition.ge("sales_order_id", 1000))
 *         .rows()
 *         .toTable();
 * }</pre>
 */
public final class Parquet {

    /** How pages are compressed. */
    public enum Compression {
        /** Not at all. */
        NONE,
        /** Fast, and understood by every reader. */
        SNAPPY,
        /** As {@code gzip}; slow to write. */
        GZIP,
        /** Zstandard at level 3: about a third smaller than {@link #SNAPPY}, and nearly as fast. */
        ZSTD
    }

    /** The version of the page format and of the encodings. */
    public enum Version {
        /** What every reader understands: plain and dictionary encoding. */
        V1,
        /** Delta encodings and the second page header: smaller where numbers follow a pattern, for newer readers. */
        V2
    }

    private Parquet() {}

    /** Reads an object of a store, which stays open. */
    public static ParquetReader reader(ObjectStore store, String key) {
        return new ParquetReader(() -> store.open(key));
    }

    /**
     * Reads what a host opens in its own way.
     *
     * @param source opens it; called for each reading, which closes it
     */
    public static ParquetReader reader(Supplier<ObjectReader> source) {
        return new ParquetReader(source);
    }

    /** Reads a file. */
    public static ParquetReader reader(Path path) {
        return reader(path, path.toString());
    }

    /**
     * Reads a file under another name.
     *
     * @param name what messages and the origins of rows call it
     */
    public static ParquetReader reader(Path path, String name) {
        return new ParquetReader(() -> new FileObjectReader(path, name));
    }

    /** Writes an object to a store, which stays open; an object of that key is replaced by the commit. */
    public static ParquetWriter writer(ObjectStore store, String key) {
        return new ParquetWriter(key, () -> store.create(key));
    }

    /** Writes a file; its directory must be there, and a file of that name is replaced by the commit. */
    public static ParquetWriter writer(Path path) {
        return new ParquetWriter(path.toString(), () -> new FileObjectWriter(path));
    }
}
