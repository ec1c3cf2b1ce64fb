package io.github.keywharf.aws;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a bucket asks of every request: how new objects are encrypted and kept, who pays, and whose bucket it must be.
 *
 * <pre>{@code
 * ObjectStore store = aws.store("landing", S3Terms.builder()
 *         .encryption(S3Encryption.kms("alias/landing"))
 *         .expectedOwner("111122223333")
 *         .build());
 * }</pre>
 *
 * <p>Unless set, nothing is sent, and the bucket's own defaults hold. Immutable.
 */
public final class S3Terms {
    /** Terms by which the bucket's own defaults hold. */
    static final S3Terms NONE = builder().build();

    private final @Nullable S3Encryption encryption;
    private final @Nullable String storageClass;
    private final boolean requesterPays;
    private final @Nullable String expectedOwner;

    private S3Terms(Builder builder) {
        encryption = builder.encryption;
        storageClass = builder.storageClass;
        requesterPays = builder.requesterPays;
        expectedOwner = builder.expectedOwner;
    }

    /** A builder of terms that add nothing yet. */
    public static Builder builder() {
        return new Builder();
    }

    /** How new objects are encrypted; empty when the bucket decides. */
    public Optional<S3Encryption> encryption() {
        return Optional.ofNullable(encryption);
    }

    /** The class of storage of new objects; empty when the bucket decides. */
    public Optional<String> storageClass() {
        return Optional.ofNullable(storageClass);
    }

    /** Whether the owner of these credentials pays for requests and data. */
    public boolean requesterPays() {
        return requesterPays;
    }

    /** The account that the bucket must belong to; empty when any may own it. */
    public Optional<String> expectedOwner() {
        return Optional.ofNullable(expectedOwner);
    }

    /** The headers of every request. */
    Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        if (requesterPays) {
            headers.put("x-amz-request-payer", "requester");
        }
        if (expectedOwner != null) {
            headers.put("x-amz-expected-bucket-owner", expectedOwner);
        }
        return headers;
    }

    /** The headers of a request that begins an object. */
    Map<String, String> headersOfNewObjects() {
        Map<String, String> headers = headers();
        if (encryption != null) {
            headers.putAll(encryption.headers());
        }
        if (storageClass != null) {
            headers.put("x-amz-storage-class", storageClass);
        }
        return headers;
    }

    @Override
    public String toString() {
        return "S3Terms[encryption " + (encryption == null ? "of the bucket" : encryption)
                + (storageClass == null ? "" : ", " + storageClass)
                + (requesterPays ? ", requester pays" : "")
                + (expectedOwner == null ? "" : ", owner " + expectedOwner) + "]";
    }

    /** Sets {@link S3Terms}. */
    public static final class Builder {
        private static final Pattern STORAGE_CLASS = Pattern.compile("[A-Z][A-Z0-9_]{0,39}");
        private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");

        private @Nullable S3Encryption encryption;
        private @Nullable String storageClass;
        private boolean requesterPays;
        private @Nullable String expectedOwner;

        private Builder() {}

        /** How S3 encrypts new objects. What is there is read however it was encrypted, if the credentials may use its key. */
        public Builder encryption(S3Encryption encryption) {
            this.encryption = encryption;
            return this;
        }

        /**
         * The class of storage of new objects, such as {@code STANDARD_IA} or {@code INTELLIGENT_TIERING}. An archived object
         * cannot be read before it is restored.
         */
        public Builder storageClass(String storageClass) {
            if (!STORAGE_CLASS.matcher(storageClass).matches()) {
                throw new IllegalArgumentException("'" + storageClass
                        + "' is not a class of storage; give one as S3 spells it, such as 'STANDARD_IA'");
            }
            this.storageClass = storageClass;
            return this;
        }

        /** Agrees that the owner of these credentials pays for requests and data; a requester-pays bucket refuses others. */
        public Builder requesterPays(boolean requesterPays) {
            this.requesterPays = requesterPays;
            return this;
        }

        /**
         * The account, 12 digits, that the bucket must belong to. S3 refuses requests for a bucket of another one as
         * {@code store.denied}: names of buckets are global, and a deleted bucket's name can be taken by somebody else.
         */
        public Builder expectedOwner(String account) {
            if (!ACCOUNT.matcher(account).matches()) {
                throw new IllegalArgumentException("'" + account + "' is not an account; give its 12 digits");
            }
            this.expectedOwner = account;
            return this;
        }

        /** The terms. */
        public S3Terms build() {
            return new S3Terms(this);
        }
    }
}
