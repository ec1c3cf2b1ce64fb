package io.github.keywharf.sharing.server;

import io.github.keywharf.internal.Sha256;
import io.github.keywharf.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Texts that this server hands out and takes back: what they say can be read by whoever has one, and changed by nobody. A
 * token is good for its kind and until its end. Thread-safe.
 */
final class SignedTokens {
    /** What a token is for. */
    enum Kind {
        /** The next page of a list. */
        LIST,
        /** The next page of files. */
        PAGE,
        /** The same version again. */
        REFRESH,
        /** One file. */
        FILE
    }

    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAC_BYTES = 16;
    private static final int MAX_CHARACTERS = 8 * 1024;

    private final SecretKeySpec key;
    private final InstantSource clock;

    SignedTokens(Secret key, InstantSource clock) {
        this.key = new SecretKeySpec(Sha256.of("keywharf sharing " + key.reveal()), ALGORITHM);
        this.clock = clock;
    }

    /** Makes tokens for one answer; for one thread. */
    final class Issuer {
        private final Mac mac = mac();

        /** A token that says these parts, none of which has a line break. */
        String issue(Kind kind, Instant end, String... parts) {
            StringBuilder text =
                    new StringBuilder(200).append(kind.name()).append('\n').append(end.toEpochMilli());
            for (String part : parts) {
                if (part.indexOf('\n') >= 0) {
                    throw new IllegalArgumentException("A part of a token has a line break");
                }
                text.append('\n').append(part);
            }
            byte[] said = text.toString().getBytes(StandardCharsets.UTF_8);
            byte[] token = Arrays.copyOf(said, said.length + MAC_BYTES);
            System.arraycopy(mac.doFinal(said), 0, token, said.length, MAC_BYTES);
            return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
        }
    }

    Issuer issuer() {
        return new Issuer();
    }

    private Mac mac() {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Each Java platform has " + ALGORITHM, e);
        }
    }

    /** The parts of a token of that kind; empty when it is not one of this server's, or has ended. */
    Optional<List<String>> open(Kind kind, String token) {
        byte[] bytes;
        try {
            bytes = token.length() > MAX_CHARACTERS
                    ? new byte[0]
                    : Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (bytes.length <= MAC_BYTES) {
            return Optional.empty();
        }
        byte[] said = Arrays.copyOf(bytes, bytes.length - MAC_BYTES);
        byte[] seal = Arrays.copyOfRange(bytes, said.length, bytes.length);
        if (!MessageDigest.isEqual(Arrays.copyOf(mac().doFinal(said), MAC_BYTES), seal)) {
            return Optional.empty();
        }
        List<String> parts = List.of(new String(said, StandardCharsets.UTF_8).split("\n", -1));
        boolean isValid = parts.get(0).equals(kind.name())
                && clock.instant().isBefore(Instant.ofEpochMilli(Long.parseLong(parts.get(1))));
        return isValid ? Optional.of(parts.subList(2, parts.size())) : Optional.empty();
    }
}
