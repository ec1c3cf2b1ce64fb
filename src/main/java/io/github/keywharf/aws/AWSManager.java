package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretSource;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.tls.TlsConfig;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ServiceClientConfiguration;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * The entry point to AWS and to stores that speak S3.
 *
 * <pre>{@code
 * try (AWSManager aws = AWSManager.builder().credentials(accessKey, secretKey).region("eu-west-1").connect()) {
 *     ObjectStore store = aws.store("landing");
 *     store.list("payment/").forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>Thread-safe. Stores and secret sources share its connections and end with it.
 */
public final class AWSManager implements AutoCloseable {
    private final AwsClients clients;
    private final String description;

    private AWSManager(AwsClients clients, String description) {
        this.clients = clients;
        this.description = description;
    }

    /**
     * A manager over a client of S3 that the host built; {@link #close} leaves it open. Region, credentials, checksums,
     * retries and TLS are the client's. Without a client of Secrets Manager, {@link #secrets()} cannot be used.
     */
    public static AWSManager of(S3Client s3) {
        return over(s3, null);
    }

    /** A manager over clients that the host built; {@link #close} leaves them open. */
    public static AWSManager of(S3Client s3, SecretsManagerClient secrets) {
        return over(s3, Objects.requireNonNull(secrets, "secrets"));
    }

    private static AWSManager over(S3Client s3, @Nullable SecretsManagerClient secrets) {
        S3ServiceClientConfiguration given = s3.serviceClientConfiguration();
        AwsClients.Settings settings = new AwsClients.Settings(
                AnonymousCredentialsProvider.create(),
                given.region(),
                given.endpointOverride().orElse(null),
                false,
                ChecksumMode.WHEN_SUPPORTED,
                Builder.DEFAULT_ATTEMPTS,
                Builder.DEFAULT_ATTEMPT_TIMEOUT,
                null);
        return new AWSManager(
                new AwsClients(settings, InstantSource.system(), s3, secrets),
                "region " + given.region() + ", the host's clients");
    }

    /** A builder with the credentials and the region that the SDK finds in the environment. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A bucket as a store. Nothing is sent yet: a bucket that is not there is {@code store.no_bucket} on first use.
     * Closing the store leaves this manager open.
     *
     * <p>Its errors: {@code store.not_found}, {@code store.replaced}, {@code store.no_bucket},
     * {@code store.bad_credentials}, {@code store.denied}, {@code store.wrong_region}, {@code store.unavailable} when
     * all attempts failed, {@code store.failed} for the rest. Objects whose keys break the rules for keys, such as the
     * folder markers of consoles, are not listed. A process that is killed while it writes an object above 8 MB leaves
     * an invisible unfinished upload that is paid for: give the bucket a lifecycle rule that aborts them.
     */
    public ObjectStore store(String bucket) {
        return store(bucket, S3Settings.NONE);
    }

    /** A bucket as a store whose requests carry these settings; otherwise as {@link #store(String)}. */
    public ObjectStore store(String bucket, S3Settings settings) {
        return new S3Store(clients, bucket, settings);
    }

    /** The part of a bucket under a folder, such as {@code landing/}, as a store whose keys are relative to it. */
    public ObjectStore store(String bucket, String folder) {
        return store(bucket).under(folder);
    }

    /**
     * The text secrets of Secrets Manager, by name or ARN, in their current version. Nothing is cached.
     *
     * <p>Its errors: {@code secret.bad_credentials}, {@code secret.denied}, {@code secret.unreadable} for a binary
     * secret, {@code secret.refused} when it is marked for deletion, {@code secret.unavailable} when all attempts
     * failed.
     */
    public SecretSource secrets() {
        return new SecretsManagerSource(clients);
    }

    /** The client of S3, for what this library does not do. It ends with this manager if this made it. */
    public S3Client unwrap() {
        return clients.s3();
    }

    /** Closes the connections, unless the host's clients were given, and with them all stores and secret sources of this manager. Twice is harmless. */
    @Override
    public void close() {
        clients.close();
    }

    @Override
    public String toString() {
        return "AWSManager[" + description + "]";
    }

    /**
     * Settings of an {@link AWSManager}.
     *
     * <p>Defaults: credentials and region from the SDK's chains (environment, profile, container, instance), AWS's own
     * endpoints, virtual-host addresses, {@link ChecksumMode#WHEN_SUPPORTED}, {@link #DEFAULT_ATTEMPTS} attempts of
     * {@link #DEFAULT_ATTEMPT_TIMEOUT} each.
     */
    public static final class Builder {
        /** How often a request is tried in all, 5: waits double in between, some seconds together. */
        public static final int DEFAULT_ATTEMPTS = 5;

        /**
         * How long one attempt may take, 30 s, and a second more for each 256 KiB that it uploads: longer than S3 ever
         * takes to answer.
         */
        public static final Duration DEFAULT_ATTEMPT_TIMEOUT = Duration.ofSeconds(30);

        private @Nullable String accessKey;
        private @Nullable Secret secretKey;
        private @Nullable Secret sessionToken;
        private @Nullable AwsCredentialsProvider provider;
        private @Nullable String region;
        private @Nullable URI endpoint;
        private boolean pathStyle;
        private ChecksumMode checksums = ChecksumMode.WHEN_SUPPORTED;
        private int attempts = DEFAULT_ATTEMPTS;
        private Duration attemptTimeout = DEFAULT_ATTEMPT_TIMEOUT;
        private @Nullable TlsConfig tls;
        private InstantSource clock = InstantSource.system();

        private Builder() {}

        /** Signs with this key pair. The secret is copied, and may be closed. */
        public Builder credentials(String accessKey, Secret secretKey) {
            this.accessKey = Objects.requireNonNull(accessKey, "accessKey");
            this.secretKey = secretKey.copy();
            return this;
        }

        /** Signs with what this provider gives, asked again as it sees fit. The manager does not close it. */
        public Builder credentials(AwsCredentialsProvider provider) {
            this.provider = Objects.requireNonNull(provider, "provider");
            return this;
        }

        /** The session token that belongs to a temporary key pair; it is copied, and may be closed. */
        public Builder sessionToken(Secret sessionToken) {
            this.sessionToken = sessionToken.copy();
            return this;
        }

        /** The region, such as {@code eu-west-1}. */
        public Builder region(String region) {
            if (region.isBlank()) {
                throw new IllegalArgumentException("The region is blank; give one, such as 'eu-west-1'");
            }
            this.region = region;
            return this;
        }

        /** Where requests go instead of AWS: another store that speaks S3, or a gateway. */
        public Builder endpoint(URI endpoint) {
            String scheme = endpoint.getScheme();
            if (!("http".equals(scheme) || "https".equals(scheme)) || endpoint.getHost() == null) {
                throw new IllegalArgumentException(
                        "The endpoint '" + endpoint + "' must be an http or https address with a host");
            }
            this.endpoint = endpoint;
            return this;
        }

        /** Whether the bucket is in the path, not in the host name: what most stores other than AWS want. */
        public Builder pathStyle(boolean pathStyle) {
            this.pathStyle = pathStyle;
            return this;
        }

        /** When requests carry additional checksums. */
        public Builder checksums(ChecksumMode checksums) {
            this.checksums = Objects.requireNonNull(checksums, "checksums");
            return this;
        }

        /** How often a request is tried in all, from 1 on. */
        public Builder attempts(int attempts) {
            if (attempts < 1) {
                throw new IllegalArgumentException("There must be at least 1 attempt, not " + attempts);
            }
            this.attempts = attempts;
            return this;
        }

        /** How long one attempt may take before it is given up and repeated. */
        public Builder attemptTimeout(Duration attemptTimeout) {
            if (attemptTimeout.isNegative() || attemptTimeout.isZero()) {
                throw new IllegalArgumentException("The attempt timeout " + attemptTimeout + " must be positive");
            }
            this.attemptTimeout = attemptTimeout;
            return this;
        }

        /**
         * Whom to trust instead of the JDK's authorities, and which certificate to show.
         *
         * @throws IllegalArgumentException when it does not verify host names or expects another one, which the SDK's
         *     client cannot do
         */
        public Builder tls(TlsConfig config) {
            if (!config.hostnameVerification() || config.certificateName().isPresent()) {
                throw new IllegalArgumentException(
                        "The SDK's client always verifies host names; use certificates with the name of the host");
            }
            this.tls = config;
            return this;
        }

        /** Where the times of written objects come from; the system's clock unless given. */
        public Builder clock(InstantSource clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Opens the manager and reads the files of {@link #tls}. Nothing is sent yet, except by the chain that looks for a region when none was given.
         *
         * @throws IllegalStateException when two kinds of credentials were given, or a session token without a key pair
         * @throws KeywharfException with code {@code aws.no_region} when there is none
         */
        public AWSManager connect() {
            AwsClients.Settings settings = new AwsClients.Settings(
                    credentialsProvider(),
                    region == null ? regionOfEnvironment() : Region.of(region),
                    endpoint,
                    pathStyle,
                    checksums,
                    attempts,
                    attemptTimeout,
                    tls);
            String description = "region " + settings.region() + (endpoint == null ? "" : ", " + endpoint) + ", "
                    + (accessKey != null ? "a key pair" : provider != null ? "a provider" : "the default credentials");
            return new AWSManager(new AwsClients(settings, clock), description);
        }

        private AwsCredentialsProvider credentialsProvider() {
            if (accessKey == null || secretKey == null) {
                if (sessionToken != null) {
                    throw new IllegalStateException("sessionToken goes with credentials(accessKey, secretKey)");
                }
                return provider == null ? DefaultCredentialsProvider.builder().build() : provider;
            }
            if (provider != null) {
                throw new IllegalStateException("Give credentials as a key pair or as a provider, not both");
            }
            return StaticCredentialsProvider.create(
                    sessionToken == null
                            ? AwsBasicCredentials.create(accessKey, secretKey.reveal())
                            : AwsSessionCredentials.create(accessKey, secretKey.reveal(), sessionToken.reveal()));
        }

        private static Region regionOfEnvironment() {
            try {
                return DefaultAwsRegionProviderChain.builder().build().getRegion();
            } catch (SdkClientException e) {
                throw new KeywharfException(
                        "aws.no_region", "aws", "No region was given or found; call region(…) or set AWS_REGION", e);
            }
        }

        @Override
        public String toString() {
            return "AWSManager.Builder[region " + region + ", " + endpoint + "]";
        }
    }
}
