package io.github.keywharf.format;

import java.io.IOException;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;

/** The repetition or definition levels of a page. A page whose levels are all alike, the usual one, is only counted. */
final class LevelEncoder {

    private static final int INITIAL_BYTES = 256;

    private final int maxLevel;
    private final RunLengthBitPackingHybridEncoder encoder;
    private int alike;
    private int level;
    private boolean mixed;

    LevelEncoder(int maxLevel) {
        this.maxLevel = maxLevel;
        this.encoder = new RunLengthBitPackingHybridEncoder(
                BytesUtils.getWidthFromMaxInt(maxLevel),
                INITIAL_BYTES,
                64 * 1024,
                HeapByteBufferAllocator.getInstance());
    }

    void add(int newLevel, int times) throws IOException {
        if (!mixed) {
            if (alike == 0 || newLevel == level) {
                level = newLevel;
                alike += times;
                return;
            }
            mixed = true;
            repeat(level, alike);
        }
        repeat(newLevel, times);
    }

    private void repeat(int value, int times) throws IOException {
        for (int i = 0; i < times; i++) {
            encoder.writeInt(value);
        }
    }

    /** The levels of the page; nothing where there is but one level. */
    BytesInput bytes() throws IOException {
        if (maxLevel == 0) {
            return BytesInput.empty();
        }
        if (!mixed) {
            repeat(level, alike);
        }
        return encoder.toBytes();
    }

    /** The levels with their length before them, as the first version of the page format wants it. */
    BytesInput bytesWithLength() throws IOException {
        BytesInput bytes = bytes();
        return maxLevel == 0 ? bytes : BytesInput.concat(BytesInput.fromInt((int) bytes.size()), bytes);
    }

    void startPage() {
        encoder.reset();
        alike = 0;
        mixed = false;
    }
}
