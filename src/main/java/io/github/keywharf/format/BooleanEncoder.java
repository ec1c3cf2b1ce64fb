package io.github.keywharf.format;

import io.github.keywharf.table.BooleanVector;
import io.github.keywharf.table.ColumnVector;
import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.plain.BooleanPlainValuesWriter;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridValuesWriter;
import org.apache.parquet.schema.PrimitiveType;

/** Booleans: a bit each, or runs of bits in the second version. A dictionary would not help. */
final class BooleanEncoder extends ValueEncoder {

    private final ValuesWriter bits;

    BooleanEncoder(PrimitiveType type, Parquet.Version version) {
        super(type, version);
        bits = version == Parquet.Version.V1
                ? new BooleanPlainValuesWriter()
                : new RunLengthBitPackingHybridValuesWriter(1, 256, 64 * 1024, HeapByteBufferAllocator.getInstance());
    }

    @Override
    int add(ColumnVector vector, int from, int to) {
        BooleanVector booleans = (BooleanVector) vector;
        int added = 0;
        for (int i = from; i < to; i++) {
            if (!vector.isNull(i)) {
                boolean value = booleans.booleanAt(i);
                bits.writeBoolean(value);
                statistics.updateStats(value);
                added++;
            }
        }
        return added;
    }

    @Override
    int rawBytes() {
        return (int) bits.getBufferedSize();
    }

    @Override
    int dictionarySize() {
        return 0;
    }

    @Override
    int dictionaryBytes() {
        return 0;
    }

    @Override
    BytesInput dictionaryContent() {
        return BytesInput.empty();
    }

    @Override
    BytesInput plainPage() throws IOException {
        return bits.getBytes();
    }

    @Override
    Encoding plainEncoding() {
        return bits.getEncoding();
    }

    @Override
    void addPlain(int id) {
        throw new IllegalStateException("booleans have no dictionary");
    }

    @Override
    void resetPage() {
        bits.reset();
    }

    @Override
    void resetDictionary() {}
}
