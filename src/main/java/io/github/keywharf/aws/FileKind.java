package io.github.keywharf.aws;

import io.github.keywharf.store.ObjectReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What an object's bytes are, whatever its name says: found with one or two short ranged reads. */
enum FileKind {
    PARQUET("Parquet"),
    ENCRYPTED_PARQUET("encrypted Parquet"),
    BROKEN_PARQUET("Parquet that was cut short"),
    JSON_LINES("JSON lines"),
    JSON_ARRAY("a JSON array"),
    TEXT("text"),
    EMPTY("empty"),
    OTHER("neither Parquet nor text in UTF-8");

    private static final byte[] PLAIN = {'P', 'A', 'R', '1'};
    private static final byte[] ENCRYPTED = {'P', 'A', 'R', 'E'};

    /** A file has the magic at both ends, and before the last one the length of its footer. */
    private static final int ENDS = 12;

    /** Enough to see whether a file is text. */
    private static final int HEAD = 4_096;

    private final String description;

    FileKind(String description) {
        this.description = description;
    }

    static FileKind of(ObjectReader object) {
        long size = object.object().size();
        byte[] head = new byte[(int) Math.min(size, HEAD)];
        object.readFully(0, head, 0, head.length);
        if (startsWith(head, PLAIN) || startsWith(head, ENCRYPTED)) {
            return parquet(object, head, size);
        }
        return text(head, size > head.length);
    }

    private static FileKind parquet(ObjectReader object, byte[] head, long size) {
        if (size < ENDS) {
            return BROKEN_PARQUET;
        }
        byte[] tail = new byte[8];
        object.readFully(size - tail.length, tail, 0, tail.length);
        long footer = Integer.toUnsignedLong(
                Integer.reverseBytes(ByteBuffer.wrap(tail).getInt()));
        if (footer > size - ENDS || !Arrays.equals(tail, 4, 8, head, 0, 4)) {
            return BROKEN_PARQUET;
        }
        return startsWith(head, PLAIN) ? PARQUET : ENCRYPTED_PARQUET;
    }

    private static boolean startsWith(byte[] bytes, byte[] magic) {
        return bytes.length >= magic.length && Arrays.equals(bytes, 0, magic.length, magic, 0, magic.length);
    }

    private static FileKind text(byte[] head, boolean cut) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer characters = CharBuffer.allocate(head.length);
        // A character that the end of the head cuts in two is valid unless it is the end of the object.
        if (decoder.decode(ByteBuffer.wrap(head), characters, !cut).isError()) {
            return OTHER;
        }
        characters.flip();
        int first = -1;
        for (int i = 0; i < characters.length(); i++) {
            char c = characters.charAt(i);
            boolean blank = c == ' ' || c == '\t' || c == '\r' || c == '\n' || (c == '\uFEFF' && i == 0);
            // A vertical tab and a form feed come with text that people paste.
            if (c < ' ' && !blank && c != '\u000B' && c != '\f') {
                return OTHER;
            }
            if (first < 0 && !blank) {
                first = c;
            }
        }
        if (first < 0) {
            return cut ? TEXT : EMPTY;
        }
        return first == '{' ? JSON_LINES : first == '[' ? JSON_ARRAY : TEXT;
    }

    @Override
    public String toString() {
        return description;
    }
}
