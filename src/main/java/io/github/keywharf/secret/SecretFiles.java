package io.github.keywharf.secret;

import io.github.keywharf.KeywharfException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads files that contain secrets. */
final class SecretFiles {
    private SecretFiles() {}

    /** Reads the text of a file, which the caller overwrites. */
    static char[] read(String subject, Path file, int limit) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(limit + 1);
        }
        try {
            if (bytes.length > limit) {
                throw new KeywharfException(
                        "secret.too_large",
                        subject,
                        "The file " + file + " has more than " + limit + " bytes; is it the right one?");
            }
            return decode(subject, file, bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static char[] decode(String subject, Path file, byte[] bytes) {
        try {
            CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            char[] text = new char[decoded.remaining()];
            decoded.get(text);
            decoded.rewind();
            decoded.put(new char[text.length]);
            return text;
        } catch (CharacterCodingException e) {
            throw new KeywharfException(
                    "secret.unreadable", subject, "The file " + file + " is not UTF-8 text; save it as such", e);
        }
    }
}
