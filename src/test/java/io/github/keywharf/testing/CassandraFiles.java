package io.github.keywharf.testing;

import io.github.keywharf.testing.CassandraCertificates.Identity;
import io.github.keywharf.testing.CassandraServer.ServerCertificate;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.function.Supplier;

/** A {@link CassandraServer}'s stores of keys, and the PEM files that it hands out, written as they are asked for. */
final class CassandraFiles {
    private final Path directory;
    private final String keyPassword = Secrets.random(16);

    CassandraFiles(Path directory) {
        this.directory = directory;
    }

    Path keyStore() {
        return directory.resolve("node.p12");
    }

    Path trustStore() {
        return directory.resolve("trust.p12");
    }

    /** Writes the stores that the server itself reads. */
    synchronized void writeStores(ServerCertificate kind) {
        write(keyStore(), CassandraCertificates.keyStore(certificates().node(kind)));
        write(trustStore(), CassandraCertificates.trustStore(certificates().authority()));
    }

    private static void write(Path file, KeyStore keys) {
        Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            try (OutputStream out = Files.newOutputStream(unfinished)) {
                keys.store(out, CassandraCertificates.STORE_PASSWORD.toCharArray());
            }
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("[cassandra] " + file + " cannot be written", e);
        }
    }

    void writeDatacenter(Path classes, String name) {
        try {
            Files.writeString(classes.resolve("cassandra-rackdc.properties"), "dc=" + name + "\nrack=rack1\n");
        } catch (IOException e) {
            throw new UncheckedIOException("[cassandra] the node's data centre cannot be written", e);
        }
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
