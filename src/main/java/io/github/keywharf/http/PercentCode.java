package io.github.keywharf.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Decodes percent-encoding (RFC 3986) strictly: text that is malformed, or not UTF-8, has no decoded form. */
final class PercentCode {
    private PercentCode() {}

    /** Decodes a text; returns empty if it is malformed. */
    static Optional<String> decode(String text) {
        if (text.indexOf('%') < 0) {
            return Optional.of(text);
        }
        byte[] source = text.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(source.length);
        for (int i = 0; i < source.length; i++) {
            if (source[i] != '%') {
                bytes.put(source[i]);
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

    /** Decodes a part of a query, in which a plus is a blank; returns a malformed one unchanged. */
    static String decodeQuery(String text) {
        return decode(text.replace('+', ' ')).orElse(text);
    }

    private static int hex(byte digit) {
        if (digit >= '0' && digit <= '9') {
            return digit - '0';
        }
        int lower = digit | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
