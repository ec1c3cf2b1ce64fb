package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.Sha256;
import io.github.keywharf.store.ObjectKeys;
import io.github.keywharf.store.SignedUrls;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ServiceClientConfiguration;

/**
 * Addresses of a bucket's objects, signed by AWS Signature Version 4 in the query ("Authenticating Requests: Using Query
 * Parameters" of the S3 API). The SDK's own presigner takes some hundred times as long for each.
 */
final class S3SignedUrls implements SignedUrls {
    /** The longest time that S3 allows. */
    private static final Duration MAX_LIFE = Duration.ofDays(7);

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final String MAC = "HmacSHA256";
    private static final int HASH_DIGITS = 64;
    private static final byte[] LOWER = bytes("0123456789abcdef");
    private static final byte[] UPPER = bytes("0123456789ABCDEF");
    private static final String PROBE = "k";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuuMMdd", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final AwsClients clients;
    private final String bucket;
    private volatile @Nullable String base;

    S3SignedUrls(AwsClients clients, String bucket) {
        this.clients = clients;
        this.bucket = bucket;
    }

    @Override
    public Signer until(Instant end) {
        S3Client s3 = clients.s3();
        S3ServiceClientConfiguration settings = s3.serviceClientConfiguration();
        AwsCredentialsIdentity identity = identity(settings);
        Instant now = clients.clock().instant().truncatedTo(ChronoUnit.SECONDS);
        Instant last = identity.expirationTime().filter(end::isAfter).orElse(end);
        long seconds = Math.min(Duration.between(now, last).toSeconds(), MAX_LIFE.toSeconds());
        if (seconds < 1) {
            throw new IllegalArgumentException("Addresses cannot end at " + last + ", which is not after " + now);
        }
        String scope = DAY.format(now) + "/" + settings.region() + "/s3/aws4_request";
        return new Signed(base(s3), scope, identity, now, seconds);
    }

    /** The address of the bucket, which the client's settings give and the SDK takes long to find. */
    private String base(S3Client s3) {
        String known = base;
        if (known == null) {
            String url = s3.utilities()
                    .getUrl(request -> request.bucket(bucket).key(PROBE))
                    .toString();
            known = url.substring(0, url.length() - PROBE.length());
            base = known;
        }
        return known;
    }

    private AwsCredentialsIdentity identity(S3ServiceClientConfiguration settings) {
        try {
            return settings.credentialsProvider().resolveIdentity().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SdkException cause) {
                throw AwsErrors.map("store", "s3://" + bucket, cause);
            }
            throw e;
        } catch (SdkException e) {
            throw AwsErrors.map("store", "s3://" + bucket, e);
        }
    }

    /** Signs the addresses of one answer. */
    private final class Signed implements Signer {
        private final byte[] base;
        private final byte[] query;
        private final byte[] canonicalHead;
        private final byte[] canonicalTail;
        private final byte[] toSign;
        private final Instant expires;
        private final Mac mac;
        private final MessageDigest digest = Sha256.digest();

        Signed(String base, String scope, AwsCredentialsIdentity identity, Instant now, long seconds) {
            if (identity.accessKeyId() == null || identity.secretAccessKey() == null) {
                throw new KeywharfException(
                        "store.bad_credentials",
                        "s3://" + bucket,
                        "Addresses cannot be signed without an access key; give credentials");
            }
            int host = base.indexOf("://") + 3;
            int path = base.indexOf('/', host);
            String token = identity instanceof AwsSessionCredentialsIdentity session
                    ? "&X-Amz-Security-Token=" + encoded(session.sessionToken(), false)
                    : "";
            String query = "X-Amz-Algorithm=" + ALGORITHM + "&X-Amz-Credential="
                    + encoded(identity.accessKeyId() + "/" + scope, false) + "&X-Amz-Date=" + TIME.format(now)
                    + "&X-Amz-Expires=" + seconds + token + "&X-Amz-SignedHeaders=host";
            this.base = bytes(base);
            this.query = bytes("?" + query + "&X-Amz-Signature=");
            this.canonicalHead = bytes("GET\n" + base.substring(path));
            this.canonicalTail =
                    bytes("\n" + query + "\nhost:" + base.substring(host, path) + "\n\nhost\nUNSIGNED-PAYLOAD");
            this.toSign = bytes(ALGORITHM + "\n" + TIME.format(now) + "\n" + scope + "\n" + " ".repeat(HASH_DIGITS));
            this.expires = now.plusSeconds(seconds);
            byte[] key = bytes("AWS4" + identity.secretAccessKey());
            for (String part : scope.split("/", -1)) {
                key = hmac(key).doFinal(bytes(part));
            }
            this.mac = hmac(key);
        }

        private static Mac hmac(byte[] key) {
            try {
                Mac mac = Mac.getInstance(MAC);
                mac.init(new SecretKeySpec(key, MAC));
                return mac;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("Each Java platform has " + MAC, e);
            }
        }

        @Override
        public String url(String key) {
            byte[] path = encodedBytes(ObjectKeys.check(key), true);
            digest.update(canonicalHead);
            digest.update(path);
            digest.update(canonicalTail);
            hex(digest.digest(), toSign);
            byte[] url = new byte[base.length + path.length + query.length + HASH_DIGITS];
            System.arraycopy(base, 0, url, 0, base.length);
            System.arraycopy(path, 0, url, base.length, path.length);
            System.arraycopy(query, 0, url, base.length + path.length, query.length);
            hex(mac.doFinal(toSign), url);
            return new String(url, StandardCharsets.ISO_8859_1);
        }

        @Override
        public Instant expires() {
            return expires;
        }

        @Override
        public String toString() {
            return "Signer[s3://" + bucket + ", until " + expires + "]";
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Writes the digits of a hash to the end of the target. */
    private static void hex(byte[] hash, byte[] target) {
        int at = target.length - HASH_DIGITS;
        for (byte b : hash) {
            target[at++] = LOWER[(b >> 4) & 0xF];
            target[at++] = LOWER[b & 0xF];
        }
    }

    private static String encoded(String text, boolean keepSlashes) {
        return new String(encodedBytes(text, keepSlashes), StandardCharsets.ISO_8859_1);
    }

    /** The encoding of signatures: all but letters, digits and four signs. */
    private static byte[] encodedBytes(String text, boolean keepSlashes) {
        byte[] plain = bytes(text);
        byte[] encoded = new byte[plain.length * 3];
        int at = 0;
        for (byte b : plain) {
            boolean isKept = (b >= 'a' && b <= 'z')
                    || (b >= '-' && b <= '9' && (b != '/' || keepSlashes))
                    || (b >= 'A' && b <= 'Z')
                    || b == '_'
                    || b == '~';
            if (isKept) {
                encoded[at++] = b;
            } else {
                encoded[at++] = '%';
                encoded[at++] = UPPER[(b >> 4) & 0xF];
                encoded[at++] = UPPER[b & 0xF];
            }
        }
        return Arrays.copyOf(encoded, at);
    }

    @Override
    public String toString() {
        return "SignedUrls[s3://" + bucket + "]";
    }
}
