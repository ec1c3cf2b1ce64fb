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
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Addresses of a bucket's objects, signed by AWS Signature Version 4 in the query ("Authenticating Requests: Using Query
 * Parameters" of the S3 API). The SDK's own presigner takes some hundred times as long for each.
 */
final class S3SignedUrls implements SignedUrls {
    /** The longest time that S3 allows. */
    private static final Duration MAX_LIFE = Duration.ofDays(7);

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final String MAC = "HmacSHA256";
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
        AwsCredentialsIdentity identity = identity(s3);
        Instant now = clients.clock().instant().truncatedTo(ChronoUnit.SECONDS);
        Instant last = identity.expirationTime().filter(end::isAfter).orElse(end);
        long seconds = Math.min(Duration.between(now, last).toSeconds(), MAX_LIFE.toSeconds());
        if (seconds < 1) {
            throw new IllegalArgumentException("Addresses cannot end at " + last + ", which is not after " + now);
        }
        String scope = DAY.format(now) + "/" + s3.serviceClientConfiguration().region() + "/s3/aws4_request";
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

    private AwsCredentialsIdentity identity(S3Client s3) {
        try {
            return s3.serviceClientConfiguration()
                    .credentialsProvider()
                    .resolveIdentity()
                    .join();
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
        private final String base;
        private final String authority;
        private final String pathBase;
        private final String query;
        private final String toSign;
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
            this.base = base;
            int host = base.indexOf("://") + 3;
            int path = base.indexOf('/', host);
            this.authority = base.substring(host, path);
            this.pathBase = base.substring(path);
            String token = identity instanceof AwsSessionCredentialsIdentity session
                    ? "&X-Amz-Security-Token=" + encoded(session.sessionToken(), false)
                    : "";
            this.query = "X-Amz-Algorithm=" + ALGORITHM + "&X-Amz-Credential="
                    + encoded(identity.accessKeyId() + "/" + scope, false) + "&X-Amz-Date=" + TIME.format(now)
                    + "&X-Amz-Expires=" + seconds + token + "&X-Amz-SignedHeaders=host";
            this.toSign = ALGORITHM + "\n" + TIME.format(now) + "\n" + scope + "\n";
            this.expires = now.plusSeconds(seconds);
            byte[] key = ("AWS4" + identity.secretAccessKey()).getBytes(StandardCharsets.UTF_8);
            for (String part : scope.split("/", -1)) {
                key = hmac(key).doFinal(part.getBytes(StandardCharsets.UTF_8));
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
            String path = encoded(ObjectKeys.check(key), true);
            String canonical =
                    "GET\n" + pathBase + path + "\n" + query + "\nhost:" + authority + "\n\nhost\nUNSIGNED-PAYLOAD";
            String hash = HexFormat.of().formatHex(digest.digest(canonical.getBytes(StandardCharsets.UTF_8)));
            byte[] signature = mac.doFinal((toSign + hash).getBytes(StandardCharsets.UTF_8));
            return base + path + "?" + query + "&X-Amz-Signature="
                    + HexFormat.of().formatHex(signature);
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

    /** The encoding of signatures: all but letters, digits and four signs. */
    private static String encoded(String text, boolean keepSlashes) {
        StringBuilder encoded = new StringBuilder(text.length() + 32);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean plain = (c >= 'A' && c <= 'Z')
                    || (c >= 'a' && c <= 'z')
                    || (c >= '0' && c <= '9')
                    || c == '-'
                    || c == '.'
                    || c == '_'
                    || c == '~'
                    || (c == '/' && keepSlashes);
            if (plain) {
                encoded.append(c);
            } else {
                encoded.append('%')
                        .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(c & 0xF, 16)));
            }
        }
        return encoded.toString();
    }

    @Override
    public String toString() {
        return "SignedUrls[s3://" + bucket + "]";
    }
}
