package io.github.keywharf.cassandra;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.keywharf.secret.Secret;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * Bcrypt, as the server's {@code HASHED PASSWORD} takes it, so that a key's secret is never in a statement, and thus in
 * no log, trace or audit of the server.
 *
 * <p>Niels Provos and David Mazières, "A Future-Adaptable Password Scheme", 1999; the variant {@code 2a}. Blowfish begins
 * with the digits of pi, which are worked out rather than listed.
 */
final class KeyPasswordHash {

    /**
     * The base-2 logarithm of the rounds, the least there is: rounds slow down the guessing of passwords, and nobody
     * guesses 256 random bits; but each connection of each session costs the server this work.
     */
    static final int COST = 4;

    private static final int MAX_PASSWORD_BYTES = 72;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 23;
    private static final int FEISTEL_ROUNDS = 16;
    private static final String ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private final int[] p = Arrays.copyOf(Pi.P, Pi.P.length);
    private final int[] s = Arrays.copyOf(Pi.S, Pi.S.length);

    private KeyPasswordHash() {}

    /** The hash of a password of at most 72 ASCII characters, with a random salt. */
    static String of(Secret password, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return of(password, COST, salt);
    }

    static String of(Secret password, int cost, byte[] salt) {
        char[] chars = password.revealChars();
        // The zero at the end is part of the password in this variant.
        byte[] bytes = new byte[chars.length + 1];
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
            byte[] hash = new KeyPasswordHash().hash(bytes, cost, salt);
            return "$2a$" + (cost < 10 ? "0" : "") + cost + "$" + base64(salt, SALT_BYTES) + base64(hash, HASH_BYTES);
        } finally {
            Arrays.fill(chars, '\0');
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private byte[] hash(byte[] password, int cost, byte[] salt) {
        expand(password, salt);
        byte[] nothing = new byte[SALT_BYTES];
        for (long round = 0; round < 1L << cost; round++) {
            expand(password, nothing);
            expand(salt, nothing);
        }
        byte[] text = "OrpheanBeholderScryDoubt".getBytes(US_ASCII);
        for (int at = 0; at < text.length; at += 8) {
            long block = (long) word(text, at) << 32 | (word(text, at + 4) & 0xffffffffL);
            for (int i = 0; i < 64; i++) {
                block = encrypted(block);
            }
            for (int i = 0; i < 8; i++) {
                text[at + i] = (byte) (block >>> (56 - 8 * i));
            }
        }
        return text;
    }

    /** Mixes key and salt into the boxes. */
    private void expand(byte[] key, byte[] salt) {
        for (int i = 0; i < p.length; i++) {
            p[i] ^= word(key, 4 * i);
        }
        long block = 0;
        int at = 0;
        for (int i = 0; i < p.length + s.length; i += 2) {
            block ^= (long) word(salt, at) << 32 | (word(salt, at + 4) & 0xffffffffL);
            at = (at + 8) % SALT_BYTES;
            block = encrypted(block);
            put(i, (int) (block >>> 32));
            put(i + 1, (int) block);
        }
    }

    private void put(int i, int value) {
        if (i < p.length) {
            p[i] = value;
        } else {
            s[i - p.length] = value;
        }
    }

    private long encrypted(long block) {
        int left = (int) (block >>> 32) ^ p[0];
        int right = (int) block;
        for (int i = 1; i <= FEISTEL_ROUNDS; i++) {
            int mixed = right
                    ^ p[i]
                    ^ (((s[left >>> 24] + s[256 + (left >>> 16 & 0xff)]) ^ s[512 + (left >>> 8 & 0xff)])
                            + s[768 + (left & 0xff)]);
            right = left;
            left = mixed;
        }
        return (long) (right ^ p[FEISTEL_ROUNDS + 1]) << 32 | (left & 0xffffffffL);
    }

    /** Four bytes, going round at the end. */
    private static int word(byte[] bytes, int at) {
        int word = 0;
        for (int i = 0; i < 4; i++) {
            word = word << 8 | (bytes[(at + i) % bytes.length] & 0xff);
        }
        return word;
    }

    /** Base64 of bcrypt's own alphabet. */
    private static String base64(byte[] bytes, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length * 8; i += 6) {
            int at = i / 8;
            int pair = (bytes[at] & 0xff) << 8 | (at + 1 < length ? bytes[at + 1] & 0xff : 0);
            text.append(ALPHABET.charAt((pair >>> (10 - i % 8)) & 0x3f));
        }
        return text.toString();
    }

    /** The first binary digits of pi after the point. */
    private static final class Pi {
        private static final int P_WORDS = 18;
        private static final int S_WORDS = 4 * 256;

        /** More than the rounding of some ten thousand divisions can spoil. */
        private static final int GUARD_BITS = 64;

        static final int[] P = new int[P_WORDS];
        static final int[] S = new int[S_WORDS];

        static {
            int bits = 32 * (P_WORDS + S_WORDS);
            // Machin's formula: pi = 16 arctan(1/5) - 4 arctan(1/239).
            BigInteger pi = arctan(5, bits + GUARD_BITS)
                    .shiftLeft(4)
                    .subtract(arctan(239, bits + GUARD_BITS).shiftLeft(2));
            BigInteger fraction = pi.shiftRight(GUARD_BITS).clearBit(bits).clearBit(bits + 1);
            byte[] digits = fraction.toByteArray();
            int start = digits.length - bits / 8;
            for (int i = 0; i < P_WORDS + S_WORDS; i++) {
                // Pi's fraction begins with 001, so there are as many bytes as there are digits.
                int word = word(digits, start + 4 * i);
                if (i < P_WORDS) {
                    P[i] = word;
                } else {
                    S[i - P_WORDS] = word;
                }
            }
        }

        /** The arctangent of {@code 1 / x}, times two to the power of {@code bits}. */
        private static BigInteger arctan(int x, int bits) {
            BigInteger square = BigInteger.valueOf((long) x * x);
            BigInteger power = BigInteger.ONE.shiftLeft(bits).divide(BigInteger.valueOf(x));
            BigInteger sum = power;
            for (int n = 3; power.signum() != 0; n += 2) {
                power = power.divide(square);
                BigInteger term = power.divide(BigInteger.valueOf(n));
                sum = n % 4 == 3 ? sum.subtract(term) : sum.add(term);
            }
            return sum;
        }
    }
}
