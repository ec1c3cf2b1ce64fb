package io.github.keywharf.aws;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.Pause;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.secret.SecretStore;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.SignedUrls;
import io.github.keywharf.tls.TlsConfig;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.appflow.AppflowClient;
import software.amazon.awssdk.services.s3.S3Client;
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
 * <p>Thread-safe. Stores, secret sources and flows share its connections and end with it.
 */
public final class AWSManager implements AutoCloseable {
    /** The region of {@link #connect}, {@code eu-west-1}. */
    public static final String DEFAULT_REGION = "eu-west-1";

    private final AwsClients clients;
    private final String description;
    private final @Nullable String flowType;
    private final @Nullable String flowBucket;

    private AWSManager(AwsClients clients, String description, @Nullable String flowType, @Nullable String flowBucket) {
        this.clients = clients;
        this.description = description;
        this.flowType = flowType;
        this.flowBucket = flowBucket;
    }

    /**
     * A manager in {@value #DEFAULT_REGION} that signs with a key pair.
     *
     * @param secretKey copied, and may be closed
     * @param flowType which flow {@link #flow()} is: {@code contact}
     */
    public static AWSManager connect(String accessKey, Secret secretKey, String flowType) {
        return builder()
                .credentials(accessKey, secretKey)
                .region(DEFAULT_REGION)
                .flowType(flowType)
                .connect();
    }

    /**
     * A manager over a client of S3 that the host built; {@link #close} leaves it open. Region, credentials, checksums,
     * retries and TLS are the client's. For other services give clients to the {@linkplain Builder#client(AppflowClient)
     * builder}.
     */
    public static AWSManager of(S3Client s3) {
        return builder().client(s3).connect();
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
        return store(bucket, S3Terms.NONE);
    }

    /** A bucket as a store whose requests follow these terms; otherwise as {@link #store(String)}. */
    public ObjectStore store(String bucket, S3Terms terms) {
        return new S3Store(clients, bucket, terms);
    }

    /** The part of a bucket under a folder, such as {@code landing/}, as a store whose keys are relative to it. */
    public ObjectStore store(String bucket, String folder) {
        return store(bucket).under(folder);
    }

    /**
     * Addresses of a bucket's objects, which whoever has one reads at the bucket's own endpoint without credentials. S3 allows 7
     * days at most, and no longer than temporary credentials live that sign. Nothing is sent.
     */
    public SignedUrls signedUrls(String bucket) {
        return new S3SignedUrls(clients, bucket);
    }

    /**
     * The text secrets of Secrets Manager, by name or ARN, in their current version. Nothing is cached, unless by
     * {@link SecretStore#cached}. One that is marked for deletion is absent, and is restored by putting another; removing leaves
     * nothing to restore.
     * {@link SecretStore#names} are those of the account that are valid in each store, and may be some minutes old.
     *
     * <p>Its errors: {@code secret.bad_credentials}, {@code secret.denied}, {@code secret.unreadable} for a binary
     * secret, {@code secret.refused} when another service manages it, {@code secret.too_large}, {@code secret.unavailable}
     * when all attempts failed.
     */
    public SecretStore secrets() {
        return new SecretsManagerStore(clients);
    }

    /**
     * The flows of AppFlow in the account and its region, page by page.
     *
     * <p>Its errors: those of {@link AppFlow}.
     */
    public Stream<FlowSummary> flows() {
        return AppFlow.list(clients);
    }

    /**
     * A flow. Nothing is sent yet: one that does not exist is {@code aws.flow_not_found} on first use.
     *
     * @throws IllegalArgumentException when AppFlow allows no such name
     */
    public AppFlow flow(String name) {
        return new AppFlow(clients, name, null);
    }

    /**
     * The flow of the {@linkplain Builder#flowType flow type}. With a {@linkplain Builder#flowBucket flow bucket} its object
     * {@code config/flow_settings.json} names it; without one, or without that object, it is the flow with the type's name.
     *
     * @throws KeywharfException {@code aws.no_flow_type} when no flow type was given, or the settings have no such type;
     *     {@code aws.bad_flow_settings} when they cannot be read
     */
    public AppFlow flow() {
        String type = flowType;
        if (type == null) {
            throw new KeywharfException(
                    "aws.no_flow_type", "flow", "No flow type was given; call flowType(…), or flow(name)");
        }
        if (flowBucket != null) {
            Optional<FlowSettings> settings = FlowSettings.find(store(flowBucket), flowBucket, type);
            if (settings.isPresent()) {
                return new AppFlow(clients, settings.get().flowName(), settings.get());
            }
        }
        return flow(type);
    }

    /** Starts a flow: see {@link AppFlow#start()}. */
    public FlowStart startFlow(String name) {
        return flow(name).start();
    }

    /** The id of a flow's newest successful run; empty when AppFlow lists none: see {@link AppFlow#lastSuccessful()}. */
    public Optional<String> lastFlowId(String name) {
        return flow(name).lastSuccessful().map(FlowRun::id);
    }

    /** What the newest successful run of {@link #flow()} wrote: see {@link AppFlow#data()}. */
    public FlowData flowParquetData() {
        return flow().data();
    }

