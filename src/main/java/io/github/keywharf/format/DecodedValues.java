package io.github.keywharf.format;

import java.util.Arrays;

/** Stored values of a leaf: numbers as their bits in longs, or strings of bytes as places in one array. */
final class DecodedValues {

    long[] longs = new long[0];
    byte[] base = new byte[0];
    int[] offsets = new int[0];
    int[] lengths = new int[0];
    private int[] ints = new int[0];
    private byte[] own = new byte[0];
    private int ownLength;

    /** Makes room for that many values of the kind, and forgets what was kept. */
    void clear(int count, boolean binary) {
        if (binary) {
            if (offsets.length < count) {
                offsets = new int[count];
                lengths = new int[count];
            }
            ownLength = 0;
        } else {
            longs(count);
        }
    }

    /** {@link #longs} with room for that many, which keeps those it has. */
    long[] longs(int count) {
        if (longs.length < count) {
            longs = Arrays.copyOf(longs, room(count, longs.length));
        }
        return longs;
    }

    /** Numbers on their way to others; what was in it before is lost. */
    int[] ints(int count) {
        if (ints.length < count) {
            ints = new int[room(count, ints.length)];
        }
        return ints;
    }

    /** Little for a file of few rows, of which there may be many; a whole slice as soon as that was too little. */
    private static int room(int needed, int there) {
        return there == 0 ? needed + 1 : Math.max(needed, LeafReader.SLICE + 1);
    }

    /** Keeps a copy of bytes as the value at a position. */
    void keep(int position, byte[] source, int offset, int length) {
        keep(position, source, offset, length, source, offset, 0);
    }

    /** Keeps a value of two parts at a position. */
    void keep(int position, byte[] head, int headOffset, int headLength, byte[] tail, int tailOffset, int tailLength) {
        long end = (long) ownLength + headLength + tailLength;
        if (end > own.length) {
            ParquetLimits.check(end, ParquetLimits.PAGE_BYTES, "bytes in " + LeafReader.SLICE + " values");
            own = Arrays.copyOf(own, (int) Math.max(end, own.length + (own.length >> 1)));
        }
        System.arraycopy(head, headOffset, own, ownLength, headLength);
        System.arraycopy(tail, tailOffset, own, ownLength + headLength, tailLength);
        offsets[position] = ownLength;
        lengths[position] = headLength + tailLength;
        ownLength = (int) end;
        base = own;
    }
}
