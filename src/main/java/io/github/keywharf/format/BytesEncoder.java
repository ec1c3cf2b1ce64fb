package io.github.keywharf.format;

import io.github.keywharf.table.BytesVector;
import io.github.keywharf.table.ColumnType;
import io.github.keywharf.table.ColumnVector;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Objects;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.values.deltastrings.DeltaByteArrayWriter;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** Text, bytes, UUIDs and decimals too long for a number: all strings of bytes. */
final class BytesEncoder extends ValueEncoder {

    private final ColumnType column;
    private final int lengthBytes;
    private final @Nullable DeltaByteArrayWriter delta;
    private final ByteStringDictionary dictionary = new ByteStringDictionary();
    private byte[] plain = new byte[4096];
    private int plainLength;
    private int rawBytes;
    private int page;

    /** A vector of entries, and the ids that they have here, plus 1; 0 where that is not known yet. */
    private @Nullable BytesVector known;

    private int[] knownIds = {};

    BytesEncoder(PrimitiveType type, ColumnType column, Parquet.Version version) {
        super(type, version);
        this.column = column;
        boolean binary = type.getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
        lengthBytes = binary ? Integer.BYTES : 0;
        delta = binary && version == Parquet.Version.V2
                ? new DeltaByteArrayWriter(64 * 1024, 1024 * 1024, HeapByteBufferAllocator.getInstance())
                : null;
    }

    @Override
    int add(ColumnVector vector, int from, int to) {
        return vector instanceof BytesVector bytes ? addBytes(bytes, from, to) : addDecimals(vector, from, to);
    }

    private int addBytes(BytesVector vector, int from, int to) {
        byte[] bytes = vector.bytes();
        int min = -1;
        int max = -1;
        int added = 0;
        boolean hasEntries = dictionaryOn && knows(vector);
        for (int i = from; i < to; i++) {
            if (vector.isNull(i)) {
                continue;
            }
            added++;
            int offset = vector.offset(i);
            int length = vector.length(i);
            rawBytes += length + lengthBytes;
            boolean fresh = true;
            if (dictionaryOn) {
                int id = hasEntries ? idOf(vector, i) : dictionary.idOf(bytes, offset, length);
                addId(id);
                fresh = dictionary.firstOnPage(id, page);
            } else {
                addPlain(bytes, offset, length);
            }
            if (fresh) {
                min = min < 0 || compare(vector, i, min) < 0 ? i : min;
                max = max < 0 || compare(vector, i, max) > 0 ? i : max;
            }
        }
        if (min >= 0) {
            statistics.updateStats(binary(vector, min));
            statistics.updateStats(binary(vector, max));
        }
        return added;
    }

    /** Whether entries of the vector's own dictionary are looked up but once each, which fewer entries than values are worth. */
    private boolean knows(BytesVector vector) {
        int entries = vector.entries();
        if (vector != known && entries > 0 && entries <= vector.size()) {
            knownIds = new int[entries];
            known = vector;
        }
        return vector == known;
    }

    private int idOf(BytesVector vector, int position) {
        int entry = vector.entry(position);
        if (knownIds[entry] == 0) {
            knownIds[entry] = 1 + dictionary.idOf(vector.bytes(), vector.offset(position), vector.length(position));
        }
        return knownIds[entry] - 1;
    }

    private static int compare(BytesVector vector, int left, int right) {
        byte[] bytes = vector.bytes();
        int leftOffset = vector.offset(left);
        int rightOffset = vector.offset(right);
        return Arrays.compareUnsigned(
                bytes,
                leftOffset,
                leftOffset + vector.length(left),
                bytes,
                rightOffset,
                rightOffset + vector.length(right));
    }

    private static Binary binary(BytesVector vector, int position) {
        return Binary.fromReusedByteArray(vector.bytes(), vector.offset(position), vector.length(position));
    }

    private int addDecimals(ColumnVector vector, int from, int to) {
        int width = ParquetWriteSchema.decimalBytes(column.precision());
        int added = 0;
        for (int i = from; i < to; i++) {
            if (!vector.isNull(i)) {
                BigDecimal value = (BigDecimal) Objects.requireNonNull(vector.value(i));
                byte[] digits = value.unscaledValue().toByteArray();
                byte[] fixed = new byte[width];
                Arrays.fill(fixed, 0, width - digits.length, (byte) (value.signum() < 0 ? -1 : 0));
                System.arraycopy(digits, 0, fixed, width - digits.length, digits.length);
                statistics.updateStats(Binary.fromConstantByteArray(fixed));
                rawBytes += width;
                added++;
                if (dictionaryOn) {
                    addId(dictionary.idOf(fixed, 0, width));
                } else {
                    addPlain(fixed, 0, width);
                }
            }
        }
        return added;
    }

    private void addPlain(byte[] bytes, int offset, int length) {
        if (delta != null) {
            delta.writeBytes(Binary.fromReusedByteArray(bytes, offset, length));
            return;
        }
        int end = plainLength + lengthBytes + length;
        if (end > plain.length) {
            plain = Arrays.copyOf(plain, Math.max(end, plain.length + (plain.length >> 1)));
        }
        if (lengthBytes > 0) {
            LittleEndian.put(plain, plainLength, length);
        }
        System.arraycopy(bytes, offset, plain, plainLength + lengthBytes, length);
        plainLength = end;
    }

    @Override
    int rawBytes() {
        return rawBytes;
    }

    @Override
    int dictionarySize() {
        return dictionary.size();
    }

    @Override
    int dictionaryBytes() {
        return dictionary.bytes() + dictionary.size() * lengthBytes;
    }

    @Override
    BytesInput dictionaryContent() {
        return BytesInput.from(dictionary.plain(lengthBytes));
    }

    @Override
    BytesInput plainPage() throws IOException {
        return delta == null ? BytesInput.from(plain, 0, plainLength) : delta.getBytes();
    }

    @Override
    Encoding plainEncoding() {
        return delta == null ? Encoding.PLAIN : delta.getEncoding();
    }

    @Override
    void addPlain(int id) {
        addPlain(dictionary.content(), dictionary.offset(id), dictionary.offset(id + 1) - dictionary.offset(id));
    }

    @Override
    void resetPage() {
        page++;
        rawBytes = 0;
        plainLength = 0;
        if (delta != null) {
            delta.reset();
        }
    }

    @Override
    void resetDictionary() {
        known = null;
        dictionary.clear();
    }
}
