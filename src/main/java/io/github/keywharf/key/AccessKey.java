package io.github.keywharf.key;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Access key: opens the data of one organisation, or of all for the Admin.
 *
 * <p>Its text has 72 characters: {@code kwk_}, an id of 16 characters, which is not secret, {@code _}, a secret of 43,
 * {@code _}, and a checksum of 7 over all of it. Scanners for leaked secrets find it by
 * {@code kwk_[a-z2-7]{16}_[A-Za-z0-9_-]{43}_[a-z2-7]{7}}. The secret is 256 random bits in URL-safe Base64, short enough
 * for a server that hashes passwords by bcrypt, which reads 72 bytes.
 *
 * <p>Thread-safe. Prints its id only; equal only to itself; overwrites its secret when closed.
 */
public final class AccessKey implements AutoCloseable {

    /** Beginning of each key, by which scanners of repositories and logs recognise one. */
    public static final String PREFIX = "kwk_";

    /** Length of the text, in characters. */
    public static final int LENGTH = 72;

    private static final int ID_LENGTH = 16;
    private static final int SECRET_LENGTH = 43;
    private static final int SECRET_BYTES = 32;
    private static final int ID_BYTES = 10;
    private static final int SECRET_START = PREFIX.length() + ID_LENGTH + 1;
    private static final int CHECKSUM_START = SECRET_START + SECRET_LENGTH + 1;
    private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
    private static final String SUBJECT = "access key";

    private final String id;
    private final Secret secret;

    private AccessKey(String id, Secret secret) {
        this.id = id;
        this.secret = secret;
    }

    /** Generates a key. Its issuer closes it once its holder has it. */
    public static AccessKey generate(SecureRandom random) {
        byte[] bytes = new byte[SECRET_BYTES];
        byte[] idBytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        random.nextBytes(idBytes);
        byte[] encoded = Base64.getUrlEncoder().withoutPadding().encode(bytes);
        char[] chars = chars(encoded);
        try {
            return new AccessKey(base32(idBytes), Secret.of(chars));
        } finally {
            Arrays.fill(bytes, (byte) 0);
            Arrays.fill(encoded, (byte) 0);
            Arrays.fill(chars, '\0');
        }
    }

    /**
     * Parses the text of a key; white space around it is ignored. No message quotes the text.
     *
     * @throws KeywharfException with code {@code key.malformed} if the text does not have the form of a key, and with
     *     {@code key.mistyped} if its checksum does not match
     */
    public static AccessKey parse(CharSequence text) {
        char[] chars = stripped(text);
        try {
            if (!isWellFormed(chars)) {
                throw new KeywharfException(
                        "key.malformed",
                        SUBJECT,
                        "The text is not an access key: one has " + LENGTH + " characters and begins with " + PREFIX
                                + "; copy it whole");
            }
            String sum = new String(chars, CHECKSUM_START, chars.length - CHECKSUM_START);
            if (!checksum(chars).equals(sum) || !isCanonical(chars)) {
                throw new KeywharfException(
                        "key.mistyped",
                        SUBJECT,
                        "The checksum does not match: a character is wrong or two are swapped; copy the key once more");
            }
            char[] secret = Arrays.copyOfRange(chars, SECRET_START, SECRET_START + SECRET_LENGTH);
            try {
                return new AccessKey(new String(chars, PREFIX.length(), ID_LENGTH), Secret.of(secret));
            } finally {
                Arrays.fill(secret, '\0');
            }
        } finally {
            Arrays.fill(chars, '\0');
        }
    }

    /** Returns true if a text has the form of a key's id: 16 lower-case letters and digits from 2 to 7. */
    public static boolean isId(String text) {
        return text.length() == ID_LENGTH && text.chars().allMatch(c -> BASE32.indexOf(c) >= 0);
    }

    /** Returns the name of this key in lists and logs. It is not a secret. */
    public String id() {
        return id;
    }

    /**
     * Returns the text of the key, secret included.
     *
     * @throws IllegalStateException when closed
     */
    public String reveal() {
        String body = PREFIX + id + "_" + secret.reveal() + "_";
        return body + checksum(body.toCharArray());
    }

