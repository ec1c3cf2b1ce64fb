package io.github.keywharf.format;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.DictionaryPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

/** A file put together page by page, as the format allows it and no library writes it. */
final class RawParquet {

    /** What goes to the end of the file, to be changed before {@link #bytes()}. */
    final FileMetaData footer;

    private final MessageType schema;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    RawParquet(String fields) {
        schema = MessageTypeParser.parseMessageType("message m { " + fields + " }");
        footer = new ParquetMetadataConverter()
                .toParquetMetadata(
                        2,
                        new ParquetMetadata(
                                new org.apache.parquet.hadoop.metadata.FileMetaData(schema, Map.of(), "by hand"),
                                List.of()));
        out.writeBytes("PAR1".getBytes(StandardCharsets.US_ASCII));
    }

    /** Begins a row group. */
    RawParquet group(long rows) {
        footer.addToRow_groups(new RowGroup(new ArrayList<>(), 0, rows));
        footer.setNum_rows(footer.getNum_rows() + rows);
        return this;
    }

    /** Adds the next column of the schema to the row group, of pages with their headers. */
    RawParquet column(CompressionCodec codec, long values, byte[]... pages) {
        RowGroup group = footer.getRow_groups().get(footer.getRow_groups().size() - 1);
        ColumnDescriptor leaf = schema.getColumns().get(group.getColumnsSize());
        long start = out.size();
        for (byte[] page : pages) {
            out.writeBytes(page);
        }
        long size = out.size() - start;
        String physical = leaf.getPrimitiveType().getPrimitiveTypeName().name();
        ColumnMetaData meta = new ColumnMetaData(
                Type.valueOf(physical.equals("BINARY") ? "BYTE_ARRAY" : physical),
                List.of(Encoding.PLAIN),
                List.of(leaf.getPath()),
                codec,
                values,
                size,
                size,
                start);
        ColumnChunk chunk = new ColumnChunk(0);
        chunk.setMeta_data(meta);
        group.addToColumns(chunk);
        group.setTotal_byte_size(group.getTotal_byte_size() + size);
        return this;
    }

    /** A column whose pages are not compressed. */
    RawParquet column(long values, byte[]... pages) {
        return column(CompressionCodec.UNCOMPRESSED, values, pages);
    }

    ColumnChunk chunk(int group, int column) {
        return footer.getRow_groups().get(group).getColumns().get(column);
    }

    byte[] bytes() {
        try {
            ByteArrayOutputStream file = new ByteArrayOutputStream();
            out.writeTo(file);
            int start = file.size();
            Util.writeFileMetaData(footer, file);
            byte[] trailer = new byte[8];
            LittleEndian.put(trailer, 0, file.size() - start);
            System.arraycopy("PAR1".getBytes(StandardCharsets.US_ASCII), 0, trailer, 4, 4);
            file.writeBytes(trailer);
            return file.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A page of that header and those bytes, which may be compressed. */
    static byte[] page(PageHeader header, byte[] content) {
        try {
            ByteArrayOutputStream page = new ByteArrayOutputStream();
            Util.writePageHeader(header, page);
            page.writeBytes(content);
            return page.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A data page of the first version that is not compressed. */
    static byte[] page(int entries, Encoding encoding, byte[]... parts) {
        byte[] content = concat(parts);
        return packed(entries, encoding, content.length, content);
    }

    /** A data page of the first version whose bytes are compressed. */
    static byte[] packed(int entries, Encoding encoding, int size, byte[] content) {
        PageHeader header = new PageHeader(PageType.DATA_PAGE, size, content.length);
        header.setData_page_header(new DataPageHeader(entries, encoding, Encoding.RLE, Encoding.RLE));
        return page(header, content);
    }

    /** A data page of the second version that is not compressed. */
    static byte[] page2(
            int entries, int nulls, int rows, Encoding encoding, byte[] repetition, byte[] definition, byte[] values) {
        byte[] content = concat(repetition, definition, values);
        PageHeader header = new PageHeader(PageType.DATA_PAGE_V2, content.length, content.length);
        header.setData_page_header_v2(
                new DataPageHeaderV2(entries, nulls, rows, encoding, definition.length, repetition.length));
        return page(header, content);
    }

    static byte[] dictionary(int count, byte[] values) {
        PageHeader header = new PageHeader(PageType.DICTIONARY_PAGE, values.length, values.length);
        header.setDictionary_page_header(new DictionaryPageHeader(count, Encoding.PLAIN));
        return page(header, values);
    }

    /** Levels or numbers of a dictionary's entries in runs, without anything before them. */
    static byte[] runs(int width, int... numbers) {
        RunLengthBitPackingHybridEncoder encoder =
                new RunLengthBitPackingHybridEncoder(width, 256, 1024, HeapByteBufferAllocator.getInstance());
        try {
            for (int number : numbers) {
                encoder.writeInt(number);
            }
            return bytes(encoder.toBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Levels as a page of the first version has them: in runs, after their length. */
    static byte[] levels(int width, int... numbers) {
        byte[] runs = runs(width, numbers);
        byte[] length = new byte[Integer.BYTES];
        LittleEndian.put(length, 0, runs.length);
        return concat(length, runs);
    }

    static byte[] ints(int... values) {
        byte[] bytes = new byte[values.length * Integer.BYTES];
        for (int i = 0; i < values.length; i++) {
            LittleEndian.put(bytes, i * Integer.BYTES, values[i]);
        }
        return bytes;
    }

    static byte[] bytes(BytesInput input) {
        try {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            input.writeAllTo(all);
            return all.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
