package io.github.keywharf.format;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;

/** The pages of a column chunk, one after the other, checked, decompressed and ready to decode. */
final class PageSource {

    /** Decodes levels: the next so many to the front of the array. */
    @FunctionalInterface
    interface LevelDecoder {
        /** Decodes the next {@code count} levels. */
        void read(int[] target, int count);

        /** Whether the next {@code count} levels are known to be all this one, and are taken with that. */
        default boolean takeAll(int level, int count) {
            return false;
        }
    }

    /** A data page: its number of entries, and decoders of its levels and values. */
    record Page(int entries, LevelDecoder repetition, LevelDecoder definition, ValueDecoder values) {}

    private static final LevelDecoder NO_LEVELS = (target, count) -> java.util.Arrays.fill(target, 0, count, 0);

    private final ChunkInput input;
    private final ColumnDescriptor leaf;
    private final CompressionCodecName codec;
    private final boolean binary;
    private final PageBuffer buffer;
    private @Nullable DecodedValues dictionary;

    /** @param buffer for the bytes of a page, until the next one is asked for */
    PageSource(ChunkInput input, ColumnDescriptor leaf, CompressionCodecName codec, PageBuffer buffer) {
        this.input = input;
        this.leaf = leaf;
        this.codec = codec;
        this.buffer = buffer;
        binary = ValueDecoder.isBinary(leaf);
    }

    /**
     * The next data page.
     *
     * @param left how many entries the chunk still has, 1 at least
     */
    Page next(long left) throws IOException {
        while (true) {
            PageHeader header = header();
            int length = header.getCompressed_page_size();
            if (length < 0) {
                throw new IOException("a page claims " + length + " bytes");
            }
            int at = input.need(length);
            checkSum(header, at, length);
            Page page = null;
            if (header.getType() == PageType.DICTIONARY_PAGE && header.isSetDictionary_page_header()) {
                readDictionary(header, at, length);
            } else if (header.getType() == PageType.DATA_PAGE && header.isSetData_page_header()) {
                checkEntries(header.getData_page_header().getNum_values(), left);
                page = version1(header, at, length);
            } else if (header.getType() == PageType.DATA_PAGE_V2 && header.isSetData_page_header_v2()) {
                checkEntries(header.getData_page_header_v2().getNum_values(), left);
                page = version2(header, at, length);
            }
            input.advance(length);
            if (page != null && page.entries() > 0) {
                return page;
            }
        }
    }

    private PageHeader header() throws IOException {
        int length = ThriftCheck.length(input, ParquetLimits.HEADER_BYTES);
        int at = input.need(length);
        PageHeader header = Util.readPageHeader(new ByteArrayInputStream(input.buffer(), at, length));
        input.advance(length);
        return header;
    }

    private static void checkEntries(int entries, long left) throws IOException {
        if (entries < 0 || entries > left) {
            throw new IOException("a page claims " + entries + " entries where the column has " + left + " left");
        }
    }

    private void checkSum(PageHeader header, int at, int length) throws IOException {
        if (header.isSetCrc()) {
            CRC32 crc = new CRC32();
            crc.update(input.buffer(), at, length);
            if ((int) crc.getValue() != header.getCrc()) {
                throw new IOException("the checksum of a page is wrong");
            }
        }
    }

    /** Bytes of a page, ready to decode: the input's own, or decompressed into the buffer. */
    @SuppressWarnings("ArrayRecordComponent") // never compared or shown
    private record Content(byte[] bytes, int from, int to) {}

    private Content content(int at, int length, int size, PageBuffer target) throws IOException {
        if (codec != CompressionCodecName.UNCOMPRESSED) {
            byte[] bytes = ParquetDecompression.decompress(codec, input.buffer(), at, length, size, target);
            return new Content(bytes, 0, size);
        }
        if (size != length) {
            throw new IOException("a page that is not compressed has " + length + " bytes, not " + size);
        }
        return new Content(input.buffer(), at, at + length);
    }

    private void readDictionary(PageHeader header, int at, int length) throws IOException {
        int least = ValueDecoder.leastBytes(leaf);
        if (least == 0) {
            throw new IOException("a column of booleans has a dictionary, which the format does not allow");
        }
        int count = header.getDictionary_page_header().getNum_values();
        // Decoded, a value takes a long or two ints, which may be many times what its page takes.
        ParquetLimits.check((long) count * Long.BYTES, ParquetLimits.PAGE_BYTES, "bytes of values in one dictionary");
        Content content = content(at, length, header.getUncompressed_page_size(), buffer);
        int size = content.to() - content.from();
        if (count < 0 || count > Math.max(size / least, 1)) {
            throw new IOException("a dictionary of " + size + " bytes claims " + count + " values");
        }
        DecodedValues decoded = new DecodedValues();
        ValueDecoder.plain(leaf, content.bytes(), content.from(), content.to()).decode(decoded, count);
        decoded.becomeDictionary(count, binary);
        dictionary = decoded;
    }

