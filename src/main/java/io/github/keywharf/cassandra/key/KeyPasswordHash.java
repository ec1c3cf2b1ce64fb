package io.github.keywharf.cassandra.key;

import static java.nio.charset.StandardCharsets.US_ASCII;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import io.github.keywharf.secret.Secret;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Bcrypt, as the server's {@code HASHED PASSWORD} takes it, so that a key's secret is never in a statement, and thus in
 * no log, trace or audit of the server.
 */
final class KeyPasswordHash {

    /**
     * The base-2 logarithm of the rounds, the least there is: rounds slow down the guessing of passwords, and nobody
     * guesses 256 random bits; but each connection of each session costs the server this work.
     */
    static final int COST_OF_KEYS = 4;

    /** The same for a password that somebody may have thought of: what the server itself takes. */
    static final int COST_OF_PASSWORDS = 10;

    private static final int MAX_PASSWORD_BYTES = 72;
    private static final int SALT_BYTES = 16;

    private KeyPasswordHash() {}

    /** The hash of a password of at most 72 ASCII characters, with a random salt. */
    static String of(Secret password, int cost, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return of(password, cost, salt);
    }

    static String of(Secret password, int cost, byte[] salt) {
        char[] chars = password.revealChars();
        byte[] bytes = new byte[chars.length];
        try {
            if (chars.length > MAX_PASSWORD_BYTES) {
                throw new IllegalArgumentException("Bcrypt ignores what is beyond " + MAX_PASSWORD_BYTES
                        + " bytes, and the password has " + chars.length);
            }
            for (int i = 0; i < chars.length; i++) {
                if (chars[i] == 0 || chars[i] > 0x7f) {
                    throw new IllegalArgumentException("The password has a character that is not ASCII");
                }
                bytes[i] = (byte) chars[i];
            }
            BCrypt.Version version = BCrypt.Version.VERSION_2A;
            // Nothing is cut off but the zero after a password of 72 characters, which bcrypt does not read either.
            byte[] hash = BCrypt.with(version, new SecureRandom(), LongPasswordStrategies.truncate(version))
                    .hash(cost, salt, bytes);
            return new String(hash, US_ASCII);
        } finally {
            Arrays.fill(chars, '\0');
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
