package io.github.keywharf.format.delta;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Cut;
import io.github.keywharf.store.ObjectKeys;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Paths as a log has them, and the keys of a table's store that they mean.
 *
 * @param location the table's own place, such as {@code s3://bucket/tables/usage}
 */
record DeltaPaths(String location) {

    private static final int MAX_QUOTED = 200;
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/");
    private static final String PLAIN = "-._~!$&'()*+,;=:@/";

    /**
     * The key within the table.
     *
     * @throws KeywharfException with code {@code delta.unsupported} when the path leads out of the table
     */
    String key(String path) {
        return inside(path)
                .orElseThrow(() -> DeltaErrors.unsupported(
                        location,
                        "the file '" + Cut.printable(path, MAX_QUOTED)
                                + "' is outside of the table, as files of shallow clones are; clone the table deeply"));
    }

    private Optional<String> inside(String path) {
        String decoded = decode(path);
        String relative = isAbsolute(decoded) ? withoutLocation(decoded) : decoded;
        try {
            return Optional.of(ObjectKeys.check(relative));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The same, or the path itself when it leads out of the table: a file that is removed need not be inside. */
    String keyOrPath(String path) {
        return inside(path).orElse(path);
    }

    private static boolean isAbsolute(String path) {
        return path.startsWith("/") || SCHEME.matcher(path).lookingAt();
    }

    /** Empty, which is not a valid key, when it is another place. */
    private String withoutLocation(String path) {
        String folder = normal(location) + "/";
        String normal = normal(path);
        return normal.startsWith(folder) ? normal.substring(folder.length()) : "";
    }

    /** One spelling of the names that a place has with different readers. */
    private static String normal(String path) {
        return path.replaceFirst("^s3[an]://", "s3://").replaceFirst("^file:/+", "/");
    }

    private String decode(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(bytes.length);
        try {
            for (int i = 0; i < bytes.length; i++) {
                if (bytes[i] == '%') {
                    decoded.write(HexFormat.fromHexDigits(path(bytes, i + 1)));
                    i += 2;
                } else {
                    decoded.write(bytes[i]);
                }
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(decoded.toByteArray()))
                    .toString();
        } catch (IllegalArgumentException | IndexOutOfBoundsException | CharacterCodingException e) {
            throw DeltaErrors.corrupt(
                    location, "the path '" + Cut.printable(path, MAX_QUOTED) + "' is not percent-encoded", e);
        }
    }

    private static String path(byte[] bytes, int from) {
        return new String(bytes, from, 2, StandardCharsets.ISO_8859_1);
    }

    /** The path that a log has for a key. */
    static String encode(String key) {
        return escape(key, PLAIN);
    }

    /** A part of a key that says a column or a value: only letters, digits and a few signs. */
    static String segment(String text) {
        return escape(text, "-._");
    }

    private static String escape(String text, String plain) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            if (c < 0x80 && (Character.isLetterOrDigit(c) || plain.indexOf(c) >= 0)) {
                escaped.append(c);
            } else {
                escaped.append('%').append(String.format(Locale.ROOT, "%02X", (int) c));
            }
        }
        return escaped.toString();
    }
}
