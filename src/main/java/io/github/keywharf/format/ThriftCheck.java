package io.github.keywharf.format;

import java.io.IOException;

/**
 * Walks through a structure in Thrift's compact protocol and finds where it ends, so that each size that it states is
 * known to lie within the bytes before a parser takes memory for it. See "Thrift Compact protocol encoding" of the
 * Thrift specification.
 */
final class ThriftCheck {

    private static final int MAX_DEPTH = 64;
    private static final int UUID_BYTES = 16;

    private final ChunkInput input;
    private final int limit;
    private int position;

    private ThriftCheck(ChunkInput input, int limit) {
        this.input = input;
        this.limit = limit;
    }

    /** How many bytes the structure at the input's position has; at most {@code limit}. */
    static int length(ChunkInput input, int limit) throws IOException {
        ThriftCheck check = new ThriftCheck(input, limit);
        check.struct(0);
        return check.position;
    }

    private void struct(int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IOException("a structure is nested more than " + MAX_DEPTH + " levels deep");
        }
        for (int header = next(); (header & 0xF) != 0; header = next()) {
            if (header >>> 4 == 0) {
                varint();
            }
            int type = header & 0xF;
            // The value of a boolean field is its type.
            if (type > 2) {
                value(type, depth);
            }
        }
    }

    private void value(int type, int depth) throws IOException {
        switch (type) {
            case 1, 2, 3 -> skip(1);
            case 4, 5, 6 -> varint();
            case 7 -> skip(Double.BYTES);
            case 8 -> skip(varint());
            case 9, 10 -> {
                int header = next();
                long size = header >>> 4 == 0xF ? varint() : header >>> 4;
                values(size, header & 0xF, 0, depth);
            }
            case 11 -> {
                long size = varint();
                int types = size == 0 ? 0 : next();
                values(size, types >>> 4, types & 0xF, depth);
            }
            case 12 -> struct(depth + 1);
            case 13 -> skip(UUID_BYTES);
            default -> throw new IOException("a structure has a field of the unknown type " + type);
        }
    }

    /** Elements of a list, or entries of a map, which have a byte each at least. */
    private void values(long size, int type, int second, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new IOException("a structure is nested more than " + MAX_DEPTH + " levels deep");
        }
        if (size < 0 || size > limit - position) {
            throw new IOException("a structure claims " + size + " elements");
        }
        for (long i = 0; i < size; i++) {
            value(type, depth + 1);
            if (second != 0) {
                value(second, depth + 1);
            }
        }
    }

    private void skip(long bytes) throws IOException {
        if (bytes < 0 || bytes > limit - position) {
            throw new IOException("a structure claims " + bytes + " bytes");
        }
        input.need(position + (int) bytes);
        position += (int) bytes;
    }

    private int next() throws IOException {
        if (position >= limit) {
            throw new IOException("a structure has more than " + limit + " bytes");
        }
        int at = input.need(position + 1);
        return input.buffer()[at + position++] & 0xFF;
    }

    private long varint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE + 6; shift += 7) {
            int next = next();
            value |= (next & 0x7FL) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new IOException("a number has more than ten bytes");
    }
}
