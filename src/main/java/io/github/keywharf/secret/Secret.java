package io.github.keywharf.secret;

import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Password, key or document that must not be disclosed: prints as {@code Secret[redacted]}, compares in constant time, and is
 * overwritten when closed.
 *
 * <p>Thread-safe. Not serialisable, and equal only to itself, so that it cannot leak or be guessed through a map.
 */
public final class Secret implements AutoCloseable {

    private final char[] value;
    private volatile boolean closed;

    private Secret(char[] value) {
        this.value = value;
    }

    /** Creates a secret from a copy of the characters. */
    public static Secret of(char[] value) {
        return new Secret(value.clone());
    }

    /** Creates a secret from text, which itself stays in memory until it is collected. */
    public static Secret of(String value) {
        return new Secret(value.toCharArray());
    }

    /**
     * Returns a copy, which stays open when this secret is closed.
     *
     * @throws IllegalStateException if closed
     */
    public Secret copy() {
        checkOpen();
        return new Secret(value.clone());
    }

    /**
     * Returns the secret as text, to be passed to a driver at the last moment.
     *
     * @throws IllegalStateException if closed
     */
    public String reveal() {
        checkOpen();
        return new String(value);
    }

    /**
     * Returns the secret as characters, a copy that the caller should overwrite.
     *
     * @throws IllegalStateException if closed
     */
    public char[] revealChars() {
        checkOpen();
        return value.clone();
    }

    /**
     * Returns true if a candidate is the same text; compares in constant time.
     *
     * @throws IllegalStateException if closed
     */
    public boolean matches(CharSequence candidate) {
        checkOpen();
        byte[] ours = utf8(CharBuffer.wrap(value));
        byte[] theirs = utf8(CharBuffer.wrap(candidate));
        try {
            return MessageDigest.isEqual(ours, theirs);
        } finally {
            Arrays.fill(ours, (byte) 0);
            Arrays.fill(theirs, (byte) 0);
        }
    }

    private static byte[] utf8(CharBuffer chars) {
        java.nio.ByteBuffer encoded = StandardCharsets.UTF_8.encode(chars);
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        encoded.rewind();
        encoded.put(new byte[bytes.length]);
        return bytes;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("The secret is closed");
        }
    }

    /** Overwrites the characters; closing twice is harmless. */
    @Override
    public void close() {
        closed = true;
        Arrays.fill(value, '\0');
    }

    @Override
    public String toString() {
        return "Secret[redacted]";
    }
}
