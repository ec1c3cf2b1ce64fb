package io.github.keywharf.format;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.store.ObjectReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnCryptoMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Util;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

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
        Set<ColumnPath> encrypted,
        byte[] tail) {

    /** What is read at first: most footers are in it, and one request fewer is worth more than the bytes. */
    private static final int TAIL_BYTES = 64 * 1024;

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
        if (length < 0 || length > size - TRAILER_BYTES - MAGIC_BYTES) {
            throw corrupt(key, "its footer claims to have " + length + " of its " + size + " bytes", null);
        }
        if (length > ParquetLimits.FOOTER_BYTES) {
            throw new KeywharfException(
                    "parquet.too_large",
                    key,
                    "has a footer of " + length + " bytes, more than the " + ParquetLimits.FOOTER_BYTES
                            + " for which there is memory; give the JVM more memory, or write larger row groups");
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
        Set<ColumnPath> encrypted;
        long stated;
        try {
            int length = ThriftCheck.length(new ChunkInput(footer, 0, footer.length), footer.length);
            FileMetaData thrift = Util.readFileMetaData(new ByteArrayInputStream(footer, 0, length));
            checkSchema(thrift.getSchema());
            checkOwnFile(key, thrift);
            stated = thrift.getNum_rows();
            encrypted = encrypted(thrift);
            parsed = new ParquetMetadataConverter().fromParquetMetadata(thrift);
        } catch (KeywharfException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw corrupt(key, "its footer cannot be read: " + e, e);
        }
        long rows = 0;
        for (BlockMetaData group : parsed.getBlocks()) {
            if (group.getRowCount() < 0 || group.getRowCount() > Long.MAX_VALUE - rows) {
                throw corrupt(key, "a row group claims " + group.getRowCount() + " rows", null);
            }
            rows += group.getRowCount();
            for (ColumnChunkMetaData chunk : group.getColumns()) {
                if (encrypted.contains(chunk.getPath())) {
                    continue;
                }
                long start = chunk.getStartingPos();
                if (start < 0 || chunk.getTotalSize() < 0 || start > size - chunk.getTotalSize()) {
                    throw corrupt(
                            key, "column " + chunk.getPath() + " lies outside of the file's " + size + " bytes", null);
                }
            }
        }
        if (rows != stated) {
            throw corrupt(key, "its footer claims " + stated + " rows, its row groups have " + rows, null);
        }
        return new ParquetFooter(
                key,
                size,
                parsed.getFileMetaData().getSchema(),
                metadata(parsed.getFileMetaData().getKeyValueMetaData()),
                parsed.getBlocks(),
                encrypted,
                tail);
    }

    /** Bounds the depth before anything walks down the schema by calling itself. */
    private static void checkSchema(List<SchemaElement> elements) throws IOException {
        Deque<Integer> open = new ArrayDeque<>();
        for (SchemaElement element : elements) {
            while (!open.isEmpty() && open.peek() == 0) {
                open.pop();
            }
            if (!open.isEmpty()) {
                open.push(open.pop() - 1);
            }
            if (element.getNum_children() < 0 || element.getNum_children() > elements.size()) {
                throw new IOException("a column claims " + element.getNum_children() + " children");
            }
            if (element.getNum_children() > 0) {
                open.push(element.getNum_children());
            }
            if (element.isSetLogicalType() && element.getLogicalType().getSetField() == null) {
                // One that the format did not have yet: what is stored can be read all the same.
                element.unsetLogicalType();
            }
            if (open.size() > ParquetLimits.SCHEMA_DEPTH) {
                throw new IOException("the schema is more than " + ParquetLimits.SCHEMA_DEPTH + " levels deep");
            }
        }
    }

    /** Refuses what only lists the row groups of other files, such as {@code _metadata} beside them. */
    private static void checkOwnFile(String key, FileMetaData thrift) {
        for (org.apache.parquet.format.RowGroup group : thrift.getRow_groups()) {
            for (ColumnChunk chunk : group.getColumns()) {
                if (chunk.isSetFile_path() && !chunk.getFile_path().isEmpty()) {
                    throw notParquet(
                            key, "has no rows of its own, those are in '" + chunk.getFile_path() + "'; read that file");
                }
            }
        }
    }

    /** The columns of which any part is encrypted. */
    private static Set<ColumnPath> encrypted(FileMetaData thrift) {
        Set<ColumnPath> paths = new HashSet<>();
        for (org.apache.parquet.format.RowGroup group : thrift.getRow_groups()) {
            for (ColumnChunk chunk : group.getColumns()) {
                if (chunk.isSetCrypto_metadata()) {
                    ColumnCryptoMetaData crypto = chunk.getCrypto_metadata();
                    List<String> path = crypto.isSetENCRYPTION_WITH_COLUMN_KEY()
                            ? crypto.getENCRYPTION_WITH_COLUMN_KEY().getPath_in_schema()
                            : chunk.getMeta_data().getPath_in_schema();
                    paths.add(ColumnPath.get(path.toArray(String[]::new)));
                    if (!crypto.isSetENCRYPTION_WITH_COLUMN_KEY()) {
                        // What the footer says of the column is plain; parquet's converter asks for a key all the same.
                        chunk.unsetCrypto_metadata();
                    }
                }
            }
        }
        return paths;
    }

    /** A key may stand without a value. */
    private static Map<String, String> metadata(Map<String, @Nullable String> pairs) {
        Map<String, String> metadata = new HashMap<>();
        pairs.forEach((name, value) -> metadata.put(name, value == null ? "" : value));
        return metadata;
    }

    /** Refuses columns that are encrypted in part or whole. */
    void checkReadable(List<ParquetNode> nodes) {
        if (encrypted.isEmpty()) {
            return;
        }
        List<String> names = nodes.stream()
                .filter(node -> node.leaves().stream()
                        .anyMatch(leaf -> leaf.leaf() != null
                                && encrypted.contains(ColumnPath.get(leaf.leaf().getPath()))))
                .map(node -> node.column().name())
                .toList();
        if (!names.isEmpty()) {
            throw new KeywharfException(
                    "parquet.encrypted",
                    key,
                    "has encrypted columns " + names
                            + ", which are not supported; leave them out by columns(...) and where(...)");
        }
    }

    long rowCount() {
        return groups.stream().mapToLong(BlockMetaData::getRowCount).sum();
    }

    private static KeywharfException notParquet(String key, String problem) {
        return new KeywharfException("parquet.not_parquet", key, problem);
    }

    static KeywharfException corrupt(String key, String problem, @Nullable Throwable cause) {
        return new KeywharfException("parquet.corrupt", key, problem + "; fetch or write the file again", cause);
    }
}
