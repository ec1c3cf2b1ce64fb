package io.github.keywharf.aws;

import io.github.keywharf.tls.TlsConfig;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
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
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClientBuilder;

/** The SDK's clients over one HTTP client, each made on first use. */
final class AwsClients implements AutoCloseable {

    /** What the clients are made from. */
    record Settings(
            AwsCredentialsProvider credentials,
            Region region,
            @Nullable URI endpoint,
            boolean pathStyle,
            ChecksumMode checksums,
            int attempts,
            Duration attemptTimeout,
            @Nullable TlsConfig tls) {}

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final Settings settings;
    private final InstantSource clock;
    private final boolean ofHost;
    private @Nullable SdkHttpClient http;
    private @Nullable S3Client s3;
    private @Nullable SecretsManagerClient secrets;
    private boolean closed;

    AwsClients(Settings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.ofHost = false;
        UrlConnectionHttpClient.Builder builder = UrlConnectionHttpClient.builder()
                .connectionTimeout(CONNECT_TIMEOUT)
                .socketTimeout(settings.attemptTimeout());
        if (settings.tls() != null) {
            settings.tls().trustManagers().ifPresent(trust -> builder.tlsTrustManagersProvider(() -> trust));
            settings.tls().keyManagers().ifPresent(keys -> builder.tlsKeyManagersProvider(() -> keys));
        }
        this.http = new CheckedHttpClient(builder.build());
    }

    /** Clients of the host's, which stay open. */
    AwsClients(Settings settings, InstantSource clock, S3Client s3, @Nullable SecretsManagerClient secrets) {
        this.settings = settings;
        this.clock = clock;
        this.ofHost = true;
        this.s3 = s3;
        this.secrets = secrets;
    }

    InstantSource clock() {
        return clock;
    }

    int attempts() {
        return settings.attempts();
    }

    Duration attemptTimeout() {
        return settings.attemptTimeout();
    }

    /** Whether S3 is asked for the checksum of what it sends; null to leave it to the client. */
    software.amazon.awssdk.services.s3.model.@Nullable ChecksumMode checksumMode() {
        return !ofHost && settings.checksums() == ChecksumMode.WHEN_SUPPORTED
                ? software.amazon.awssdk.services.s3.model.ChecksumMode.ENABLED
                : null;
    }

    synchronized S3Client s3() {
        checkOpen();
        if (s3 == null) {
            boolean supported = settings.checksums() == ChecksumMode.WHEN_SUPPORTED;
            s3 = configured(S3Client.builder())
                    .forcePathStyle(settings.pathStyle())
                    .requestChecksumCalculation(
                            supported
                                    ? RequestChecksumCalculation.WHEN_SUPPORTED
                                    : RequestChecksumCalculation.WHEN_REQUIRED)
                    .responseChecksumValidation(
                            supported
                                    ? ResponseChecksumValidation.WHEN_SUPPORTED
                                    : ResponseChecksumValidation.WHEN_REQUIRED)
                    .build();
        }
        return s3;
    }

    synchronized SecretsManagerClient secrets() {
        checkOpen();
        if (secrets == null) {
            if (ofHost) {
                throw new IllegalStateException("The AWSManager is over the host's client of S3 alone; give it one of"
                        + " Secrets Manager too, by of(s3, secrets)");
            }
            SecretsManagerClientBuilder builder = configured(SecretsManagerClient.builder());
            secrets = builder.build();
        }
        return secrets;
    }

    private <B extends AwsSyncClientBuilder<B, C> & AwsClientBuilder<B, C>, C> B configured(B builder) {
        builder.httpClient(http)
                .credentialsProvider(settings.credentials())
                .region(settings.region())
                .overrideConfiguration(override -> override.apiCallAttemptTimeout(settings.attemptTimeout())
                        .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(settings.attempts())
                                .build()));
        if (settings.endpoint() != null) {
            builder.endpointOverride(settings.endpoint());
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
        if (!closed) {
            closed = true;
            if (ofHost) {
                return;
            }
            if (s3 != null) {
                s3.close();
            }
            if (secrets != null) {
                secrets.close();
            }
            if (http != null) {
                http.close();
            }
        }
    }
}