    private Page version1(PageHeader header, int at, int length) throws IOException {
        DataPageHeader page = header.getData_page_header();
        Content bytes = content(at, length, header.getUncompressed_page_size(), buffer);
        int[] position = {bytes.from()};
        LevelDecoder repetition = levels(
                bytes,
                position,
                leaf.getMaxRepetitionLevel(),
                page.getRepetition_level_encoding(),
                page.getNum_values());
        LevelDecoder definition = levels(
                bytes,
                position,
                leaf.getMaxDefinitionLevel(),
                page.getDefinition_level_encoding(),
                page.getNum_values());
        return new Page(
                page.getNum_values(),
                repetition,
                definition,
                values(page.getEncoding(), bytes.bytes(), position[0], bytes.to(), page.getNum_values()));
    }

    @SuppressWarnings("deprecation") // levels that old writers made
    private LevelDecoder levels(
            Content content, int[] position, int maxLevel, org.apache.parquet.format.Encoding encoding, int count)
            throws IOException {
        if (maxLevel == 0) {
            return NO_LEVELS;
        }
        byte[] bytes = content.bytes();
        int from = position[0];
        if (encoding == org.apache.parquet.format.Encoding.BIT_PACKED) {
            ByteBufferInputStream in = ByteBufferInputStream.wrap(
                    ByteBuffer.wrap(bytes, from, content.to() - from).slice());
            ValuesReader reader = Encoding.BIT_PACKED.getValuesReader(
                    leaf,
                    maxLevel == leaf.getMaxRepetitionLevel() && from == content.from()
                            ? ValuesType.REPETITION_LEVEL
                            : ValuesType.DEFINITION_LEVEL);
            reader.initFromPage(count, in);
            position[0] = from + (int) in.position();
            return (target, n) -> {
                for (int i = 0; i < n; i++) {
                    target[i] = reader.readInteger();
                }
            };
        }
        if (content.to() - from < Integer.BYTES) {
            throw new IOException("a page ends within its levels");
        }
        int size = LittleEndian.intAt(bytes, from);
        int start = from + Integer.BYTES;
        if (size < 0 || size > content.to() - start) {
            throw new IOException("a page's levels claim " + size + " bytes");
        }
        position[0] = start + size;
        return new RunDecoder(bytes, start, start + size, BytesUtils.getWidthFromMaxInt(maxLevel));
    }

    private Page version2(PageHeader header, int at, int length) throws IOException {
        DataPageHeaderV2 page = header.getData_page_header_v2();
        int repetitionBytes = page.getRepetition_levels_byte_length();
        int definitionBytes = page.getDefinition_levels_byte_length();
        long levelBytes = (long) repetitionBytes + definitionBytes;
        if (repetitionBytes < 0 || definitionBytes < 0 || levelBytes > length) {
            throw new IOException("a page of " + length + " bytes claims " + levelBytes + " of levels");
        }
        int definitionAt = at + repetitionBytes;
        int valuesAt = at + (int) levelBytes;
        int rest = at + length - valuesAt;
        Content bytes = new Content(input.buffer(), valuesAt, at + length);
        if (rest > 0 && !(page.isSetIs_compressed() && !page.isIs_compressed())) {
            bytes = content(valuesAt, rest, header.getUncompressed_page_size() - (int) levelBytes, buffer);
        }
        return new Page(
                page.getNum_values(),
                levels(input.buffer(), at, definitionAt, leaf.getMaxRepetitionLevel()),
                levels(input.buffer(), definitionAt, valuesAt, leaf.getMaxDefinitionLevel()),
                values(page.getEncoding(), bytes.bytes(), bytes.from(), bytes.to(), page.getNum_values()));
    }

    private static LevelDecoder levels(byte[] bytes, int from, int to, int maxLevel) {
        if (maxLevel == 0) {
            return NO_LEVELS;
        }
        return new RunDecoder(bytes, from, to, BytesUtils.getWidthFromMaxInt(maxLevel));
    }

    private ValueDecoder values(org.apache.parquet.format.Encoding encoding, byte[] bytes, int from, int to, int count)
            throws IOException {
        return switch (encoding) {
            case PLAIN -> ValueDecoder.plain(leaf, bytes, from, to);
            case PLAIN_DICTIONARY, RLE_DICTIONARY -> {
                if (from == to) {
                    yield (target, n) -> {
                        if (n > 0) {
                            throw new IndexOutOfBoundsException("a page has no values");
                        }
                    };
                }
                if (dictionary == null) {
                    throw new IOException("a page refers to a dictionary that is not there");
                }
                yield ValueDecoder.dictionary(dictionary, binary, new RunDecoder(bytes, from + 1, to, bytes[from]));
            }
            default -> ValueDecoder.other(leaf, Encoding.valueOf(encoding.name()), bytes, from, to, count);
        };
    }
}
