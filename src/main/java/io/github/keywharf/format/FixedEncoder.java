package io.github.keywharf.format;

import io.github.keywharf.table.ColumnVector;
import io.github.keywharf.table.DoubleVector;
import io.github.keywharf.table.IntVector;
import io.github.keywharf.table.LongVector;
import java.io.IOException;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.values.ValuesWriter;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForInteger;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.jspecify.annotations.Nullable;

/** Numbers of four or eight bytes, handled as their bits in longs. */
final class FixedEncoder extends ValueEncoder {

    private static final int SLAB = 64 * 1024;

    private final PrimitiveTypeName physical;
    private final int width;
    private final @Nullable ValuesWriter delta;
    private long[] bits = new long[ColumnEncoder.SLICE];
    private byte[] plain = new byte[4096];
    private int plainLength;
    private int values;
    private int[] slots = new int[1024];
    private long[] keys = new long[512];
    private int distinct;

    FixedEncoder(PrimitiveType type, Parquet.Version version) {
        super(type, version);
        physical = type.getPrimitiveTypeName();
        width = physical == PrimitiveTypeName.INT32 || physical == PrimitiveTypeName.FLOAT ? 4 : 8;
        delta = version == Parquet.Version.V1 ? null : delta(physical);
    }

    private static @Nullable ValuesWriter delta(PrimitiveTypeName physical) {
        return switch (physical) {
            case INT32 ->
                new DeltaBinaryPackingValuesWriterForInteger(SLAB, 1024 * 1024, HeapByteBufferAllocator.getInstance());
            case INT64 ->
                new DeltaBinaryPackingValuesWriterForLong(SLAB, 1024 * 1024, HeapByteBufferAllocator.getInstance());
            default -> null;
        };
    }

    @Override
    int add(ColumnVector vector, int from, int to) {
        if (bits.length < to - from) {
            bits = new long[to - from];
        }
        int count = load(vector, from, to);
        if (count > 0) {
            measure(count);
            values += count;
            if (dictionaryOn) {
                addToDictionary(count);
            } else {
                addPlain(bits, count);
            }
        }
        return count;
    }

    private int load(ColumnVector vector, int from, int to) {
        long[] target = bits;
        int count = 0;
        if (vector instanceof IntVector ints) {
            for (int i = from; i < to; i++) {
                target[count] = ints.intAt(i);
                count += vector.isNull(i) ? 0 : 1;
            }
        } else if (vector instanceof LongVector longs) {
            for (int i = from; i < to; i++) {
                target[count] = longs.longAt(i);
                count += vector.isNull(i) ? 0 : 1;
            }
        } else if (width == 4) {
            for (int i = from; i < to; i++) {
                target[count] = Float.floatToRawIntBits((float) ((DoubleVector) vector).doubleAt(i));
                count += vector.isNull(i) ? 0 : 1;
            }
        } else {
            for (int i = from; i < to; i++) {
                target[count] = Double.doubleToRawLongBits(((DoubleVector) vector).doubleAt(i));
                count += vector.isNull(i) ? 0 : 1;
            }
        }
        return count;
    }

    private void measure(int count) {
        switch (physical) {
            case INT32, INT64 -> {
                long min = bits[0];
                long max = bits[0];
                for (int i = 1; i < count; i++) {
                    min = Math.min(min, bits[i]);
                    max = Math.max(max, bits[i]);
                }
                if (width == 4) {
                    statistics.updateStats((int) min);
                    statistics.updateStats((int) max);
                } else {
                    statistics.updateStats(min);
                    statistics.updateStats(max);
                }
            }
            case FLOAT -> {
                for (int i = 0; i < count; i++) {
                    statistics.updateStats(Float.intBitsToFloat((int) bits[i]));
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    statistics.updateStats(Double.longBitsToDouble(bits[i]));
                }
            }
        }
    }

    private void addToDictionary(int count) {
        for (int i = 0; i < count; i++) {
            addId(idOf(bits[i]));
        }
    }

    private int idOf(long key) {
        int mask = slots.length - 1;
        int slot = slot(key, mask);
        for (int id = slots[slot]; id != 0; id = slots[slot]) {
            if (keys[id - 1] == key) {
                return id - 1;
            }
            slot = (slot + 1) & mask;
        }
        if (distinct == keys.length) {
            grow();
            return idOf(key);
        }
        keys[distinct] = key;
        slots[slot] = ++distinct;
        return distinct - 1;
    }

    private static int slot(long key, int mask) {
        return (int) ((key * 0x9E3779B97F4A7C15L) >>> 32) & mask;
    }

    private void grow() {
        keys = Arrays.copyOf(keys, keys.length * 2);
        slots = new int[keys.length * 2];
        int mask = slots.length - 1;
        for (int id = 0; id < distinct; id++) {
            int slot = slot(keys[id], mask);
            while (slots[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = id + 1;
        }
    }

    private void addPlain(long[] source, int count) {
        if (delta != null) {
            for (int i = 0; i < count; i++) {
                if (width == 4) {
                    delta.writeInteger((int) source[i]);
                } else {
                    delta.writeLong(source[i]);
                }
            }
            return;
        }
        plain = appended(plain, plainLength, source, count, width);
        plainLength += count * width;
    }

    private static byte[] appended(byte[] target, int at, long[] source, int count, int width) {
        int end = at + count * width;
        byte[] bytes = end > target.length ? Arrays.copyOf(target, Math.max(end, target.length * 2)) : target;
        for (int i = 0; i < count; i++) {
            if (width == 4) {
                LittleEndian.put(bytes, at + i * 4, (int) source[i]);
            } else {
                LittleEndian.put(bytes, at + i * 8, source[i]);
            }
        }
        return bytes;
    }

    @Override
    int rawBytes() {
        return values * width;
    }

    @Override
    int dictionarySize() {
        return distinct;
    }

    @Override
    int dictionaryBytes() {
        return distinct * width;
    }

    @Override
    BytesInput dictionaryContent() {
        return BytesInput.from(appended(new byte[distinct * width], 0, keys, distinct, width));
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
        bits[0] = keys[id];
        addPlain(bits, 1);
    }

    @Override
    void resetPage() {
        values = 0;
        plainLength = 0;
        if (delta != null) {
            delta.reset();
        }
    }

    @Override
    void resetDictionary() {
        distinct = 0;
        Arrays.fill(slots, 0);
    }
}
