package io.github.keywharf.aws;

import io.github.keywharf.testing.S3Server;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Clients of the SDK as it comes, to look behind a store's back. */
final class TestClients {
    private TestClients() {}

    static S3Client s3(S3Server server) {
        return S3Client.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(server.accessKey(), server.secretKey())))
                .region(Region.EU_WEST_1)
                .endpointOverride(server.endpoint())
                .forcePathStyle(true)
                .build();
    }
}
