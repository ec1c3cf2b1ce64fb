package io.github.keywharf.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.testing.CassandraServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PemTest {
    private static CassandraServer files;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        files = CassandraServer.shared();
    }

    private static String block(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + label
                + "-----\n";
    }

    private static void refused(String code, Supplier<?> call) {
        assertThatThrownBy(call::get).isInstanceOfSatisfying(KeywharfException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.getCause() == null || !code.contains("key")).isTrue();
        });
    }

    @Test
    void one_key_is_the_same_in_all_its_forms() {
        PrivateKey key = Pem.privateKey(files.clientKey());
        assertThat(key.getAlgorithm()).isEqualTo("RSA");
        assertThat(Pem.privateKey(files.clientKeyPkcs1())).isEqualTo(key);
        assertThat(Pem.privateKey(files.clientBundle())).isEqualTo(key);
        assertThat(Pem.privateKey(files.clientKeyEncrypted(), Secret.of(files.clientKeyPassword())))
                .isEqualTo(key);
    }

    @Test
    void an_ec_key_is_read_as_pkcs8_and_as_sec1_that_names_its_curve() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        assertThat(Pem.privateKey(
                        Secret.of(block("PRIVATE KEY", pair.getPrivate().getEncoded())), null))
                .isEqualTo(pair.getPrivate());

        byte[] scalar = ((ECPrivateKey) pair.getPrivate()).getS().toByteArray();
        byte[] fixed = new byte[32];
        byte[] bare = scalar.length > 32 ? Arrays.copyOfRange(scalar, scalar.length - 32, scalar.length) : scalar;
        System.arraycopy(bare, 0, fixed, 32 - bare.length, bare.length);
        byte[] sec1 = new byte[2 + 3 + 34 + 12];
        byte[] head = {0x30, (byte) (sec1.length - 2), 2, 1, 1, 4, 32};
        byte[] curve = {(byte) 0xA0, 10, 6, 8, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 3, 1, 7};
        System.arraycopy(head, 0, sec1, 0, head.length);
        System.arraycopy(fixed, 0, sec1, head.length, 32);
        System.arraycopy(curve, 0, sec1, head.length + 32, curve.length);
        ECPrivateKey read = (ECPrivateKey) Pem.privateKey(Secret.of(block("EC PRIVATE KEY", sec1)), null);
        assertThat(read.getS()).isEqualTo(((ECPrivateKey) pair.getPrivate()).getS());
        assertThat(read.getParams().getOrder())
                .isEqualTo(((ECPrivateKey) pair.getPrivate()).getParams().getOrder());

        byte[] nameless = Arrays.copyOf(sec1, sec1.length - curve.length);
        nameless[1] = (byte) (nameless.length - 2);
        refused("tls.unsupported_key", () -> Pem.privateKey(Secret.of(block("EC PRIVATE KEY", nameless)), null));
    }

    @Test
    void a_bundle_gives_its_certificates_in_order() throws IOException {
        String both = Files.readString(files.caCertificate()) + "some text\n" + Files.readString(files.clientBundle());
        assertThat(Pem.certificates(both))
                .extracting(one -> one.getSubjectX500Principal().getName())
                .containsExactly("CN=Keywharf test authority", "CN=Keywharf test client");
    }

    @Test
    void what_cannot_be_read_says_why_and_shows_nothing() throws IOException {
        refused("tls.no_password", () -> Pem.privateKey(files.clientKeyEncrypted()));
        refused("tls.wrong_password", () -> Pem.privateKey(files.clientKeyEncrypted(), Secret.of("no")));
        refused("tls.bad_pem", () -> Pem.privateKey(files.caCertificate()));
        refused("tls.bad_pem", () -> Pem.certificates(files.clientKey()));
        refused("tls.bad_pem", () -> Pem.certificates("-----BEGIN CERTIFICATE-----\nAAAA"));
        refused(
                "tls.bad_pem",
                () -> Pem.certificates(block("CERTIFICATE", new byte[3]).replace("AAAA", "A*AA")));
        refused("tls.bad_certificate", () -> Pem.certificates(block("CERTIFICATE", new byte[] {1, 2, 3})));
        refused("tls.bad_key", () -> Pem.privateKey(Secret.of(block("PRIVATE KEY", new byte[] {1, 2, 3})), null));
        refused("tls.bad_key", () -> Pem.privateKey(Secret.of(block("RSA PRIVATE KEY", new byte[500])), null));
        refused("tls.unsupported_key", () -> Pem.privateKey(Secret.of(block("EC PRIVATE KEY", new byte[9])), null));
        refused("tls.unsupported_key", () -> Pem.privateKey(Secret.of(block("DSA PRIVATE KEY", new byte[9])), null));
        refused(
                "tls.unsupported_key",
                () -> Pem.privateKey(
                        Secret.of("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\nAAAA\n"
                                + "-----END RSA PRIVATE KEY-----"),
                        null));
        refused("tls.unreadable", () -> Pem.certificates(directory.resolve("none.pem")));
        Path large = Files.write(directory.resolve("large.pem"), new byte[Pem.MAX_BYTES + 1]);
        refused("tls.too_large", () -> Pem.certificates(large));
    }

    @ParameterizedTest
    @CsvSource({"rsa, rsa-aes128", "rsa, rsa-aes192", "rsa, rsa-aes256", "rsa, rsa-des3", "ec, ec-aes256"})
    void a_key_that_openssl_encrypted_in_its_traditional_form_opens_with_its_password_only(
            String plain, String encrypted) {
        Path file = resource(encrypted);

        assertThat(secretPart(Pem.privateKey(file, Secret.of("päss wörd"))))
                .isEqualTo(secretPart(Pem.privateKey(resource(plain))));
        refused("tls.no_password", () -> Pem.privateKey(file));
        for (int i = 0; i < 300; i++) {
            Secret wrong = Secret.of("wrong " + i);
            refused("tls.wrong_password", () -> Pem.privateKey(file, wrong));
        }
    }

    @Test
    void a_cipher_of_the_traditional_form_that_is_not_read_is_named_with_the_way_out() throws IOException {
        String pem = Files.readString(resource("rsa-aes256"));
        Secret password = Secret.of("päss wörd");

        for (String info : List.of("DES-CBC,0011223344556677", "AES-256-CBC,00", "AES-256-CBC,0", "none")) {
            String other = pem.replaceFirst("DEK-Info: .*", "DEK-Info: " + info);
            refused("tls.unsupported_key", () -> Pem.privateKey(Secret.of(other), password));
            assertThatThrownBy(() -> Pem.privateKey(Secret.of(other), password))
                    .hasMessageContaining("openssl pkcs8 -topk8");
        }
    }

    /** Forms of one EC key differ in whether they repeat the public part. */
    private static Object secretPart(PrivateKey key) {
        return key instanceof ECPrivateKey curve ? curve.getS() : key;
    }

    private static Path resource(String name) {
        return Path.of("src/test/resources/io/github/keywharf/tls", name + ".pem");
    }

    @Test
    void a_key_that_is_not_the_certificates_is_refused() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        String other =
                block("PRIVATE KEY", generator.generateKeyPair().getPrivate().getEncoded());
        String certificate = Files.readString(files.clientCertificate());
        TlsConfig config = TlsConfig.ofSystem().withClient(certificate, Secret.of(other), null);
        refused("tls.key_mismatch", config::open);
        KeyPairGenerator curves = KeyPairGenerator.getInstance("EC");
        String ec = block("PRIVATE KEY", curves.generateKeyPair().getPrivate().getEncoded());
        refused("tls.key_mismatch", TlsConfig.ofSystem().withClient(certificate, Secret.of(ec), null)::open);
        assertThat(config.toString()).contains("a PEM text").doesNotContain("BEGIN");
    }

    @Test
    void engines_speak_new_versions_only_and_verify_names_unless_configured_otherwise() throws Exception {
        TlsConfig config = TlsConfig.ofSystem().withTrust(files.caCertificate());
        javax.net.ssl.SSLEngine engine = config.engine(config.open(), "db1", 9042);
        assertThat(engine.getEnabledProtocols()).containsExactlyInAnyOrder("TLSv1.3", "TLSv1.2");
        assertThat(engine.getSSLParameters().getEndpointIdentificationAlgorithm())
                .isEqualTo("HTTPS");
        assertThat(engine.getPeerHost()).isEqualTo("db1");
        javax.net.ssl.SSLEngine named = config.withCertificateName("all").engine(config.open(), "db1", 9042);
        assertThat(named.getPeerHost()).isEqualTo("all");
        javax.net.ssl.SSLEngine loose = config.withHostnameVerification(false).engine(config.open(), "db1", 9042);
        assertThat(loose.getSSLParameters().getEndpointIdentificationAlgorithm())
                .isNull();
    }
}
