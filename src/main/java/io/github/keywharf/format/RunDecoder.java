package io.github.keywharf.format;

import java.util.Arrays;

/** Decodes runs of equal numbers and groups of bit-packed ones (the RLE hybrid encoding), many at a time. */
final class RunDecoder implements PageSource.LevelDecoder {

    private static final int GROUP = 8;

    private final byte[] bytes;
    private final int end;
    private final int width;
    private final long mask;
    private long position;
    private boolean packed;
    private long left;
    private int repeated;
    private long runStart;
    private long bit;

    RunDecoder(byte[] bytes, int from, int end, int width) {
        if (width < 0 || width > Integer.SIZE || from < 0 || from > end || end > bytes.length) {
            throw new IllegalArgumentException("numbers of " + width + " bits from " + from + " to " + end);
        }
        this.bytes = bytes;
        this.position = from;
        this.end = end;
        this.width = width;
        mask = (1L << width) - 1;
    }

    /** Decodes the next {@code count} numbers to the front of the array. */
    @Override
    public void read(int[] target, int count) {
        int at = 0;
        while (at < count) {
            if (left == 0) {
                nextRun();
            }
            int take = (int) Math.min(count - at, left);
            if (packed && width > 0) {
                unpack(target, at, at + take);
            } else {
                Arrays.fill(target, at, at + take, packed ? 0 : repeated);
            }
            left -= take;
            at += take;
        }
    }

    /** Decodes the next {@code count} numbers of one bit, 64 to a word, the lowest first; returns how many are 1. */
    int readBits(long[] target, int count) {
        Arrays.fill(target, 0);
        int ones = 0;
        for (int at = 0; at < count; ) {
            if (left == 0) {
                nextRun();
            }
            // A word that is read at any bit of a byte has so many.
            int take =
                    (int) Math.min(Math.min(count - at, left), Math.min(Long.SIZE - (at & 63), Long.SIZE - Byte.SIZE));
            long bits = packed ? word(bit) >>> (bit & 7) : -repeated;
            bits &= (1L << take) - 1;
            bit += take;
            target[at >>> 6] |= bits << at;
            ones += Long.bitCount(bits);
            left -= take;
            at += take;
        }
        return ones;
    }

    private long word(long at) {
        return at >>> 3 > end - Long.BYTES ? lastBytes(at) : LittleEndian.longAt(bytes, (int) (at >>> 3));
    }

    @Override
    public boolean takeAll(int number, int count) {
        if (left == 0) {
            nextRun();
        }
        if (packed || repeated != number || left < count) {
            return false;
        }
        left -= count;
        return true;
    }

    private void unpack(int[] target, int from, int to) {
        int at = from;
        long next = bit;
        // As many as lie within eight bytes that are there.
        long whole = (end - Long.BYTES) * (long) Byte.SIZE - next;
        int fast = whole < 0 ? from : (int) Math.min(to, from + whole / width + 1);
        for (; at < fast; at++) {
            target[at] = (int) ((LittleEndian.longAt(bytes, (int) (next >>> 3)) >>> (next & 7)) & mask);
            next += width;
        }
        for (; at < to; at++) {
            target[at] = (int) ((lastBytes(next) >>> (next & 7)) & mask);
            next += width;
        }
        bit = next;
    }

    /** Eight bytes, of which those past the end are zeros: the last group may be cut off, but not be missing. */
    private long lastBytes(long at) {
        long groupBits = (long) GROUP * width;
        if (runStart + (at - runStart * Byte.SIZE) / groupBits * width >= end) {
            throw new IndexOutOfBoundsException("packed numbers end early");
        }
        int first = (int) (at >>> 3);
        long word = 0;
        for (int i = Math.min(Long.BYTES, end - first) - 1; i >= 0; i--) {
            word = (word << Byte.SIZE) | (bytes[first + i] & 0xFF);
        }
        return word;
    }

    private void nextRun() {
        int header = varint();
        packed = (header & 1) == 1;
        left = (long) (header >>> 1);
        if (packed) {
            runStart = position;
            bit = position * Byte.SIZE;
            position += left * width;
            left *= GROUP;
        } else {
            repeated = 0;
            for (int i = 0; i < (width + 7) / 8; i++) {
                repeated |= next() << (8 * i);
            }
            if ((repeated & ~mask) != 0 && width < Integer.SIZE) {
                throw new IllegalArgumentException("a repeated number has more than " + width + " bits");
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
        return bytes[(int) position++] & 0xFF;
    }
}
