package io.github.keywharf.sharing.server;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON that grows in memory as UTF-8. Writes no spaces. Not thread-safe. */
final class JsonBytes {
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};
    private static final int MAX_LONG_CHARACTERS = 20;

    private byte[] bytes = new byte[16 * 1024];
    private int length;
    private boolean first = true;

    int length() {
        return length;
    }

    byte[] bytes() {
        return bytes;
    }

    void clear() {
        length = 0;
        first = true;
    }

    /** Forgets what follows a line's end. */
    void cut(int shorter) {
        length = shorter;
        first = true;
    }

    /** Begins an object, as a member's value or by itself. */
    JsonBytes object() {
        put((byte) '{');
        first = true;
        return this;
    }

    JsonBytes end() {
        put((byte) '}');
        first = false;
        return this;
    }

    /** Ends a line. */
    JsonBytes line() {
        put((byte) '\n');
        first = true;
        return this;
    }

    /** Begins a member; its value follows. */
    JsonBytes name(String name) {
        if (!first) {
            put((byte) ',');
        }
        first = false;
        text(name);
        put((byte) ':');
        return this;
    }

    JsonBytes member(String name, @Nullable String value) {
        name(name);
        if (value == null) {
            return ascii("null");
        }
        return text(value);
    }

    JsonBytes member(String name, long value) {
        name(name);
        return number(value);
    }

    JsonBytes member(String name, boolean value) {
        name(name);
        return ascii(value ? "true" : "false");
    }

    JsonBytes member(String name, Iterable<String> values) {
        name(name);
        put((byte) '[');
        boolean isFirst = true;
        for (String value : values) {
            if (!isFirst) {
                put((byte) ',');
            }
            isFirst = false;
            text(value);
        }
        put((byte) ']');
        return this;
    }

    JsonBytes member(String name, Map<String, @Nullable String> values) {
        name(name);
        object();
        values.forEach(this::member);
        return end();
    }

    private JsonBytes ascii(String text) {
        for (int i = 0; i < text.length(); i++) {
            put((byte) text.charAt(i));
        }
        return this;
    }

    private JsonBytes number(long value) {
        room(MAX_LONG_CHARACTERS);
        if (value < 0) {
            return ascii(Long.toString(value));
        }
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        long rest = value;
        for (int i = length + digits - 1; i >= length; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        length += digits;
        return this;
    }

    private JsonBytes text(String text) {
        int characters = text.length();
        // A character takes six bytes at most, as backslash, u and four digits.
        room(characters * 6 + 2);
        byte[] to = bytes;
        int at = length;
        to[at++] = '"';
        for (int i = 0; i < characters; i++) {
            char c = text.charAt(i);
            if (c >= 0x20 && c < 0x7F) {
                if (c == '"' || c == '\\') {
                    to[at++] = '\\';
                }
                to[at++] = (byte) c;
            } else if (c < 0x80) {
                at = escaped(to, at, c);
            } else if (c < 0x800) {
                to[at++] = (byte) (0xC0 | (c >> 6));
                to[at++] = (byte) (0x80 | (c & 0x3F));
            } else if (!Character.isSurrogate(c)) {
                to[at++] = (byte) (0xE0 | (c >> 12));
                to[at++] = (byte) (0x80 | ((c >> 6) & 0x3F));
                to[at++] = (byte) (0x80 | (c & 0x3F));
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < characters
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                to[at++] = (byte) (0xF0 | (point >> 18));
                to[at++] = (byte) (0x80 | ((point >> 12) & 0x3F));
                to[at++] = (byte) (0x80 | ((point >> 6) & 0x3F));
                to[at++] = (byte) (0x80 | (point & 0x3F));
            } else {
                // Half a pair has no UTF-8.
                at = escaped(to, at, c);
            }
        }
        to[at++] = '"';
        length = at;
        return this;
    }

    private static int escaped(byte[] to, int from, char c) {
        int at = from;
        to[at++] = '\\';
        to[at++] = 'u';
        to[at++] = HEX[c >> 12];
        to[at++] = HEX[(c >> 8) & 0xF];
        to[at++] = HEX[(c >> 4) & 0xF];
        to[at++] = HEX[c & 0xF];
        return at;
    }

    private void put(byte b) {
        room(1);
        bytes[length++] = b;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
