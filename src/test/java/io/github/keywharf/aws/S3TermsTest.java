package io.github.keywharf.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.store.ObjectReader;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.ObjectWriter;
import io.github.keywharf.testing.S3Server;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** The settings of a bucket are on every request that S3 wants them on, signed, and on no other. */
class S3TermsTest {
    private static final String PAYER = "x-amz-request-payer";
    private static final String OWNER = "x-amz-expected-bucket-owner";
    private static final String ENCRYPTION = "x-amz-server-side-encryption";
    private static final String KEY = "x-amz-server-side-encryption-aws-kms-key-id";
    private static final String BUCKET_KEY = "x-amz-server-side-encryption-bucket-key-enabled";
    private static final String STORAGE = "x-amz-storage-class";

    /** A request as it was sent: its method with what marks the kind, and the headers of settings. */
    private record Sent(String kind, Map<String, String> settings, String signed) {}

    private final Queue<Sent> sent = new ConcurrentLinkedQueue<>();
    private S3Server server;
    private S3Client client;
    private AWSManager aws;

    @BeforeEach
    void start() {
        server = S3Server.start();
        server.createBucket("bucket");
        client = S3Client.builder()
                .httpClient(UrlConnectionHttpClient.create())
                .endpointOverride(server.endpoint())
                .forcePathStyle(true)
                .region(Region.EU_WEST_1)
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(server.accessKey(), server.secretKey())))
                .overrideConfiguration(o -> o.addExecutionInterceptor(new ExecutionInterceptor() {
                    @Override
                    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
                        sent.add(sent(context.httpRequest()));
                    }
                }))
                .build();
        aws = AWSManager.of(client);
    }

    private static Sent sent(SdkHttpRequest request) {
        return new Sent(
                request.method() + " "
                        + request.rawQueryParameters().keySet().stream()
                                .filter(List.of("uploads", "uploadId", "partNumber", "list-type")::contains)
                                .sorted()
                                .collect(Collectors.joining(" ")),
                request.headers().keySet().stream()
                        .filter(List.of(PAYER, OWNER, ENCRYPTION, KEY, BUCKET_KEY, STORAGE)::contains)
                        .collect(Collectors.toMap(
                                name -> name,
                                name -> request.firstMatchingHeader(name).orElseThrow())),
                request.firstMatchingHeader("Authorization").orElse(""));
    }

    @AfterEach
    void stop() {
        aws.close();
        client.close();
        server.close();
    }

    @Test
    void settings_are_on_every_request_and_those_of_new_objects_on_what_begins_one() throws IOException {
        ObjectStore store = aws.store(
                "bucket",
                S3Terms.builder()
                        .encryption(S3Encryption.kms("alias/landing").withBucketKey())
                        .storageClass("STANDARD_IA")
                        .requesterPays(true)
                        .expectedOwner("111122223333")
                        .build());
        byte[] large = new byte[9 * 1024 * 1024];

        assertThat(store.createIfAbsent("small", new byte[] {1})).isTrue();
        write(store, "large", large);
        assertThat(store.copy("large", "copy")).isTrue();
        try (ObjectReader reader = store.open("copy");
                InputStream content = reader.stream()) {
            assertThat(content.readAllBytes()).isEqualTo(large);
        }
        assertThat(store.list("")).hasSize(3);
        store.delete("small");
        write(store, "given up", large, false);

        Map<String, String> everywhere = Map.of(PAYER, "requester", OWNER, "111122223333");
        Map<String, String> ofNewObjects = Map.of(
                PAYER, "requester",
                OWNER, "111122223333",
                ENCRYPTION, "aws:kms",
                KEY, "alias/landing",
                BUCKET_KEY, "true",
                STORAGE, "STANDARD_IA");
        assertThat(sent.stream().map(Sent::kind).distinct())
                .contains(
                        "PUT ",
                        "POST uploads",
                        "PUT partNumber uploadId",
                        "POST uploadId",
                        "DELETE uploadId",
                        "HEAD ",
                        "GET ",
                        "GET list-type",
                        "DELETE ");
        assertThat(sent)
                .allSatisfy(request -> assertThat(request.settings())
                        .as(request.kind())
                        .isEqualTo(
                                request.kind().equals("PUT ") || request.kind().equals("POST uploads")
                                        ? ofNewObjects
                                        : everywhere))
                .allSatisfy(request -> request.settings()
                        .keySet()
                        .forEach(name -> assertThat(request.signed()).contains(name)));
    }

    @Test
    void without_settings_nothing_is_sent() throws IOException {
        write(aws.store("bucket"), "a", new byte[] {1});
        assertThat(sent)
                .isNotEmpty()
                .allSatisfy(request -> assertThat(request.settings()).isEmpty());
    }

    @Test
    void encryptions_say_what_they_are() {
        assertThat(S3Encryption.managed()).hasToString("AES256");
        assertThat(S3Encryption.kmsTwice("alias/a")).hasToString("aws:kms:dsse alias/a");
        assertThat(S3Terms.builder()
                        .encryption(S3Encryption.kms("alias/a").withBucketKey())
                        .expectedOwner("111122223333")
                        .build())
                .hasToString("S3Terms[encryption aws:kms alias/a with a bucket key, owner 111122223333]");
    }

    @Test
    void settings_that_cannot_be_are_refused() {
        assertThatThrownBy(() -> S3Terms.builder().expectedOwner("1111-2222-3333"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("12 digits");
        assertThatThrownBy(() -> S3Terms.builder().storageClass("standard\r\nx: y"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> S3Encryption.kms("alias/a\r\nx: y")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> S3Encryption.managed().withBucketKey()).isInstanceOf(IllegalStateException.class);
    }

    private static void write(ObjectStore store, String key, byte[] content) throws IOException {
        write(store, key, content, true);
    }

    private static void write(ObjectStore store, String key, byte[] content, boolean commit) throws IOException {
        try (ObjectWriter writer = store.create(key)) {
            writer.write(content);
            if (commit) {
                writer.commit();
            }
        }
    }
}
