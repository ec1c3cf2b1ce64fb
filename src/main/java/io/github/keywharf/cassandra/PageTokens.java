package io.github.keywharf.cassandra;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Sha256;
import io.github.keywharf.secret.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes the server's page state a text for clients and back. A token belongs to one statement with its values. Without a
 * key it carries a checksum, which finds damage and mix-ups and no forgery; with a key it is sealed by AES-256-GCM.
 * Thread-safe.
 */
final class PageTokens {
    /** The fewest characters of a key, 32: as many as 128 random bits take in hexadecimal. */
    static final int MIN_KEY_CHARS = 32;

    /** The most characters of a token, 262,144: the server's state holds a row's key, of at most 64 KiB a part. */
    static final int MAX_TOKEN_CHARS = 256 * 1024;

    private static final byte PLAIN = 1;
    private static final byte SEALED = 2;
    private static final int CHECKSUM_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final @Nullable SecretKeySpec key;
    private final SecureRandom random;

    private PageTokens(@Nullable SecretKeySpec key, SecureRandom random) {
        this.key = key;
        this.random = random;
    }

    static PageTokens of(@Nullable Secret key) {
        return new PageTokens(key == null ? null : derived(key), new SecureRandom());
    }

    private static SecretKeySpec derived(Secret key) {
        String text = key.reveal();
        if (text.length() < MIN_KEY_CHARS) {
            throw new IllegalArgumentException(
                    "A page token key has at least " + MIN_KEY_CHARS + " characters, not " + text.length());
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return new SecretKeySpec(mac.doFinal("keywharf page token".getBytes(StandardCharsets.UTF_8)), "AES");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The JDK has no HmacSHA256", e);
        }
    }

    /** What a token belongs to: a statement and its values, each as the server gets it. */
    static byte[] digest(Optional<String> keyspace, String cql, List<@Nullable ByteBuffer> values) {
        MessageDigest digest = Sha256.digest();
        update(digest, ByteBuffer.wrap(keyspace.orElse("").getBytes(StandardCharsets.UTF_8)));
        update(digest, ByteBuffer.wrap(cql.getBytes(StandardCharsets.UTF_8)));
        values.forEach(value -> update(digest, value));
        return digest.digest();
    }

    private static void update(MessageDigest digest, @Nullable ByteBuffer value) {
        digest.update(ByteBuffer.allocate(4).putInt(0, value == null ? -1 : value.remaining()));
        if (value != null) {
            digest.update(value.duplicate());
        }
    }

    String token(byte[] statement, ByteBuffer state) {
        byte[] bytes = new byte[state.remaining()];
        state.duplicate().get(bytes);
        ByteBuffer token;
        if (key == null) {
            token = ByteBuffer.allocate(1 + CHECKSUM_BYTES + bytes.length)
                    .put(PLAIN)
                    .put(checksum(statement, bytes))
                    .put(bytes);
        } else {
            byte[] nonce = new byte[NONCE_BYTES];
            random.nextBytes(nonce);
            byte[] sealed = crypt(Cipher.ENCRYPT_MODE, key, nonce, statement, bytes);
            token = ByteBuffer.allocate(1 + NONCE_BYTES + sealed.length)
                    .put(SEALED)
                    .put(nonce)
                    .put(sealed);
        }
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token.array());
    }

    /**
     * The state in a token.
     *
     * @throws KeywharfException with code {@code cassandra.bad_page_token} when it is not one of that statement
     */
    ByteBuffer state(String subject, byte[] statement, String token) {
        byte[] bytes = decoded(subject, token);
        if (key == null) {
            if (bytes.length <= 1 + CHECKSUM_BYTES || bytes[0] != PLAIN) {
                throw bad(subject, null);
            }
            byte[] state = Arrays.copyOfRange(bytes, 1 + CHECKSUM_BYTES, bytes.length);
            byte[] given = Arrays.copyOfRange(bytes, 1, 1 + CHECKSUM_BYTES);
            if (!MessageDigest.isEqual(given, checksum(statement, state))) {
                throw bad(subject, null);
            }
            return ByteBuffer.wrap(state);
        }
        if (bytes.length <= 1 + NONCE_BYTES + TAG_BITS / 8 || bytes[0] != SEALED) {
            throw bad(subject, null);
        }
        try {
            return ByteBuffer.wrap(crypt(
                    Cipher.DECRYPT_MODE,
                    key,
                    Arrays.copyOfRange(bytes, 1, 1 + NONCE_BYTES),
                    statement,
                    Arrays.copyOfRange(bytes, 1 + NONCE_BYTES, bytes.length)));
        } catch (IllegalStateException e) {
            throw bad(subject, e);
        }
    }

    private static byte[] decoded(String subject, String token) {
        if (token.length() > MAX_TOKEN_CHARS) {
            throw bad(subject, null);
        }
        try {
            return Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            throw bad(subject, e);
        }
    }

    private static byte[] checksum(byte[] statement, byte[] state) {
        MessageDigest digest = Sha256.digest();
        digest.update(statement);
        digest.update(state);
        return Arrays.copyOf(digest.digest(), CHECKSUM_BYTES);
    }

    private static byte[] crypt(int mode, SecretKeySpec key, byte[] nonce, byte[] statement, byte[] bytes) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(statement);
            return cipher.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The token is not sealed by this key for this statement", e);
        }
    }

    private static KeywharfException bad(String subject, @Nullable Throwable cause) {
        return new KeywharfException(
                "cassandra.bad_page_token",
                subject,
                "The page token is damaged, or not one of this statement with these values; begin at the first page",
                cause);
    }
}
