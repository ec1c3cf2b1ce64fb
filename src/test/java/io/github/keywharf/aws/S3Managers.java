package io.github.keywharf.aws;

import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.S3Server;

/** Managers of the tests' S3 server. */
final class S3Managers {
    private S3Managers() {}

    static AWSManager of(S3Server server) {
        return of(server, server.accessKey(), server.secretKey());
    }

    static AWSManager of(S3Server server, String accessKey, String secretKey) {
        return AWSManager.builder()
                .credentials(accessKey, Secret.of(secretKey))
                .region("eu-west-1")
                .endpoint(server.endpoint())
                .pathStyle(true)
                .connect();
    }
}
