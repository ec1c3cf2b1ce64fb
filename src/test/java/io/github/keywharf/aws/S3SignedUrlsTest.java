package io.github.keywharf.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.store.ObjectStore;
import io.github.keywharf.store.SignedUrls;
import io.github.keywharf.testing.S3Server;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

final class S3SignedUrlsTest {
    private static final List<String> KEYS =
            List.of("plain.parquet", "tenant=a b/ü€😀+&?#%20.parquet", "a/b=c/~d_e-f.g'(h)!*@:,;$");
    private static final AwsSessionCredentials SESSION =
            AwsSessionCredentials.create("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "to/k+en==");

    @Test
    void whoever_has_an_address_reads_that_object_at_a_custom_endpoint() {
        HttpHandler http = HttpClients.builder().open();
        try (S3Server server = S3Server.start();
                AWSManager aws = S3Managers.of(server)) {
            server.createBucket("lake");
            ObjectStore store = aws.store("lake", "tables");
            SignedUrls.Signer signer =
                    aws.signedUrls("lake").under("tables/").until(Instant.now().plusSeconds(600));
            for (String key : KEYS) {
                store.createIfAbsent(key, ("content of " + key).getBytes(UTF_8));
                String url = signer.url(key);
                assertThat(read(http, url)).as(key).isEqualTo("200 content of " + key);
                assertThat(read(http, url.replace("tables/", "tables/x")))
                        .as(key)
                        .startsWith("403");
            }
        }
    }

    private static String read(HttpHandler http, String url) {
        try (HttpResponse response = http.handle(HttpRequest.get(url))) {
            return response.status() + " " + response.body().text(10_000);
        }
    }

    @Test
    void addresses_are_those_of_the_sdk() {
        for (boolean pathStyle : new boolean[] {true, false}) {
            for (String endpoint :
                    Arrays.asList(null, "https://minio.example.com:9000", "http://127.0.0.1:9000/base")) {
                try (S3Presigner presigner = presigner(pathStyle, endpoint)) {
                    for (String key : KEYS) {
                        String theirs = presigner
                                .presignGetObject(request -> request.signatureDuration(Duration.ofMinutes(7))
                                        .getObjectRequest(
                                                object -> object.bucket("lake").key(key)))
                                .url()
                                .toString();
                        assertThat(parts(ours(pathStyle, endpoint, key, parameter(theirs, "X-Amz-Date"))))
                                .isEqualTo(parts(theirs));
                    }
                }
            }
        }
    }

    private static S3Presigner presigner(boolean pathStyle, String endpoint) {
        S3Presigner.Builder builder = S3Presigner.builder()
                .region(Region.EU_WEST_1)
                .credentialsProvider(StaticCredentialsProvider.create(SESSION))
                .serviceConfiguration(S3Configuration.builder()
                        .pathStyleAccessEnabled(pathStyle)
                        .build());
        return (endpoint == null ? builder : builder.endpointOverride(URI.create(endpoint))).build();
    }

    private static String ours(boolean pathStyle, String endpoint, String key, String date) {
        Instant now = LocalDateTime.parse(date, DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'"))
                .toInstant(ZoneOffset.UTC);
        AWSManager.Builder builder = AWSManager.builder()
                .credentials(SESSION.accessKeyId(), Secret.of(SESSION.secretAccessKey()))
                .sessionToken(Secret.of(SESSION.sessionToken()))
                .region("eu-west-1")
                .pathStyle(pathStyle)
                .clock(() -> now);
        try (AWSManager aws = (endpoint == null ? builder : builder.endpoint(URI.create(endpoint))).connect()) {
            return aws.signedUrls("lake").until(now.plus(Duration.ofMinutes(7))).url(key);
        }
    }

    /** The order of parameters is free. */
    private static List<String> parts(String url) {
        return Arrays.stream(url.split("[?&]")).sorted().toList();
    }

    private static String parameter(String url, String name) {
        return url.replaceFirst(".*[?&]" + name + "=([^&]*).*", "$1");
    }

    @Test
    void addresses_end_with_the_credentials_and_after_seven_days() {
        Instant now = Instant.parse("2026-11-23T10:00:00Z");
        AwsSessionCredentials credentials = AwsSessionCredentials.builder()
                .accessKeyId("key")
                .secretAccessKey("secret")
                .sessionToken("token")
                .expirationTime(now.plusSeconds(900))
                .build();
        try (S3Client client = client(credentials);
                AWSManager aws =
                        AWSManager.builder().client(client).clock(() -> now).connect()) {
            SignedUrls urls = aws.signedUrls("lake");
            assertThat(urls.until(now.plusSeconds(60)).expires()).isEqualTo(now.plusSeconds(60));
            assertThat(urls.until(now.plusSeconds(3600)).expires()).isEqualTo(now.plusSeconds(900));
            assertThat(urls.toString() + urls.until(now.plusSeconds(60))).doesNotContain("secret");
            assertThatThrownBy(() -> urls.until(now.plusSeconds(60)).url("../other"))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        try (AWSManager aws = AWSManager.builder()
                .credentials("key", Secret.of("secret"))
                .region("eu-west-1")
                .clock(() -> now)
                .connect()) {
            assertThat(aws.signedUrls("lake")
                            .until(now.plus(Duration.ofDays(30)))
                            .expires())
                    .isEqualTo(now.plus(Duration.ofDays(7)));
        }
    }

    private static S3Client client(AwsSessionCredentials credentials) {
        return S3Client.builder()
                .region(Region.EU_WEST_1)
                .httpClient(UrlConnectionHttpClient.create())
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .build();
    }

    @Test
    void nothing_is_signed_without_credentials() {
        try (AWSManager aws = AWSManager.builder()
                .credentials(AnonymousCredentialsProvider.create())
                .region("eu-west-1")
                .connect()) {
            assertThatThrownBy(() -> aws.signedUrls("lake").until(Instant.now().plusSeconds(60)))
                    .isInstanceOfSatisfying(
                            KeywharfException.class, e -> assertThat(e.code()).isEqualTo("store.bad_credentials"));
        }
    }
}
