package io.github.keywharf.testing;

import io.github.keywharf.testing.CassandraServer.ServerCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The certificates of all Cassandra servers of this JVM, made with the JDK's keytool as they are asked for: an authority,
 * what it signed for nodes and clients, and another authority that signed nothing. Safe for use by many threads.
 */
final class CassandraCertificates {
    /** Opens every key store; the stores lie in directories that only their owner may read. */
    static final String STORE_PASSWORD = "changeit";

    private static final CassandraCertificates SHARED = new CassandraCertificates();
    private static final long KEYTOOL_SECONDS = 60;

    /** The content of the one key store that keytool works on, between its calls. */
    private byte[] store = {};

    private CassandraCertificates() {}

    static CassandraCertificates shared() {
        return SHARED;
    }

    /** A key with its chain, the certificate itself first. */
    record Identity(PrivateKey key, List<X509Certificate> chain) {
        X509Certificate certificate() {
            return chain.get(0);
        }
    }

    X509Certificate authority() {
        return authority("ca", "CN=Keywharf test authority");
    }

    X509Certificate otherAuthority() {
        return authority("other-ca", "CN=Keywharf other test authority");
    }

    Identity node(ServerCertificate kind) {
        return switch (kind) {
            case VALID -> signed("node-valid", "-keyalg", "EC", "-ext", "san=ip:127.0.0.1,dns:localhost");
            case EXPIRED ->
                signed(
                        "node-expired",
                        "-keyalg",
                        "EC",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-startdate",
                        "-30d",
                        "-validity",
                        "10");
            case OTHER_HOST -> signed("node-other-host", "-keyalg", "EC", "-ext", "san=dns:node.other.example");
        };
    }

    /** An RSA key, since only those have the PKCS#1 form. */
    Identity client() {
        return signed("client", "-keyalg", "RSA", "-keysize", "2048");
    }

    /** A key store with one key. */
    static KeyStore keyStore(Identity identity) {
        try {
            KeyStore keys = empty();
            keys.setKeyEntry(
                    "key",
                    identity.key(),
                    STORE_PASSWORD.toCharArray(),
                    identity.chain().toArray(Certificate[]::new));
            return keys;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("[cassandra] the key store of a certificate cannot be made", e);
        }
    }

    /** A key store that trusts one authority. */
    static KeyStore trustStore(X509Certificate authority) {
        try {
            KeyStore trusted = empty();
            trusted.setCertificateEntry("ca", authority);
            return trusted;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("[cassandra] the trust store cannot be made", e);
        }
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        return keys;
    }

    private synchronized X509Certificate authority(String alias, String name) {
        ensure(alias, "-dname", name, "-keyalg", "EC", "-ext", "bc:c", "-ext", "ku:c=keyCertSign,cRLSign");
        return entry(alias).certificate();
    }

    private synchronized Identity signed(String alias, String... options) {
        authority();
        List<String> all = new ArrayList<>(List.of("-signer", "ca", "-dname", "CN=Keywharf test " + alias));
        all.addAll(List.of(options));
        ensure(alias, all.toArray(String[]::new));
        return entry(alias);
    }

    private void ensure(String alias, String... options) {
        try {
            if (store.length > 0 && open().containsAlias(alias)) {
                return;
            }
            Path directory = Files.createTempDirectory("keywharf-keytool-");
            try {
                Path file = directory.resolve("store.p12");
                if (store.length > 0) {
                    Files.write(file, store);
                }
                keytool(file, alias, options);
                store = Files.readAllBytes(file);
            } finally {
                Directories.delete(directory);
            }
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("[cassandra] the certificate " + alias + " cannot be made", e);
        }
    }

    private static void keytool(Path file, String alias, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                "-genkeypair",
                "-alias",
                alias,
                "-keystore",
                file.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                STORE_PASSWORD));
        command.addAll(List.of(options));
        if (!command.contains("-validity")) {
            command.addAll(List.of("-validity", "30"));
        }
        Path log = file.resolveSibling("keytool.log");
        Process keytool = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            boolean ended = keytool.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS);
            if (!ended || keytool.exitValue() != 0) {
                keytool.destroyForcibly();
                throw new IllegalStateException("[cassandra] keytool made no certificate " + alias + ": "
                        + (ended ? Files.readString(log) : "not within " + KEYTOOL_SECONDS + " s"));
            }
        } catch (InterruptedException e) {
            keytool.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("[cassandra] interrupted while keytool made a certificate", e);
        }
    }

    private Identity entry(String alias) {
        try {
            KeyStore keys = open();
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : keys.getCertificateChain(alias)) {
                chain.add((X509Certificate) certificate);
            }
            Key key = keys.getKey(alias, STORE_PASSWORD.toCharArray());
            return new Identity((PrivateKey) key, List.copyOf(chain));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("[cassandra] the certificate " + alias + " cannot be read", e);
        }
    }

    private KeyStore open() {
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(new ByteArrayInputStream(store), STORE_PASSWORD.toCharArray());
            return keys;
        } catch (IOException e) {
            throw new UncheckedIOException("[cassandra] the certificates cannot be read", e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("[cassandra] the certificates cannot be read", e);
        }
    }
}
