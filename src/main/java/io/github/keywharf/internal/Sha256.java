package io.github.keywharf.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/** SHA-256, which every Java platform provides. */
public final class Sha256 {

    private static final int BLOCK = 1 << 17;

    private Sha256() {}

    /** A new digest. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform provides SHA-256", e);
        }
    }

    /** Hash of a text in UTF-8. */
    public static byte[] of(String text) {
        return digest().digest(text.getBytes(UTF_8));
    }

    /** Hash of a text in UTF-8, as 64 hexadecimal digits. */
    public static String hexOf(String text) {
        return HexFormat.of().formatHex(of(text));
    }

    /** Source expression of a Content-Security-Policy for an inline text, without its quotes: {@code sha256-…}. */
    public static String forPolicy(String text) {
        return "sha256-" + Base64.getEncoder().encodeToString(of(text));
    }

    /** Hash of the rest of a stream, as 64 hexadecimal digits. */
    public static String hexOf(InputStream in) throws IOException {
        MessageDigest digest = digest();
        byte[] block = new byte[BLOCK];
        for (int read = in.read(block); read >= 0; read = in.read(block)) {
            digest.update(block, 0, read);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
