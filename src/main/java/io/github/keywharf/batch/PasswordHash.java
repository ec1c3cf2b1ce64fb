package io.github.keywharf.batch;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * What verifies a password: PBKDF2 with HMAC-SHA-512 (RFC 8018), 64 bytes.
 *
 * <p>Written {@code pbkdf2-sha512$<iterations>$<salt>$<hash>} in Base64 without padding, or, by older systems, as 192
 * hexadecimal digits: 64 that are the salt as they stand, and 128 of a hash by 100,000 iterations.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared or shown as a record
record PasswordHash(String text, int iterations, byte[] salt, byte[] hash) {
    static final int MIN_ITERATIONS = 1_000;
    static final int MAX_ITERATIONS = 10_000_000;

    private static final int OLD_ITERATIONS = 100_000;
    private static final int OLD_SALT_LENGTH = 64;
    private static final int HASH_BYTES = 64;
    private static final int SALT_BYTES = 32;
    private static final String PREFIX = "pbkdf2-sha512$";
    private static final Pattern OLD = Pattern.compile("[0-9a-f]{192}");
    private static final Pattern WRITTEN =
            Pattern.compile("pbkdf2-sha512\\$([0-9]{4,8})\\$([A-Za-z0-9+/]{22,171})\\$([A-Za-z0-9+/]{86})");

    /**
     * Reads a hash.
     *
     * @throws IllegalArgumentException when it is none; the message does not quote it
     */
    static PasswordHash parse(String text) {
        if (OLD.matcher(text).matches()) {
            return new PasswordHash(
                    text,
                    OLD_ITERATIONS,
                    text.substring(0, OLD_SALT_LENGTH).getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                    HexFormat.of().parseHex(text, OLD_SALT_LENGTH, text.length()));
        }
        Matcher matcher = WRITTEN.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "neither " + PREFIX + "<iterations>$<salt>$<hash> nor 192 hexadecimal digits");
        }
        int iterations = Integer.parseInt(matcher.group(1));
        if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
            throw new IllegalArgumentException(
                    "of " + iterations + " iterations, which are not from " + MIN_ITERATIONS + " to " + MAX_ITERATIONS);
        }
        Base64.Decoder decoder = Base64.getDecoder();
        return new PasswordHash(text, iterations, decoder.decode(matcher.group(2)), decoder.decode(matcher.group(3)));
    }

    /** A hash of a password, with a salt of its own. */
    static PasswordHash of(char[] password, int iterations, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] hash = derive(password, salt, iterations);
        Base64.Encoder encoder = Base64.getEncoder().withoutPadding();
        return new PasswordHash(
                PREFIX + iterations + "$" + encoder.encodeToString(salt) + "$" + encoder.encodeToString(hash),
                iterations,
                salt,
                hash);
    }

    /** A hash that no password has, for users that there are not. */
    static PasswordHash ofNobody(int iterations) {
        return new PasswordHash("", iterations, new byte[SALT_BYTES], new byte[HASH_BYTES]);
    }

    /**
     * Whether that is the password; takes the same time whatever differs.
     *
     * @param cost the iterations that a failure takes, which are more than this hash has where others have more: otherwise
     *     the time would show which users there are
     */
    boolean matches(char[] password, int cost) {
        byte[] derived = derive(password, salt, iterations);
        boolean same = MessageDigest.isEqual(derived, hash);
        if (!same && cost > iterations) {
            derive(password, salt, cost - iterations);
        }
        return same;
    }

    private static byte[] derive(char[] password, byte[] salt, int iterations) {
        PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, HASH_BYTES * Byte.SIZE);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("PBKDF2WithHmacSHA512 is missing from this Java", e);
        } finally {
            spec.clearPassword();
        }
    }

    @Override
    public String toString() {
        return "PasswordHash[" + iterations + " iterations]";
    }

    /** Overwrites characters that are not needed any more. */
    static void wipe(char[] characters) {
        Arrays.fill(characters, '\0');
    }
}
