package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.MessageType;

/**
 * What stands at the end of a file: its schema and where everything is. The last bytes of the file are kept, because a
 * small file is wholly within them.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared or shown as a record
record ParquetFooter(
        String key,
        long size,
        MessageType schema,
        Map<String, String> metadata,
        List<BlockMetaData> groups,
        byte[] tail) {

    /** What is read at first: most footers are in it, and one request fewer is worth more than the bytes. */
    private static final int TAIL_BYTES = 64 * 1024;

    /** The longest footer that is read: thousands of row groups of hundreds of columns. */
    private static final int MAX_FOOTER_BYTES = 256 * 1024 * 1024;

    /** Length and magic at the end, magic at the beginning. */
    private static final int TRAILER_BYTES = 8;

    private static final int MAGIC_BYTES = 4;

    static ParquetFooter read(ObjectReader object) {
        String key = object.object().key();
        long size = object.object().size();
        if (size < TRAILER_BYTES + MAGIC_BYTES) {
            throw notParquet(key, "has " + size + " bytes, too few for a Parquet file");
        }
        byte[] tail = new byte[(int) Math.min(size, TAIL_BYTES)];
        object.readFully(size - tail.length, tail, 0, tail.length);
        String magic = new String(tail, tail.length - MAGIC_BYTES, MAGIC_BYTES, StandardCharsets.ISO_8859_1);
        if (magic.equals("PARE")) {
            throw new KeywharfException(
                    "parquet.encrypted", key, "is encrypted the Parquet way, which is not supported");
        }
        if (!magic.equals("PAR1")) {
            throw notParquet(key, "does not end as a Parquet file does; it is cut off, or something else");
        }
        int length = LittleEndian.intAt(tail, tail.length - TRAILER_BYTES);
        if (length < 0 || length > Math.min(size - TRAILER_BYTES - MAGIC_BYTES, MAX_FOOTER_BYTES)) {
            throw corrupt(key, "its footer claims to have " + length + " of its " + size + " bytes", null);
        }
        byte[] footer = new byte[length];
        int inTail = Math.min(length, tail.length - TRAILER_BYTES);
        System.arraycopy(tail, tail.length - TRAILER_BYTES - inTail, footer, length - inTail, inTail);
        if (inTail < length) {
            object.readFully(size - TRAILER_BYTES - length, footer, 0, length - inTail);
        }
        return parse(key, size, footer, tail);
    }

    private static ParquetFooter parse(String key, long size, byte[] footer, byte[] tail) {
        ParquetMetadata parsed;
        try {
            parsed = new ParquetMetadataConverter()
                    .readParquetMetadata(new ByteArrayInputStream(footer), ParquetMetadataConverter.NO_FILTER);
        } catch (IOException | RuntimeException | StackOverflowError e) {
            throw corrupt(key, "its footer cannot be read: " + e, e);
        }
        for (BlockMetaData group : parsed.getBlocks()) {
            if (group.getRowCount() < 0) {
                throw corrupt(key, "a row group claims " + group.getRowCount() + " rows", null);
            }
            for (ColumnChunkMetaData chunk : group.getColumns()) {
                long start = chunk.getStartingPos();
                if (start < 0 || chunk.getTotalSize() < 0 || start > size - chunk.getTotalSize()) {
                    throw corrupt(
                            key, "column " + chunk.getPath() + " lies outside of the file's " + size + " bytes", null);
                }
            }
        }
        return new ParquetFooter(
                key,
                size,
                parsed.getFileMetaData().getSchema(),
                parsed.getFileMetaData().getKeyValueMetaData(),
                parsed.getBlocks(),
                tail);
    }

    long rowCount() {
        return groups.stream().mapToLong(BlockMetaData::getRowCount).sum();
    }

    private static KeywharfException notParquet(String key, String problem) {
        return new KeywharfException("parquet.not_parquet", key, problem);
    }

    static KeywharfException corrupt(String key, String problem, @org.jspecify.annotations.Nullable Throwable cause) {
        return new KeywharfException("parquet.corrupt", key, problem + "; fetch or write the file anew", cause);
    }
}
