package io.github.keywharf.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

class S3ServerTest {
    private S3Server server;
    private FaultyHttpProxy proxy;
    private S3Client client;

    @BeforeEach
    void start() {
        server = S3Server.start();
        server.createBucket("zone");
        server.createBucket("zone");
        proxy = FaultyHttpProxy.start(server.endpoint());
        client = client(proxy.endpoint(), server.accessKey(), server.secretKey());
    }

    @AfterEach
    void stop() {
        client.close();
        proxy.close();
        server.close();
        server.close();
    }

    @Test
    void object_comes_back_as_it_was_put_through_the_proxy() {
        byte[] content = new byte[3_000_000];
        new java.util.Random(1).nextBytes(content);
        client.putObject(put -> put.bucket("zone").key("dir/a b.bin"), RequestBody.fromBytes(content));
        assertThat(get("dir/a b.bin")).isEqualTo(content);
        assertThat(client.listObjectsV2(list -> list.bucket("zone")).contents()).hasSize(1);
        assertThat(proxy.faults().requests()).isEqualTo(3);
        assertThat(proxy.faults().injected()).isZero();
    }

    @Test
    void wrong_secret_is_refused() {
        try (S3Client forger = client(server.endpoint(), server.accessKey(), "wrong" + server.secretKey())) {
            assertThatThrownBy(() -> forger.listObjectsV2(list -> list.bucket("zone")))
                    .isInstanceOf(S3Exception.class)
                    .extracting(e -> ((S3Exception) e).awsErrorDetails().errorCode())
                    .isEqualTo("SignatureDoesNotMatch");
        }
        assertThat(server.toString()).doesNotContain(server.secretKey());
    }

    @Test
    void create_only_write_refuses_to_overwrite() {
        client.putObject(put -> put.bucket("zone").key("k").ifNoneMatch("*"), RequestBody.fromString("1"));
        assertThatThrownBy(() -> client.putObject(
                        put -> put.bucket("zone").key("k").ifNoneMatch("*"), RequestBody.fromString("2")))
                .isInstanceOf(S3Exception.class)
                .extracting(e -> ((S3Exception) e).statusCode())
                .isEqualTo(412);
    }

    @Test
    void next_requests_fail_as_configured_and_then_succeed() {
        proxy.faults().failNext(2, 503).retryAfter(Duration.ofSeconds(1));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> put("k", "1"))
                    .isInstanceOf(S3Exception.class)
                    .extracting(e -> ((S3Exception) e).awsErrorDetails().errorCode())
                    .isEqualTo("SlowDown");
        }
        put("k", "2");
        assertThat(get("k")).asString().isEqualTo("2");
        assertThat(proxy.faults().injected()).isEqualTo(2);
    }

    @Test
    void every_third_matching_request_fails_until_it_is_off() {
        proxy.faults().failEvery(3, 500).matching(line -> line.startsWith("GET"));
        put("k", "1");
        get("k");
        get("k");
        assertThatThrownBy(() -> get("k")).isInstanceOf(S3Exception.class);
        get("k");
        proxy.faults().off();
        for (int i = 0; i < 6; i++) {
            get("k");
        }
        assertThat(proxy.faults().injected()).isEqualTo(1);
    }

    @Test
    void cut_connection_reaches_neither_side() {
        proxy.faults().cutNext(1);
        assertThatThrownBy(() -> put("k", "1")).hasRootCauseInstanceOf(IOException.class);
        assertThat(client.listObjectsV2(list -> list.bucket("zone")).contents()).isEmpty();
    }

    @Test
    void lost_response_leaves_the_object_written() {
        proxy.faults().loseResponses(1);
        assertThatThrownBy(() -> put("k", "1")).hasRootCauseInstanceOf(IOException.class);
        assertThat(get("k")).asString().isEqualTo("1");
    }

    @Test
    void truncated_response_breaks_in_the_middle() {
        put("k", "x".repeat(100_000));
        proxy.faults().truncateNext(1, 5_000);
        assertThat(sizeOfWhatArrives("k")).isLessThanOrEqualTo(5_000);
        assertThat(get("k")).hasSize(100_000);
    }

    @Test
    void delay_is_felt() {
        proxy.faults().delay(Duration.ofMillis(300));
        long start = System.nanoTime();
        put("k", "1");
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isGreaterThanOrEqualTo(300);
    }

    @Test
    void forked_server_keeps_its_objects_port_and_keys_across_a_kill(@TempDir Path directory) {
        try (ForkedS3Server forked = ForkedS3Server.start(directory)) {
            forked.createBucket("zone");
            URI endpoint = forked.endpoint();
            try (S3Client own = client(endpoint, forked.accessKey(), forked.secretKey())) {
                own.putObject(put -> put.bucket("zone").key("a/b").ifNoneMatch("*"), RequestBody.fromString("kept"));
                forked.kill();
                assertThatThrownBy(() -> own.listObjectsV2(list -> list.bucket("zone")))
                        .isInstanceOf(SdkClientException.class);
                forked.restart();
                assertThat(forked.endpoint()).isEqualTo(endpoint);
                assertThat(own.getObjectAsBytes(get -> get.bucket("zone").key("a/b"))
                                .asUtf8String())
                        .isEqualTo("kept");
            }
        }
    }

    private void put(String key, String content) {
        client.putObject(put -> put.bucket("zone").key(key), RequestBody.fromString(content));
    }

    private byte[] get(String key) {
        return client.getObjectAsBytes(get -> get.bucket("zone").key(key)).asByteArray();
    }

    /** The JDK's client takes a short body for a whole one, where others throw. */
    private int sizeOfWhatArrives(String key) {
        try {
            return get(key).length;
        } catch (RuntimeException broken) {
            return 0;
        }
    }

    private static S3Client client(URI endpoint, String accessKey, String secretKey) {
        return S3Client.builder()
                .endpointOverride(endpoint)
                .region(Region.EU_WEST_2)
                .forcePathStyle(true)
                .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(Duration.ofSeconds(20)))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey)))
                .overrideConfiguration(config -> config.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                .build();
    }
}
