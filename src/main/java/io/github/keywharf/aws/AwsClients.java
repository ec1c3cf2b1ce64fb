package io.github.keywharf.aws;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.Pause;
import io.github.keywharf.tls.TlsConfig;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.appflow.AppflowClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** The SDK's clients over one HTTP client, each made on first use; or the host's. */
final class AwsClients implements AutoCloseable {

    /**
     * What the clients are made from.
     *
     * @param endpoint where requests go to a service that {@code endpoints} does not have
     */
    record Settings(
            AwsCredentialsProvider credentials,
            @Nullable AssumedRole role,
            Region region,
            @Nullable URI endpoint,
            Map<AwsService, URI> endpoints,
            S3Protocol s3,
            Attempts attempts,
            @Nullable TlsConfig tls) {}

    /** What differs between S3 and servers that speak it. */
    record S3Protocol(boolean pathStyle, ChecksumMode checksums, boolean chunkedEncoding) {}

    /** How often a request is tried, and how long one attempt may take. */
    record Attempts(int most, Duration timeout) {}

    /** The clock, how to wait, and who listens. */
    record Surroundings(InstantSource clock, Pause pause, EventListener events) {}

    /** Clients of the host's. */
    record Given(
            @Nullable S3Client s3,
            @Nullable SecretsManagerClient secrets,
            @Nullable AppflowClient appFlow) {
        static final Given NONE = new Given(null, null, null);
    }

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final Settings settings;
    private final Surroundings surroundings;
    private final boolean ofHost;

    /** What to close, the last one first. */
    private final Deque<SdkAutoCloseable> owned = new ArrayDeque<>();

    private final @Nullable SdkHttpClient http;
    private final AwsCredentialsProvider credentials;
    private @Nullable S3Client s3;
    private @Nullable SecretsManagerClient secrets;
    private @Nullable AppflowClient appFlow;
    private boolean closed;

    /** Clients of its own. */
    AwsClients(Settings settings, Surroundings surroundings) {
        this.settings = settings;
        this.surroundings = surroundings;
        this.ofHost = false;
        UrlConnectionHttpClient.Builder builder = UrlConnectionHttpClient.builder()
                .connectionTimeout(CONNECT_TIMEOUT)
                .socketTimeout(settings.attempts().timeout());
        if (settings.tls() != null) {
            settings.tls().trustManagers().ifPresent(trust -> builder.tlsTrustManagersProvider(() -> trust));
            settings.tls().keyManagers().ifPresent(keys -> builder.tlsKeyManagersProvider(() -> keys));
        }
        this.http = own(new CheckedHttpClient(builder.build()));
        this.credentials = settings.role() == null ? settings.credentials() : credentialsOf(settings.role());
    }

    /** Clients of the host's, which stay open. */
    AwsClients(Settings settings, Surroundings surroundings, Given given) {
        this.settings = settings;
        this.surroundings = surroundings;
        this.ofHost = true;
        this.http = null;
        this.credentials = settings.credentials();
        this.s3 = given.s3();
        this.secrets = given.secrets();
        this.appFlow = given.appFlow();
    }

    private AwsCredentialsProvider credentialsOf(AssumedRole role) {
        AssumedRole.Session session = role.open(this::configuredForSts);
        owned.push(session.client());
        return session.credentials();
    }

    private <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> B configuredForSts(B builder) {
        return configured(builder, AwsService.STS, settings.credentials());
    }

    InstantSource clock() {
        return surroundings.clock();
    }

    Pause pause() {
        return surroundings.pause();
    }

    EventListener events() {
        return surroundings.events();
    }

    Region region() {
        return settings.region();
    }

    int attempts() {
        return settings.attempts().most();
    }

    Duration attemptTimeout() {
        return settings.attempts().timeout();
    }

    /** Whether S3 is asked for the checksum of what it sends; null to leave it to the client. */
    software.amazon.awssdk.services.s3.model.@Nullable ChecksumMode checksumMode() {
        return !ofHost && settings.s3().checksums() == ChecksumMode.WHEN_SUPPORTED
                ? software.amazon.awssdk.services.s3.model.ChecksumMode.ENABLED
                : null;
    }

    synchronized S3Client s3() {
        checkOpen();
        if (s3 == null) {
            boolean supported = settings.s3().checksums() == ChecksumMode.WHEN_SUPPORTED;
            s3 = made(
                    "S3",
                    () -> configured(S3Client.builder(), AwsService.S3, credentials)
                            .forcePathStyle(settings.s3().pathStyle())
                            .serviceConfiguration(S3Configuration.builder()
                                    .chunkedEncodingEnabled(settings.s3().chunkedEncoding())
                                    .build())
                            .requestChecksumCalculation(
                                    supported
                                            ? RequestChecksumCalculation.WHEN_SUPPORTED
                                            : RequestChecksumCalculation.WHEN_REQUIRED)
                            .responseChecksumValidation(
                                    supported
                                            ? ResponseChecksumValidation.WHEN_SUPPORTED
                                            : ResponseChecksumValidation.WHEN_REQUIRED)
                            .build());
        }
        return s3;
    }

    synchronized SecretsManagerClient secrets() {
        checkOpen();
        if (secrets == null) {
            secrets = made(
                    "Secrets Manager",
                    () -> configured(SecretsManagerClient.builder(), AwsService.SECRETS_MANAGER, credentials)
                            .build());
        }
        return secrets;
    }

    synchronized AppflowClient appFlow() {
        checkOpen();
        if (appFlow == null) {
            appFlow = made(
                    "AppFlow",
                    () -> configured(AppflowClient.builder(), AwsService.APPFLOW, credentials)
                            .build());
        }
        return appFlow;
    }

    private <C extends SdkAutoCloseable> C made(String service, Supplier<C> maker) {
        if (ofHost) {
            throw new IllegalStateException("The AWSManager is over the host's clients, and has none of " + service
                    + "; give it one by builder().client(…)");
        }
        return own(maker.get());
    }

    private <C extends SdkAutoCloseable> C own(C client) {
        owned.push(client);
        return client;
    }

    private <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> B configured(
            B builder, AwsService service, AwsCredentialsProvider signer) {
        builder.httpClient(http)
                .credentialsProvider(signer)
                .region(settings.region())
                .overrideConfiguration(override -> override.apiCallAttemptTimeout(
                                settings.attempts().timeout())
                        .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(settings.attempts().most())
                                .build()));
        URI endpoint = settings.endpoints().getOrDefault(service, settings.endpoint());
        if (endpoint != null) {
            builder.endpointOverride(endpoint);
        }
        return builder;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("The AWSManager is closed");
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!owned.isEmpty()) {
            owned.pop().close();
        }
    }
}
