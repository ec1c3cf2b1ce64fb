package io.github.keywharf.format;

import java.util.Arrays;

/** Strings of bytes by number, in the order of their first appearance, end to end in one array. */
final class ByteStringDictionary {

    private int[] slots = new int[1024];
    private int[] hashes = new int[512];
    private int[] offsets = new int[513];
    private int[] pages = new int[512];
    private byte[] content = new byte[4096];
    private int size;

    int size() {
        return size;
    }

    int bytes() {
        return offsets[size];
    }

    byte[] content() {
        return content;
    }

    int offset(int id) {
        return offsets[id];
    }

    /** Whether the string of this number is asked about for the first time on this page. */
    boolean firstOnPage(int id, int page) {
        if (pages[id] == page) {
            return false;
        }
        pages[id] = page;
        return true;
    }

    int idOf(byte[] bytes, int offset, int length) {
        int hash = hash(bytes, offset, length);
        int mask = slots.length - 1;
        int slot = hash & mask;
        for (int entry = slots[slot]; entry != 0; entry = slots[slot]) {
            int id = entry - 1;
            if (hashes[id] == hash
                    && Arrays.equals(content, offsets[id], offsets[id + 1], bytes, offset, offset + length)) {
                return id;
            }
            slot = (slot + 1) & mask;
        }
        if (size == hashes.length) {
            grow();
            return idOf(bytes, offset, length);
        }
        int end = Math.addExact(offsets[size], length);
        if (end > content.length) {
            content = Arrays.copyOf(content, Math.max(end, content.length + (content.length >> 1)));
        }
        System.arraycopy(bytes, offset, content, offsets[size], length);
        hashes[size] = hash;
        pages[size] = 0;
        slots[slot] = ++size;
        offsets[size] = end;
        return size - 1;
    }

    private static int hash(byte[] bytes, int offset, int length) {
        long hash = length;
        int at = offset;
        int end = offset + length;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            hash = (hash ^ LittleEndian.longAt(bytes, at)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 32;
        }
        for (; at < end; at++) {
            hash = (hash ^ bytes[at]) * 0x100000001B3L;
        }
        hash *= 0x9E3779B97F4A7C15L;
        return (int) (hash >>> 32);
    }

    private void grow() {
        int capacity = hashes.length * 2;
        hashes = Arrays.copyOf(hashes, capacity);
        pages = Arrays.copyOf(pages, capacity);
        offsets = Arrays.copyOf(offsets, capacity + 1);
        slots = new int[capacity * 2];
        int mask = slots.length - 1;
        for (int id = 0; id < size; id++) {
            int slot = hashes[id] & mask;
            while (slots[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = id + 1;
        }
    }

    /** The strings in order, each after its length where lengths are wanted. */
    byte[] plain(int lengthBytes) {
        if (lengthBytes == 0) {
            return Arrays.copyOf(content, offsets[size]);
        }
        byte[] plain = new byte[offsets[size] + size * lengthBytes];
        int at = 0;
        for (int id = 0; id < size; id++) {
            int length = offsets[id + 1] - offsets[id];
            LittleEndian.put(plain, at, length);
            System.arraycopy(content, offsets[id], plain, at + lengthBytes, length);
            at += lengthBytes + length;
        }
        return plain;
    }

    void clear() {
        size = 0;
        Arrays.fill(slots, 0);
    }
}
