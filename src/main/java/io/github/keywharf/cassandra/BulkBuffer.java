package io.github.keywharf.cassandra;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes that grow as they are appended, in network order. Not thread-safe. */
final class BulkBuffer {
    private byte[] bytes;
    private int size;

    BulkBuffer(int capacity) {
        bytes = new byte[Math.max(capacity, 16)];
    }

    private void ensure(int more) {
        if (more > bytes.length - size) {
            int needed = Math.addExact(size, more);
            bytes = Arrays.copyOf(bytes, Math.max(needed, (int) Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8)));
        }
    }

    BulkBuffer putByte(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
        return this;
    }

    BulkBuffer putShort(int value) {
        return putByte(value >>> 8).putByte(value);
    }

    BulkBuffer putInt(int value) {
        return putShort(value >>> 16).putShort(value);
    }

    BulkBuffer put(ByteBuffer value) {
        int length = value.remaining();
        ensure(length);
        value.get(value.position(), bytes, size, length);
        size += length;
        return this;
    }

    /** A value after its length. */
    BulkBuffer putValue(ByteBuffer value) {
        return putInt(value.remaining()).put(value);
    }

    /** A length as vectors have it: the number of leading ones says how many bytes follow. */
    BulkBuffer putUnsignedVint(int value) {
        if (value < 0x80) {
            return putByte(value);
        } else if (value < 0x4000) {
            return putShort(0x8000 | value);
        } else if (value < 0x20_0000) {
            return putByte(0xC0 | (value >>> 16)).putShort(value);
        } else if (value < 0x1000_0000) {
            return putInt(0xE000_0000 | value);
        }
        return putByte(0xF0).putInt(value);
    }

    int size() {
        return size;
    }

    byte[] bytes() {
        return bytes;
    }

    void truncate(int length) {
        size = length;
    }

    /** What was appended; the buffer is not to be used afterwards. */
    ByteBuffer take() {
        return ByteBuffer.wrap(bytes, 0, size);
    }
}
