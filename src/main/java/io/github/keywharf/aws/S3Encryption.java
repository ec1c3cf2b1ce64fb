package io.github.keywharf.aws;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How S3 encrypts the objects that are written: with its own key, or with one of the Key Management Service (KMS). Immutable.
 *
 * @see <a href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/serv-side-encryption.html">Server-side encryption</a>
 */
public final class S3Encryption {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9:/_-]{1,2048}");

    private final String algorithm;
    private final @Nullable String key;
    private final boolean bucketKey;

    private S3Encryption(String algorithm, @Nullable String key, boolean bucketKey) {
        this.algorithm = algorithm;
        this.key = key;
        this.bucketKey = bucketKey;
    }

    /** With a key that S3 manages. */
    public static S3Encryption managed() {
        return new S3Encryption("AES256", null, false);
    }

    /**
     * With a key of KMS.
     *
     * @param key its id, ARN or alias, such as {@code alias/landing}
     */
    public static S3Encryption kms(String key) {
        return new S3Encryption("aws:kms", checked(key), false);
    }

    /**
     * Twice, in two layers, with a key of KMS.
     *
     * @param key its id, ARN or alias
     */
    public static S3Encryption kmsTwice(String key) {
        return new S3Encryption("aws:kms:dsse", checked(key), false);
    }

    /**
     * The same with a key for the bucket in between, so that far fewer requests go to KMS.
     *
     * @throws IllegalStateException unless made by {@link #kms}
     */
    public S3Encryption withBucketKey() {
        if (!algorithm.equals("aws:kms")) {
            throw new IllegalStateException("A key for the bucket goes with kms(…)");
        }
        return new S3Encryption(algorithm, key, true);
    }

    private static String checked(String key) {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("'" + key + "' is not a key of KMS; give its id, ARN or alias");
        }
        return key;
    }

    Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("x-amz-server-side-encryption", algorithm);
        if (key != null) {
            headers.put("x-amz-server-side-encryption-aws-kms-key-id", key);
        }
        if (bucketKey) {
            headers.put("x-amz-server-side-encryption-bucket-key-enabled", "true");
        }
        return headers;
    }

    @Override
    public String toString() {
        return algorithm + (key == null ? "" : " " + key) + (bucketKey ? " with a bucket key" : "");
    }
}
