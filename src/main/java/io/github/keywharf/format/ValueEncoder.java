package io.github.keywharf.format;

import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.DictionaryPage;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/**
 * The values of one leaf column of a row group, without its nulls: through a dictionary as long as that is smaller,
 * plain or as differences after that.
 */
abstract class ValueEncoder {

    /** The most bytes of a dictionary, as parquet's own writer has it: past it a page's ids save nothing. */
    static final int MAX_DICTIONARY_BYTES = 1024 * 1024;

    /** A column whose dictionary was of no use is tried again after so many row groups. */
    private static final int RETRY_DICTIONARY = 8;

    final PrimitiveType type;
    final Parquet.Version version;
    Statistics<?> statistics;
    boolean dictionaryOn;
    boolean dictionaryPages;
    private boolean firstPage;
    private int groupsWithout;
    private int[] ids = new int[1024];
    private int idCount;
    private @Nullable RunLengthBitPackingHybridEncoder idEncoder;
    private int idWidth = -1;

    ValueEncoder(PrimitiveType type, Parquet.Version version) {
        this.type = type;
        this.version = version;
        this.statistics = Statistics.createStats(type);
    }

    static ValueEncoder of(PrimitiveType type, ColumnType column, Parquet.Version version) {
        if (column.kind() == ColumnType.Kind.BOOLEAN) {
            return new BooleanEncoder(type, version);
        }
        boolean bytes = type.getPrimitiveTypeName() == PrimitiveTypeName.BINARY
                || type.getPrimitiveTypeName() == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
        return bytes ? new BytesEncoder(type, column, version) : new FixedEncoder(type, version);
    }

    /** Adds the values at these positions that are not null, and returns how many those are. */
    abstract int add(ColumnVector vector, int from, int to);

    /** How many bytes the page's values take plain. */
    abstract int rawBytes();

    /** How many values the dictionary has. */
    abstract int dictionarySize();

    abstract int dictionaryBytes();

    abstract BytesInput dictionaryContent();

    /** The page's values without a dictionary; the ids it had are in what the dictionary gives. */
    abstract BytesInput plainPage() throws IOException;

    abstract Encoding plainEncoding();

    /** Appends the value that an id stands for to what {@link #plainPage()} gives. */
    abstract void addPlain(int id);

    abstract void resetPage();

    abstract void resetDictionary();

    final void addId(int id) {
        if (idCount == ids.length) {
            ids = java.util.Arrays.copyOf(ids, ids.length * 2);
        }
        ids[idCount++] = id;
    }

    final void startGroup() {
        resetDictionary();
        dictionaryPages = false;
        dictionaryOn = groupsWithout == 0 && type.getPrimitiveTypeName() != PrimitiveTypeName.BOOLEAN;
        groupsWithout = Math.max(0, groupsWithout - 1);
        firstPage = true;
        startPage();
    }

    final void startPage() {
        idCount = 0;
        statistics = Statistics.createStats(type);
        resetPage();
    }

    /** The content of the page; its encoding is what {@link #encoding()} says after this call. */
    final BytesInput page() throws IOException {
        if (dictionaryOn && dictionaryBytes() <= MAX_DICTIONARY_BYTES && (!firstPage || idsAreSmaller())) {
            firstPage = false;
            dictionaryPages = true;
            return idPage();
        }
        if (dictionaryOn) {
            groupsWithout = firstPage ? RETRY_DICTIONARY : 0;
            dictionaryOn = false;
            for (int i = 0; i < idCount; i++) {
                addPlain(ids[i]);
            }
        }
        firstPage = false;
        return plainPage();
    }

    final Encoding encoding() {
        if (!dictionaryOn) {
            return plainEncoding();
        }
        return version == Parquet.Version.V1 ? dictionaryEncoding() : Encoding.RLE_DICTIONARY;
    }

    /** The dictionary that the pages of the row group refer to, if any does. */
    final @Nullable DictionaryPage dictionaryPage() {
        if (!dictionaryPages) {
            return null;
        }
        Encoding encoding = version == Parquet.Version.V1 ? dictionaryEncoding() : Encoding.PLAIN;
        return new DictionaryPage(dictionaryContent(), dictionarySize(), encoding);
    }

    @SuppressWarnings("deprecation") // what the first version of the format calls it
    private static Encoding dictionaryEncoding() {
        return Encoding.PLAIN_DICTIONARY;
    }

    private boolean idsAreSmaller() {
        long idBytes = (long) idCount * BytesUtils.getWidthFromMaxInt(Math.max(0, dictionarySize() - 1)) / 8;
        return idBytes + dictionaryBytes() < rawBytes() || idCount == 0;
    }

    private BytesInput idPage() throws IOException {
        int width = BytesUtils.getWidthFromMaxInt(Math.max(0, dictionarySize() - 1));
        RunLengthBitPackingHybridEncoder encoder = idEncoder;
        if (encoder == null || width != idWidth) {
            encoder = new RunLengthBitPackingHybridEncoder(
                    width, 16 * 1024, 1024 * 1024, HeapByteBufferAllocator.getInstance());
            idEncoder = encoder;
            idWidth = width;
        } else {
            encoder.reset();
        }
        for (int i = 0; i < idCount; i++) {
            encoder.writeInt(ids[i]);
        }
        return BytesInput.concat(BytesInput.from(new byte[] {(byte) width}), encoder.toBytes());
    }
}
