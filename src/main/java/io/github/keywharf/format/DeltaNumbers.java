package io.github.keywharf.format;

import java.io.IOException;
import java.util.Arrays;
import org.apache.parquet.column.values.bitpacking.BytePackerForLong;
import org.apache.parquet.column.values.bitpacking.Packer;

/**
 * Decodes numbers that are stored as differences (DELTA_BINARY_PACKED of the Parquet format's Encodings.md). No memory
 * is taken for the sizes that the page states.
 */
final class DeltaNumbers {

    private static final int GROUP = 8;

    private final byte[] bytes;
    private final int end;
    private final int miniBlocks;
    private final int miniSize;
    private final int data;
    private final long first;
    private final long total;
    private final long[] group = new long[GROUP];
    private long left;
    private int position;
    private long last;
    private long minDelta;
    private int widths;
    private int mini;
    private int miniLeft;
    private int groupLeft;
    private BytePackerForLong packer = Packer.LITTLE_ENDIAN.newBytePackerForLong(0);

    /** @param most how many numbers there can be */
    DeltaNumbers(byte[] bytes, int from, int end, int most) throws IOException {
        this.bytes = bytes;
        this.end = end;
        position = from;
        long blockSize = unsigned();
        long blocks = unsigned();
        total = unsigned();
        first = signed();
        if (blocks <= 0 || blockSize <= 0 || blockSize > Integer.MAX_VALUE || blocks > end - from) {
            throw new IOException("a page claims blocks of " + blockSize + " numbers in " + blocks + " parts");
        }
        if (blockSize % blocks != 0 || blockSize / blocks % GROUP != 0) {
            throw new IOException("a page has blocks of " + blockSize + " numbers in " + blocks + " unequal parts");
        }
        if (total < 0 || total > most) {
            throw new IOException("a page of " + most + " entries claims " + total + " numbers");
        }
        miniBlocks = (int) blocks;
        miniSize = (int) (blockSize / blocks);
        mini = miniBlocks;
        data = position;
        left = total;
        last = first;
    }

    /** How many numbers are still to be decoded. */
    long left() {
        return left;
    }

    /** Where the numbers end, found without decoding them. */
    int end() throws IOException {
        int decoding = position;
        position = data;
        for (long skipped = 1; skipped < total; ) {
            signed();
            int at = takeWidths();
            for (int i = 0; i < miniBlocks && skipped < total; i++, skipped += miniSize) {
                need((long) width(at + i) * miniSize / Byte.SIZE);
                position += (int) ((long) width(at + i) * miniSize / Byte.SIZE);
            }
        }
        int found = position;
        position = decoding;
        return found;
    }

    /** Decodes the next {@code count} numbers to the front of the array. */
    void read(long[] target, int count) throws IOException {
        if (count > left) {
            throw new IOException("a page has fewer values than it says");
        }
        int at = 0;
        if (count > 0 && left == total) {
            target[at++] = first;
        }
        while (at < count) {
            if (groupLeft > 0) {
                last += minDelta + group[GROUP - groupLeft--];
                target[at++] = last;
                continue;
            }
            if (miniLeft == 0) {
                nextMiniBlock();
            }
            need(packer.getBitWidth());
            if (count - at >= GROUP) {
                unpack(target, at);
                for (int to = at + GROUP; at < to; at++) {
                    last += minDelta + target[at];
                    target[at] = last;
                }
            } else {
                unpack(group, 0);
                groupLeft = GROUP;
            }
            position += packer.getBitWidth();
            miniLeft -= GROUP;
        }
        left -= count;
    }

    private void unpack(long[] target, int at) {
        if (packer.getBitWidth() == 0) {
            // The packer leaves the target as it was.
            Arrays.fill(target, at, at + GROUP, 0);
        } else {
            packer.unpack8Values(bytes, position, target, at);
        }
    }

    private void nextMiniBlock() throws IOException {
        if (mini == miniBlocks) {
            minDelta = signed();
            widths = takeWidths();
            mini = 0;
        }
        int width = width(widths + mini++);
        if (packer.getBitWidth() != width) {
            packer = Packer.LITTLE_ENDIAN.newBytePackerForLong(width);
        }
        miniLeft = miniSize;
    }

    private int takeWidths() throws IOException {
        int at = position;
        need(miniBlocks);
        position += miniBlocks;
        return at;
    }

    private int width(int at) throws IOException {
        int width = bytes[at] & 0xFF;
        if (width > Long.SIZE) {
            throw new IOException("a page claims numbers of " + width + " bits");
        }
        return width;
    }

    private void need(long count) throws IOException {
        if (count > end - position) {
            throw new IOException("a page has fewer values than it says");
        }
    }

    private long signed() throws IOException {
        long value = unsigned();
        return (value >>> 1) ^ -(value & 1);
    }

    private long unsigned() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE + 6; shift += 7) {
            need(1);
            int next = bytes[position++];
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IOException("a number has more than ten bytes");
    }
}
