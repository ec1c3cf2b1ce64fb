package io.github.keywharf.format;

import io.github.keywharf.table.BytesVector;

/** Appends bytes written as {@code \x} and hexadecimal digits, or as a UUID. */
final class HexAppender implements FieldParser {

    private static final int UUID_LENGTH = 36;

    private final BytesVector.Builder builder;
    private final boolean isUuid;
    private byte[] scratch = new byte[256];

    HexAppender(BytesVector.Builder builder, boolean isUuid) {
        this.builder = builder;
        this.isUuid = isUuid;
    }

    @Override
    public boolean append(char[] text, int offset, int length) {
        if (isUuid
                ? length != UUID_LENGTH
                : length % 2 != 0 || length < 2 || text[offset] != '\\' || text[offset + 1] != 'x') {
            return false;
        }
        if (scratch.length < length / 2) {
            scratch = new byte[length];
        }
        int size = 0;
        int at = isUuid ? offset : offset + 2;
        while (at < offset + length) {
            int place = at - offset;
            if (isUuid && (place == 8 || place == 13 || place == 18 || place == 23)) {
                if (text[at++] != '-') {
                    return false;
                }
                continue;
            }
            int high = Character.digit(text[at], 16);
            int low = Character.digit(text[at + 1], 16);
            if (high < 0 || low < 0) {
                return false;
            }
            scratch[size++] = (byte) ((high << 4) | low);
            at += 2;
        }
        builder.append(scratch, 0, size);
        return true;
    }
}