    /**
     * Returns the 43 secret characters, for a server that takes a password. The caller closes the secret.
     *
     * @throws IllegalStateException when closed
     */
    public Secret secret() {
        char[] chars = secret.revealChars();
        try {
            return Secret.of(chars);
        } finally {
            Arrays.fill(chars, '\0');
        }
    }

    /**
     * Computes the HMAC-SHA256 of facts with this key, as 43 characters. Computing it, also for a changed fact, takes the
     * key, and it reveals nothing of the key. The length of each fact is sealed with it.
     *
     * @throws IllegalStateException when closed
     */
    public String seal(String... facts) {
        char[] chars = secret.revealChars();
        byte[] bytes = new byte[chars.length];
        for (int i = 0; i < chars.length; i++) {
            bytes[i] = (byte) chars[i];
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes, "HmacSHA256"));
            for (String fact : facts) {
                byte[] encoded = fact.getBytes(UTF_8);
                mac.update(ByteBuffer.allocate(Integer.BYTES)
                        .putInt(encoded.length)
                        .array());
                mac.update(encoded);
            }
            return Base64.getUrlEncoder().withoutPadding().encodeToString(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is missing from this Java", e);
        } finally {
            Arrays.fill(chars, '\0');
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Returns true if this key computed the seal over these facts; compares in constant time. */
    public boolean matchesSeal(String seal, String... facts) {
        return MessageDigest.isEqual(seal(facts).getBytes(US_ASCII), seal.getBytes(US_ASCII));
    }

    /** Returns true if another key has the same text; compares in constant time. */
    public boolean matches(AccessKey other) {
        try (Secret whole = Secret.of(reveal())) {
            return whole.matches(other.reveal());
        }
    }

    private static char[] stripped(CharSequence text) {
        int start = 0;
        int end = text.length();
        while (start < end && Character.isWhitespace(text.charAt(start))) {
            start++;
        }
        while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        // One character more than a key has shows that the text is too long.
        char[] chars = new char[Math.min(end - start, LENGTH + 1)];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = text.charAt(start + i);
        }
        return chars;
    }

    private static boolean isWellFormed(char[] chars) {
        if (chars.length != LENGTH) {
            return false;
        }
        boolean wellFormed = chars[SECRET_START - 1] == '_' && chars[CHECKSUM_START - 1] == '_';
        for (int i = 0; i < chars.length; i++) {
            char c = chars[i];
            if (i < PREFIX.length()) {
                wellFormed &= c == PREFIX.charAt(i);
            } else if (i >= SECRET_START && i < CHECKSUM_START - 1) {
                wellFormed &= isBase64(c);
            } else if (i != SECRET_START - 1 && i != CHECKSUM_START - 1) {
                wellFormed &= BASE32.indexOf(c) >= 0;
            }
        }
        return wellFormed;
    }

    private static boolean isBase64(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    }

    /** Returns true if the last two bits are zero: 43 characters hold two bits more than 256, and a key has one text only. */
    private static boolean isCanonical(char[] chars) {
        return "AEIMQUYcgkosw048".indexOf(chars[SECRET_START + SECRET_LENGTH - 1]) >= 0;
    }

    /** Returns the checksum over the characters before it. */
    private static String checksum(char[] chars) {
        CRC32 crc = new CRC32();
        for (int i = 0; i < CHECKSUM_START; i++) {
            crc.update(chars[i]);
        }
        byte[] sum = ByteBuffer.allocate(5)
                .put((byte) 0)
                .putInt((int) crc.getValue())
                .array();
        return base32(sum).substring(1);
    }

    /** Encodes each five bytes as eight characters. */
    private static String base32(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < bytes.length; i += 5) {
            long group = 0;
            for (int k = 0; k < 5; k++) {
                group = group << 8 | (bytes[i + k] & 0xff);
            }
            for (int shift = 35; shift >= 0; shift -= 5) {
                text.append(BASE32.charAt((int) (group >> shift & 31)));
            }
        }
        return text.toString();
    }

    private static char[] chars(byte[] ascii) {
        char[] chars = new char[ascii.length];
        for (int i = 0; i < ascii.length; i++) {
            chars[i] = (char) ascii[i];
        }
        return chars;
    }

    /** Overwrites the secret; closing twice is harmless. */
    @Override
    public void close() {
        secret.close();
    }

    @Override
    public String toString() {
        return "AccessKey[" + id + "]";
    }
}
