package io.github.keywharf.testing;

import io.github.keywharf.testing.CassandraCertificates.Identity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** The PEM files that a {@link CassandraServer} hands out, written as they are asked for. */
final class CassandraFiles {
    private final Path directory;
    private final String keyPassword = Secrets.random(16);

    CassandraFiles(Path directory) {
        this.directory = directory;
    }

    Path caCertificate() {
        return file("ca.pem", () -> List.of(PemFiles.certificate(certificates().authority())));
    }

    Path otherCaCertificate() {
        return file(
                "other-ca.pem",
                () -> List.of(PemFiles.certificate(certificates().otherAuthority())));
    }

    Path clientCertificate() {
        return file("client.pem", () -> List.of(PemFiles.certificate(client().certificate())));
    }

    Path clientKey() {
        return file("client-key.pem", () -> List.of(PemFiles.pkcs8(client().key())));
    }

    Path clientKeyPkcs1() {
        return file("client-key-pkcs1.pem", () -> List.of(PemFiles.pkcs1(client().key())));
    }

    Path clientKeyEncrypted() {
        return file("client-key-encrypted.pem", () -> List.of(PemFiles.encrypted(client().key(), keyPassword)));
    }

    String clientKeyPassword() {
        return keyPassword;
    }

    Path clientBundle() {
        return file(
                "client-bundle.pem",
                () -> List.of(PemFiles.certificate(client().certificate()), PemFiles.pkcs8(client().key())));
    }

    private synchronized Path file(String name, Supplier<List<String>> blocks) {
        Path file = directory.resolve(name);
        return Files.exists(file) ? file : PemFiles.write(file, blocks.get());
    }

    private static CassandraCertificates certificates() {
        return CassandraCertificates.shared();
    }

    private static Identity client() {
        return certificates().client();
    }
}
