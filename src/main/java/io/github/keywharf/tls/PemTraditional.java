package io.github.keywharf.tls;

import io.github.keywharf.secret.Secret;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Decrypts keys in OpenSSL's traditional form, with the headers {@code Proc-Type} and {@code DEK-Info} (RFC 1421). Their
 * cipher's key is MD5 of the password, which is fast to try: only a long password protects such a file.
 */
final class PemTraditional {
    private static final Pattern DEK_INFO = Pattern.compile("(?m)^DEK-Info:\\s*([A-Za-z0-9-]+),([0-9A-Fa-f]+)\\s*$");
    private static final int SALT_BYTES = 8;

    private enum Scheme {
        AES_128("AES", 16),
        AES_192("AES", 24),
        AES_256("AES", 32),
        TRIPLE_DES("DESede", 24);

        final String algorithm;
        final int keyBytes;

        Scheme(String algorithm, int keyBytes) {
            this.algorithm = algorithm;
            this.keyBytes = keyBytes;
        }
    }

    private static final Map<String, Scheme> SCHEMES = Map.of(
            "AES-128-CBC", Scheme.AES_128,
            "AES-192-CBC", Scheme.AES_192,
            "AES-256-CBC", Scheme.AES_256,
            "DES-EDE3-CBC", Scheme.TRIPLE_DES);

    private final Scheme scheme;
    private final byte[] iv;

    private PemTraditional(Scheme scheme, byte[] iv) {
        this.scheme = scheme;
        this.iv = iv;
    }

    /** Returns the decryption that the headers of a block describe; empty if the cipher is not supported. */
    static Optional<PemTraditional> of(String headers) {
        Matcher info = DEK_INFO.matcher(headers);
        if (!info.find() || info.group(2).length() % 2 != 0) {
            return Optional.empty();
        }
        byte[] iv = HexFormat.of().parseHex(info.group(2));
        return Optional.ofNullable(SCHEMES.get(info.group(1).toUpperCase(Locale.ROOT)))
                .filter(scheme -> iv.length == (scheme.algorithm.equals("AES") ? 16 : 8))
                .map(scheme -> new PemTraditional(scheme, iv));
    }

    /** Decrypts the content of the block; a wrong password is nearly always an exception. */
    byte[] decrypt(byte[] content, Secret password) throws GeneralSecurityException {
        byte[] key = key(password);
        try {
            Cipher cipher = Cipher.getInstance(scheme.algorithm + "/CBC/PKCS5Padding");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, scheme.algorithm), new IvParameterSpec(iv));
            return cipher.doFinal(content);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    /** OpenSSL's EVP_BytesToKey with MD5 and one round: hashes of the last hash, the password and the salt, in a row. */
    private byte[] key(Secret password) throws GeneralSecurityException {
        char[] characters = password.revealChars();
        ByteBuffer encoded = StandardCharsets.UTF_8.encode(CharBuffer.wrap(characters));
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);
        byte[] key = new byte[scheme.keyBytes];
        byte[] last = new byte[0];
        try {
            MessageDigest md5 = MessageDigest.getInstance("MD5");
            for (int at = 0; at < key.length; at += last.length) {
                md5.update(last);
                md5.update(bytes);
                md5.update(iv, 0, SALT_BYTES);
                last = md5.digest();
                System.arraycopy(last, 0, key, at, Math.min(last.length, key.length - at));
            }
            return key;
        } finally {
            Arrays.fill(characters, '\0');
            Arrays.fill(bytes, (byte) 0);
            encoded.clear();
            encoded.put(new byte[encoded.capacity()]);
            Arrays.fill(last, (byte) 0);
        }
    }
}
