package io.github.keywharf.postgres.warehouse;

import java.util.Arrays;

/**
 * Whole numbers, a bit each, in pages that exist where keys do: keys that were handed out one after the other take a
 * bit apiece. Bounded: once {@link #isFull()}, it has forgotten to remember some.
 */
final class KeySet {

    private static final int PAGE_BITS = 12;
    private static final int WORDS = 1 << (PAGE_BITS - 6);
    /** 32 MB of pages: 268 million keys in a row, or 65,536 strewn ones. */
    private static final int MAX_PAGES = 1 << 16;

    private long[] ids = new long[64];
    private int[] slots = new int[64];
    private long[][] pages = new long[16][];
    private int count;
    private long lastId;
    private long[] last = new long[0];
    private boolean full;

    /** Whether the key was absent; false too when there is no more room to remember it. */
    boolean add(long key) {
        long[] page = page(key >> PAGE_BITS, true);
        if (page.length == 0) {
            full = true;
            return false;
        }
        int word = (int) (key >> 6) & (WORDS - 1);
        long bit = 1L << key;
        boolean absent = (page[word] & bit) == 0;
        page[word] |= bit;
        return absent;
    }

    boolean contains(long key) {
        long[] page = page(key >> PAGE_BITS, false);
        return page.length != 0 && (page[(int) (key >> 6) & (WORDS - 1)] & (1L << key)) != 0;
    }

    /** Whether a key had to be left out. */
    boolean isFull() {
        return full;
    }

    private long[] page(long id, boolean make) {
        if (last.length != 0 && id == lastId) {
            return last;
        }
        int at = find(id);
        if (slots[at] == 0) {
            if (!make || count == MAX_PAGES) {
                return new long[0];
            }
            at = insert(id, at);
        }
        lastId = id;
        last = pages[slots[at] - 1];
        return last;
    }

    private int find(long id) {
        int mask = ids.length - 1;
        long mixed = id * 0x9E37_79B9_7F4A_7C15L;
        int at = (int) (mixed >>> 40) & mask;
        while (slots[at] != 0 && ids[at] != id) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private int insert(long id, int free) {
        int at = free;
        if (count * 2 >= ids.length) {
            long[] oldIds = ids;
            int[] oldSlots = slots;
            ids = new long[oldIds.length * 2];
            slots = new int[ids.length];
            for (int i = 0; i < oldIds.length; i++) {
                if (oldSlots[i] != 0) {
                    int moved = find(oldIds[i]);
                    ids[moved] = oldIds[i];
                    slots[moved] = oldSlots[i];
                }
            }
            at = find(id);
        }
        if (count == pages.length) {
            pages = Arrays.copyOf(pages, count * 2);
        }
        pages[count++] = new long[WORDS];
        ids[at] = id;
        slots[at] = count;
        return at;
    }
}
