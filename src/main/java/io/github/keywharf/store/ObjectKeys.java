package io.github.keywharf.store;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Checks;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;

/** Rules for keys that every {@link ObjectStore} applies. */
public final class ObjectKeys {

    /** Limit to the bytes of a key in UTF-8, that of S3. */
    public static final int MAX_KEY_BYTES = 1024;

    /** Limit to the bytes that {@link ObjectStore#readSmall} reads, so that no object fills the memory. */
    public static final int MAX_SMALL_OBJECT = 64 * 1024 * 1024;

    /** Order of listings: that of the keys' UTF-8 bytes, which differs from that of {@link String} beyond 16-bit characters. */
    public static final Comparator<String> ORDER = ObjectKeys::compare;

    private ObjectKeys() {}

    /**
     * Checks a key: segments joined by single slashes, none of them empty, {@code .} or {@code ..}, no backslash, no
     * control character, no half of a surrogate pair, at most {@value #MAX_KEY_BYTES} bytes.
     *
     * @return the key
     * @throws IllegalArgumentException if the key breaks these rules; the message names the rule
     */
    public static String check(String key) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("A key must not be empty");
        }
        checkCharacters("Key", key);
        checkSegments("Key", key, key);
        return key;
    }

    /**
     * Checks a prefix of keys: empty, or the beginning of a valid key. Its complete segments obey the rules for keys; the last
     * one may be cut anywhere.
     *
     * @return the prefix
     * @throws IllegalArgumentException if no valid key begins with it
     */
    public static String checkPrefix(String prefix) {
        checkCharacters("Prefix", prefix);
        int folderEnd = prefix.lastIndexOf('/');
        if (folderEnd >= 0) {
            checkSegments("Prefix", prefix, prefix.substring(0, folderEnd));
        }
        return prefix;
    }

    private static void checkCharacters(String what, String key) {
        // A character takes three bytes at most.
        if (key.length() > MAX_KEY_BYTES / 3 && key.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
            throw new IllegalArgumentException(
                    what + " '" + key.substring(0, 40) + "…' is longer than " + MAX_KEY_BYTES + " bytes");
        }
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (c >= ' ' && c < 0x7F && c != '\\') {
                continue;
            }
            if (c == '\\' || Character.isISOControl(c)) {
                throw new IllegalArgumentException(
                        what + " '" + key + "' has a backslash or control character at position " + i);
            }
            if (Character.isSurrogate(c)) {
                if (Character.isLowSurrogate(c)
                        || i + 1 == key.length()
                        || !Character.isLowSurrogate(key.charAt(i + 1))) {
                    throw new IllegalArgumentException(what + " has half of a surrogate pair at position " + i);
                }
                i++;
            }
        }
    }

    private static void checkSegments(String what, String whole, String path) {
        int start = 0;
        for (int end = path.indexOf('/'); start <= path.length(); end = path.indexOf('/', start)) {
            int next = end < 0 ? path.length() : end;
            boolean dots = next - start <= 2 && path.substring(start, next).matches("[.]*");
            if (dots) {
                throw new IllegalArgumentException(what + " '" + whole + "' has the segment '"
                        + path.substring(start, next) + "'; segments must not be empty, '.' or '..'");
            }
            start = next + 1;
        }
    }

    private static int compare(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char left = a.charAt(i);
            char right = b.charAt(i);
            if (left != right) {
                boolean pairs = Character.isSurrogate(left) != Character.isSurrogate(right);
                return pairs && left >= Character.MIN_SURROGATE && right >= Character.MIN_SURROGATE
                        ? Character.compare(right, left)
                        : Character.compare(left, right);
            }
        }
        return Integer.compare(a.length(), b.length());
    }

    /**
     * Checks a limit to the bytes that are read into memory: from 0 to {@value #MAX_SMALL_OBJECT}.
     *
     * @return the limit
     * @throws IllegalArgumentException if it is outside that range
     */
    public static int checkMaxBytes(int maxBytes) {
        return Checks.between("maxBytes", maxBytes, 0, MAX_SMALL_OBJECT);
    }

    static byte[] readSmall(ObjectReader reader, int maxBytes) {
        StoredObject object = reader.object();
        if (object.size() > maxBytes) {
            throw new KeywharfException(
                    ObjectStore.TOO_LARGE,
                    object.key(),
                    "It has " + object.size() + " bytes, more than the " + maxBytes
                            + " that are read into memory; open it instead");
        }
        byte[] content = new byte[(int) object.size()];
        reader.readFully(0, content, 0, content.length);
        return content;
    }
}
