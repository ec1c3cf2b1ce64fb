package io.github.keywharf.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Decodes percent-encoding (RFC 3986) strictly: what is malformed, or is not UTF-8, has no decoded form. */
final class PercentCode {
    private PercentCode() {}

    /** The decoded text, or empty when it is malformed. */
    static Optional<String> decoded(String text, boolean plusIsSpace) {
        if (text.indexOf('%') < 0 && (!plusIsSpace || text.indexOf('+') < 0)) {
            return Optional.of(text);
        }
        byte[] source = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(source.length);
        for (int i = 0; i < source.length; i++) {
            if (source[i] != '%') {
                bytes.put(plusIsSpace && source[i] == '+' ? (byte) ' ' : source[i]);
                continue;
            }
            int high = i + 1 < source.length ? hex(source[i + 1]) : -1;
            int low = i + 2 < source.length ? hex(source[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return Optional.empty();
            }
            bytes.put((byte) ((high << 4) | low));
            i += 2;
        }
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** The decoded text of a query parameter, or the text itself when it is malformed. */
    static String lenient(String text) {
        return decoded(text, true).orElse(text);
    }

    private static int hex(byte digit) {
        if (digit >= '0' && digit <= '9') {
            return digit - '0';
        }
        int lower = digit | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