    /** Gives the files of a flow's newest successful run names that Spark's tools know: see {@link AppFlow#ensureSparkFormat}. */
    public SparkFormatReport ensureSparkFormat(String name, SparkFormatOption... options) {
        return flow(name).ensureSparkFormat(options);
    }

    /** The client of S3, for what this library does not do. It ends with this manager if this made it. */
    public S3Client unwrap() {
        return clients.s3();
    }

    /** The client of AppFlow, for what this library does not do. It ends with this manager if this made it. */
    public AppflowClient unwrapAppFlow() {
        return clients.appFlow();
    }

    /**
     * Closes the connections, unless the host's clients were given, and with them all stores, secret sources and flows of this
     * manager. Twice is harmless.
     */
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
     * endpoints, no flow type, virtual-host addresses, {@link ChecksumMode#WHEN_SUPPORTED}, chunked encoding, {@link #DEFAULT_ATTEMPTS} attempts of
     * {@link #DEFAULT_TIMEOUT} each.
     */
    public static final class Builder {
        /** How often a request is tried in all, 5: waits double in between, some seconds together. */
        public static final int DEFAULT_ATTEMPTS = 5;

        /**
         * How long one attempt may take, 30 s, and a second more for each 256 KiB that it uploads: longer than S3 ever
         * takes to answer.
         */
        public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

        private @Nullable String accessKey;
        private @Nullable Secret secretKey;
        private @Nullable Secret sessionToken;
        private @Nullable AwsCredentialsProvider provider;
        private @Nullable String profile;
        private @Nullable String role;
        private @Nullable String sessionName;
        private @Nullable String externalId;
        private @Nullable String region;
        private @Nullable URI endpoint;
        private final Map<AwsService, URI> endpoints = new EnumMap<>(AwsService.class);
        private boolean pathStyle;
        private ChecksumMode checksums = ChecksumMode.WHEN_SUPPORTED;
        private boolean chunkedEncoding = true;
        private int attempts = DEFAULT_ATTEMPTS;
        private Duration timeout = DEFAULT_TIMEOUT;
        private @Nullable TlsConfig tls;
        private InstantSource clock = InstantSource.system();
        private Pause pause = Pause.SLEEP;
        private EventListener events = EventListener.NONE;
        private @Nullable String flowType;
        private @Nullable String flowBucket;
        private AwsClients.Given given = AwsClients.Given.NONE;

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

        /**
         * Signs with the credentials of a profile in the AWS configuration files, in the profile's region unless another one
         * is given.
         */
        public Builder profile(String name) {
            this.profile = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Signs with temporary credentials of a role, for which the other credentials are exchanged and which are renewed in
         * time. Needs {@code software.amazon.awssdk:sts}, without which {@link #connect} throws {@code aws.no_module}.
         *
         * @param arn such as {@code arn:aws:iam::123456789012:role/reader}
         */
        public Builder assumeRole(String arn) {
            this.role = Objects.requireNonNull(arn, "arn");
            return this;
        }

        /** The name of the role's session, which CloudTrail shows; {@code keywharf} unless given. */
        public Builder sessionName(String name) {
            this.sessionName = Objects.requireNonNull(name, "name");
            return this;
        }

        /** The external id that the role's trust policy asks for. */
        public Builder externalId(String id) {
            this.externalId = Objects.requireNonNull(id, "id");
            return this;
        }

        /**
         * Uses the host's client, which {@link AWSManager#close} leaves open. With any client of the host's, credentials, region,
         * endpoints, attempts and TLS are those of the clients, and services without one cannot be used.
         */
        public Builder client(S3Client s3) {
            this.given = new AwsClients.Given(Objects.requireNonNull(s3, "s3"), given.secrets(), given.appFlow());
            return this;
        }

        /** Uses the host's client of Secrets Manager, as {@link #client(S3Client)}. */
        public Builder client(SecretsManagerClient secrets) {
            this.given = new AwsClients.Given(given.s3(), Objects.requireNonNull(secrets, "secrets"), given.appFlow());
            return this;
        }

        /** Uses the host's client of AppFlow, as {@link #client(S3Client)}. */
        public Builder client(AppflowClient appFlow) {
            this.given = new AwsClients.Given(given.s3(), given.secrets(), Objects.requireNonNull(appFlow, "appFlow"));
            return this;
        }

        /**
         * Which flow {@link AWSManager#flow()} is, such as {@code contact}.
         *
         * @throws IllegalArgumentException when it has other characters than letters, digits, {@code _}, {@code .} and {@code -}
         */
        public Builder flowType(String type) {
            this.flowType = FlowNames.type(type);
            return this;
        }

        /** The bucket whose {@code config/flow_settings.json} says which flow each flow type has. */
        public Builder flowBucket(String bucket) {
            this.flowBucket = Objects.requireNonNull(bucket, "bucket");
            return this;
        }

        /** Receives progress, and an event for each flow that was waited for; none by default. */
        public Builder events(EventListener listener) {
            this.events = listener.guarded();
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
            this.endpoint = checked(endpoint);
            return this;
        }

        /** Where requests to that service go, such as a VPC endpoint; before {@link #endpoint(URI)}. */
        public Builder endpoint(AwsService service, URI endpoint) {
            endpoints.put(service, checked(endpoint));
            return this;
        }

        private static URI checked(URI endpoint) {
            // Of an address without a valid host the parts are not known.
            if (endpoint.toString().indexOf('@') >= 0
                    || endpoint.getRawQuery() != null
                    || endpoint.getRawFragment() != null) {
                // Not shown, since it may have a password in it.
                throw new IllegalArgumentException(
                        "The endpoint must be an address without user, password, query and fragment; give credentials"
                                + " by credentials(…)");
            }
            String scheme = endpoint.getScheme();
            if (!("http".equals(scheme) || "https".equals(scheme)) || endpoint.getHost() == null) {
                throw new IllegalArgumentException(
                        "The endpoint '" + endpoint + "' must be an http or https address with a host");
            }
            return endpoint;
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

        /**
         * Whether uploads are signed piece by piece, as S3 has it. Some servers, such as Cloudflare's R2 and old versions of
         * Ceph, refuse such uploads or store the signatures with the content: {@link ObjectStore#check} finds that out.
         */
        public Builder chunkedEncoding(boolean chunkedEncoding) {
            this.chunkedEncoding = chunkedEncoding;
            return this;
        }

        /** How often a request is tried in all, from 1 on. */
        public Builder attempts(int attempts) {
            this.attempts = Checks.positive("attempts", attempts);
            return this;
        }

        /** How long one attempt may take before it is given up and repeated. */
        public Builder timeout(Duration timeout) {
            this.timeout = Checks.positive("timeout", timeout);
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

        /** Where the times of written objects, and of waiting for flows, come from; the system's clock unless given. */
        public Builder clock(InstantSource clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /** How flows are waited for. */
        Builder pause(Pause waiting) {
            this.pause = waiting;
            return this;
        }

        /**
         * Opens the manager and reads the files of {@link #tls} and {@link #profile}. Nothing is sent yet, except by the chain
         * that looks for a region when none was given.
         *
         * @throws IllegalStateException when two kinds of credentials were given, a session token without a key pair, a
         *     session name or an external id without a role, or credentials or endpoints beside the host's clients
         * @throws KeywharfException {@code aws.no_region}, {@code aws.no_profile} or {@code aws.no_module} when there is none
         */
        public AWSManager connect() {
            AwsLogin login = new AwsLogin(accessKey, secretKey, sessionToken, provider, profile);
            AwsClients.Surroundings surroundings = new AwsClients.Surroundings(clock, pause, events);
            if (role == null && (sessionName != null || externalId != null)) {
                throw new IllegalStateException("sessionName and externalId go with assumeRole(arn)");
            }
            if (!given.equals(AwsClients.Given.NONE)) {
                return overGiven(login, surroundings);
            }
            AssumedRole assumed = role == null
                    ? null
                    : new AssumedRole(
                            role, sessionName == null ? AssumedRole.DEFAULT_SESSION_NAME : sessionName, externalId);
            AwsClients.Settings settings =
                    settings(login.credentials(), assumed, region == null ? regionOfEnvironment() : Region.of(region));
            String description = "region " + settings.region() + (endpoint == null ? "" : ", " + endpoint) + ", "
                    + login + (role == null ? "" : ", " + role);
            return new AWSManager(new AwsClients(settings, surroundings), description, flowType, flowBucket);
        }

        private AWSManager overGiven(AwsLogin login, AwsClients.Surroundings surroundings) {
            if (login.isGiven()
                    || role != null
                    || region != null
                    || endpoint != null
                    || !endpoints.isEmpty()
                    || tls != null) {
                throw new IllegalStateException(
                        "The host's clients have credentials, region, endpoint and TLS of their own; set them there");
            }
            AwsClients.Settings settings = settings(AnonymousCredentialsProvider.create(), null, regionOf(given));
            return new AWSManager(
                    new AwsClients(settings, surroundings, given),
                    "region " + settings.region() + ", the host's clients",
                    flowType,
                    flowBucket);
        }

        private AwsClients.Settings settings(
                AwsCredentialsProvider credentials, @Nullable AssumedRole assumed, Region of) {
            return new AwsClients.Settings(
                    credentials,
                    assumed,
                    of,
                    endpoint,
                    Map.copyOf(endpoints),
                    new AwsClients.S3Protocol(pathStyle, checksums, chunkedEncoding),
                    new AwsClients.Attempts(attempts, timeout),
                    tls);
        }

        private static Region regionOf(AwsClients.Given given) {
            if (given.s3() != null) {
                return given.s3().serviceClientConfiguration().region();
            }
            return given.appFlow() != null
                    ? given.appFlow().serviceClientConfiguration().region()
                    : Objects.requireNonNull(given.secrets())
                            .serviceClientConfiguration()
                            .region();
        }

        private Region regionOfEnvironment() {
            try {
                DefaultAwsRegionProviderChain.Builder chain = DefaultAwsRegionProviderChain.builder();
                return (profile == null ? chain : chain.profileName(profile))
                        .build()
                        .getRegion();
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
