package io.github.keywharf.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Credentials that were right a while ago: an HMAC of them by a key that only this process has, never a password.
 * Thread-safe.
 */
final class RememberedLogins {
    private static final int MAX_MARKS = 10_000;
    private static final int KEY_BYTES = 32;
    private static final String HMAC = "HmacSHA256";

    private final InstantSource clock;
    private final SecretKeySpec key;
    private final Map<String, Instant> marks = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MAX_MARKS;
        }
    };

    RememberedLogins(InstantSource clock, SecureRandom random) {
        this.clock = clock;
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        key = new SecretKeySpec(bytes, HMAC);
    }

    /** What stands for a user with a password, as long as the hash that verifies it is this one. */
    String mark(String user, String hash, char[] password) {
        ByteBuffer bytes = UTF_8.encode(CharBuffer.wrap(password));
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            for (String part : new String[] {user, hash}) {
                byte[] encoded = part.getBytes(UTF_8);
                mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, encoded.length));
                mac.update(encoded);
            }
            mac.update(bytes);
            return Base64.getEncoder().encodeToString(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HmacSHA256 is missing from this Java", e);
        } finally {
            bytes.clear();
            bytes.put(new byte[bytes.capacity()]);
        }
    }

    synchronized void add(String mark) {
        marks.put(mark, clock.instant());
    }

    synchronized boolean knows(String mark) {
        Instant since = marks.get(mark);
        Instant now = clock.instant();
        if (since == null || now.isBefore(since) || !now.isBefore(since.plus(TenantLogin.REMEMBERED))) {
            marks.remove(mark);
            return false;
        }
        return true;
    }
}
