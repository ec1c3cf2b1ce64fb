package io.github.keywharf.format;

import io.github.keywharf.table.BytesVector;

/** Appends characters as UTF-8 without a string in between. Refuses half a surrogate pair, for which there are no bytes. */
final class Utf8Appender implements FieldParser {

    private final BytesVector.Builder builder;
    private byte[] scratch = new byte[256];

    Utf8Appender(BytesVector.Builder builder) {
        this.builder = builder;
    }

    @Override
    public boolean append(char[] text, int offset, int length) {
        if (scratch.length / 3 < length) {
            scratch = new byte[Math.multiplyExact(length, 3) + 256];
        }
        int end = offset + length;
        int size = 0;
        for (int at = offset; at < end; at++) {
            char c = text[at];
            if (c < 0x80) {
                scratch[size++] = (byte) c;
            } else {
                size = wide(text, at, end, size);
                if (size < 0) {
                    return false;
                }
                at += Character.isHighSurrogate(c) && at + 1 < end && Character.isLowSurrogate(text[at + 1]) ? 1 : 0;
            }
        }
        builder.append(scratch, 0, size);
        return true;
    }

    private int wide(char[] text, int at, int end, int start) {
        int size = start;
        int point = Character.codePointAt(text, at, end);
        if (point < 0x800) {
            scratch[size++] = (byte) (0xC0 | (point >> 6));
        } else if (point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE) {
            return -1;
        } else if (point < 0x10000) {
            scratch[size++] = (byte) (0xE0 | (point >> 12));
            scratch[size++] = (byte) (0x80 | ((point >> 6) & 0x3F));
        } else {
            scratch[size++] = (byte) (0xF0 | (point >> 18));
            scratch[size++] = (byte) (0x80 | ((point >> 12) & 0x3F));
            scratch[size++] = (byte) (0x80 | ((point >> 6) & 0x3F));
        }
        scratch[size++] = (byte) (0x80 | (point & 0x3F));
        return size;
    }
}
