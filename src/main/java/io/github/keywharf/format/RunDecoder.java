package io.github.keywharf.format;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.column.values.bitpacking.BytePacker;
import org.apache.parquet.column.values.bitpacking.Packer;

/** Decodes runs of equal numbers and groups of bit-packed ones (the RLE hybrid encoding), many at a time. */
final class RunDecoder {

    private static final int GROUP = 8;

    private final byte[] bytes;
    private final int end;
    private final int width;
    private final BytePacker packer;
    private final ByteBuffer view;
    private final int[] group = new int[GROUP];
    private int position;
    private boolean packed;
    private long left;
    private int repeated;
    private int groupLeft;

    RunDecoder(byte[] bytes, int from, int end, int width) {
        if (width < 0 || width > Integer.SIZE || from < 0 || from > end || end > bytes.length) {
            throw new IllegalArgumentException("numbers of " + width + " bits from " + from + " to " + end);
        }
        this.bytes = bytes;
        this.position = from;
        this.end = end;
        this.width = width;
        packer = Packer.LITTLE_ENDIAN.newBytePacker(width);
        view = ByteBuffer.wrap(bytes);
    }

    /** Decodes the next {@code count} numbers to the front of the array. */
    void read(int[] target, int count) {
        int at = 0;
        while (at < count) {
            if (left == 0) {
                nextRun();
            }
            int take = (int) Math.min(count - at, left);
            if (packed && width > 0) {
                unpack(target, at, take);
            } else {
                Arrays.fill(target, at, at + take, packed ? 0 : repeated);
            }
            left -= take;
            at += take;
        }
    }

    private void unpack(int[] target, int from, int count) {
        int at = from;
        int to = from + count;
        while (at < to) {
            if (groupLeft > 0) {
                target[at++] = group[GROUP - groupLeft--];
            } else if (to - at >= GROUP && end - position >= width) {
                packer.unpack8Values(view, position, target, at);
                position += width;
                at += GROUP;
            } else {
                unpackGroup();
            }
        }
    }

    private void unpackGroup() {
        if (position >= end && width > 0) {
            throw new IndexOutOfBoundsException("packed numbers end early");
        }
        byte[] padded = Arrays.copyOfRange(bytes, position, position + width);
        int there = Math.min(width, end - position);
        Arrays.fill(padded, there, width, (byte) 0);
        packer.unpack8Values(ByteBuffer.wrap(padded), 0, group, 0);
        position += width;
        groupLeft = GROUP;
    }

    private void nextRun() {
        int header = varint();
        groupLeft = 0;
        packed = (header & 1) == 1;
        if (packed) {
            left = (long) (header >>> 1) * GROUP;
        } else {
            left = (long) (header >>> 1);
            repeated = 0;
            for (int i = 0; i < (width + 7) / 8; i++) {
                repeated |= next() << (8 * i);
            }
        }
    }

    private int varint() {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int next = next();
            value |= (next & 0x7F) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new IllegalArgumentException("a run's length has more than five bytes");
    }

    private int next() {
        if (position >= end) {
            throw new IndexOutOfBoundsException("runs end early");
        }
        return bytes[position++] & 0xFF;
    }
}
