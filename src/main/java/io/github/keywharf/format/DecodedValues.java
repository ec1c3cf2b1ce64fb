package io.github.keywharf.format;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Stored values of a leaf: numbers as their bits in longs, or strings of bytes as places in one array or as numbers of a
 * dictionary's entries.
 */
final class DecodedValues {

    /** Whose entries the values are, by {@link #ids}, until they are {@link #resolve resolved}. */
    @Nullable
    DecodedValues dictionary;

    int[] ids = new int[0];

    long[] longs = new long[0];
    byte[] base = new byte[0];
    int[] offsets = new int[0];
    int[] lengths = new int[0];
    private int[] ints = new int[0];
    private byte[] own = new byte[0];
    private int ownLength;
    private int referring;
    private int entries;
    private int longest;

    /** Makes room for that many values of the kind, and forgets what was kept. */
    void clear(int count, boolean binary) {
        dictionary = null;
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

    /**
     * Makes these the entries of a dictionary, which outlives the page that they came from. Strings of bytes stand end to end
     * then, and one without bytes follows them, for what is absent.
     */
    void becomeDictionary(int count, boolean binary) {
        entries = count;
        if (!binary) {
            // Without room to spare, so that a number beyond the last value is found out.
            longs = Arrays.copyOf(longs, count);
            return;
        }
        int[] starts = new int[count + 2];
        for (int i = 0; i < count; i++) {
            starts[i + 1] = starts[i] + lengths[i];
            longest = Math.max(longest, lengths[i]);
        }
        starts[count + 1] = starts[count];
        byte[] all = new byte[starts[count]];
        for (int i = 0; i < count; i++) {
            System.arraycopy(base, offsets[i], all, starts[i], lengths[i]);
        }
        base = all;
        offsets = starts;
    }

    /** How many entries this dictionary has. */
    int entries() {
        return entries;
    }

    /** How many bytes this dictionary's longest entry has. */
    int longest() {
        return longest;
    }

    /** Has entries of a dictionary as the first values: those of these numbers, which have room for one more. */
    void refer(DecodedValues entriesOf, int[] numbers, int count) {
        int outside = 0;
        for (int i = 0; i < count; i++) {
            outside |= numbers[i] | (entriesOf.entries - 1 - numbers[i]);
        }
        if (outside < 0) {
            throw new IndexOutOfBoundsException("a page refers to an entry that its dictionary does not have");
        }
        dictionary = entriesOf;
        ids = numbers;
        referring = count;
    }

    /** Turns entries of a dictionary, if the values are that, into places of bytes. */
    void resolve() {
        DecodedValues from = dictionary;
        if (from == null) {
            return;
        }
        clear(referring, true);
        base = from.base;
        for (int i = 0; i < referring; i++) {
            offsets[i] = from.offsets[ids[i]];
            lengths[i] = from.offsets[ids[i] + 1] - from.offsets[ids[i]];
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
