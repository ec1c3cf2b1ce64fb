package io.github.keywharf.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.servererrors.UnauthorizedException;
import io.github.keywharf.testing.CassandraServer.ServerCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CassandraServerTest {
    private static CassandraServer server;
    private static String keyspace;

    @BeforeAll
    static void start() {
        server = CassandraServer.shared();
        keyspace = server.createKeyspace("shop");
        server.execute("CREATE TABLE " + keyspace + ".item (id int PRIMARY KEY, name text, price int)");
        server.execute("INSERT INTO " + keyspace + ".item (id, name, price) VALUES (1, 'chair', 45)");
    }

    @Test
    void windows_is_the_system_without_a_server() {
        assertThat(CassandraServer.unsupportedOn("Windows 11")).contains("Cassandra does not run on Windows 11");
        assertThat(CassandraServer.unsupportedOn("Linux")).isEmpty();
        assertThat(CassandraServer.unsupportedOn("Mac OS X")).isEmpty();
    }

    @Test
    void a_cluster_has_two_to_six_nodes() {
        for (int count : new int[] {1, 7}) {
            assertThatThrownBy(() -> CassandraNodes.builder().count(count))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(count + " nodes");
        }
    }

    @Test
    void there_is_one_shared_server_which_no_test_may_end() {
        assertThat(CassandraServer.shared()).isSameAs(server);
        assertThatThrownBy(server::kill).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(server::close).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(server::restart).isInstanceOf(IllegalStateException.class);
        assertThat(server.isAlive()).isTrue();
        assertThat(ProcessHandle.of(server.pid())).get().matches(ProcessHandle::isAlive);
    }

    @Test
    void nobody_can_log_in_by_the_default_login_or_with_a_wrong_password() {
        assertThatThrownBy(() -> server.session("cassandra", "cassandra"))
                .satisfies(e -> assertThat(refusal(e)).isInstanceOf(AuthenticationException.class));
        assertThatThrownBy(() -> server.session(server.superuser(), "wrong"))
                .satisfies(e -> assertThat(refusal(e)).isInstanceOf(AuthenticationException.class));
        assertThat(server.toString()).doesNotContain(server.superuserPassword());
    }

    @Test
    void user_may_do_what_was_granted_and_no_more_before_long() {
        server.createUser("Clerk", "it's a secret");
        server.execute("GRANT SELECT ON " + keyspace + ".item TO \"Clerk\"");
        try (CqlSession clerk = server.session("Clerk", "it's a secret")) {
            assertThat(clerk.execute("SELECT id FROM " + keyspace + ".item").one())
                    .isNotNull();
            assertThatThrownBy(() -> clerk.execute("INSERT INTO " + keyspace + ".item (id) VALUES (2)"))
                    .isInstanceOf(UnauthorizedException.class);
            server.execute("REVOKE SELECT ON " + keyspace + ".item FROM \"Clerk\"");
            await().atMost(Duration.ofSeconds(2))
                    .untilAsserted(() -> assertThatThrownBy(() -> clerk.execute("SELECT id FROM " + keyspace + ".item"))
                            .isInstanceOf(UnauthorizedException.class));
        }
    }

    @Test
    void functions_views_vectors_and_masks_work_on_this_java() {
        server.execute("CREATE FUNCTION " + keyspace + ".twice (n int) RETURNS NULL ON NULL INPUT RETURNS int"
                + " LANGUAGE java AS 'return n * 2;'");
        Row doubled = server.session()
                .execute("SELECT " + keyspace + ".twice(price) AS doubled FROM " + keyspace + ".item")
                .one();
        assertThat(doubled.getInt("doubled")).isEqualTo(90);
        server.execute("CREATE MATERIALIZED VIEW " + keyspace + ".by_name AS SELECT id, name FROM " + keyspace
                + ".item WHERE name IS NOT NULL AND id IS NOT NULL PRIMARY KEY (name, id)");
        server.execute("CREATE TABLE " + keyspace
                + ".note (id int PRIMARY KEY, place vector<float, 2>, phone text MASKED WITH mask_inner(1, 1))");
        server.execute("CREATE CUSTOM INDEX ON " + keyspace + ".note (place) USING 'sai'");
        assertThat(server.session()
                        .refreshSchema()
                        .getKeyspace(keyspace)
                        .orElseThrow()
                        .getViews())
                .hasSize(1);
    }

    @Test
    void settings_reach_the_server() {
        assertThat(setting("permissions_validity")).isEqualTo("100ms");
        assertThat(setting("auto_snapshot")).isEqualTo("false");
        assertThat(setting("commitlog_sync")).isEqualTo("periodic");
        assertThat(server.session()
                        .execute("SELECT data_center, release_version FROM system.local")
                        .one())
                .satisfies(row -> assertThat(row.getString(0)).isEqualTo(server.localDatacenter()))
                .satisfies(row -> assertThat(row.getString(1)).startsWith("5.0."));
    }

    @Test
    void wrong_settings_are_refused_with_their_value() {
        CassandraServer.Builder builder = CassandraServer.builder();
        assertThatThrownBy(() -> builder.heap("lots")).hasMessageContaining("lots");
        assertThatThrownBy(() -> builder.option("no colon")).hasMessageContaining("no colon");
        assertThatThrownBy(() -> server.createKeyspace("No")).hasMessageContaining("No");
    }

    @Test
    void server_that_does_not_start_says_why() {
        assertThatThrownBy(() ->
                        CassandraServer.builder().option("no_such_setting: 1").start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("gave up starting")
                .hasMessageContaining("no_such_setting");
    }

    @Test
    void missing_class_path_is_reported_with_the_command_that_writes_it() throws IOException {
        try (URLClassLoader empty = new URLClassLoader(new URL[0], null)) {
            assertThatThrownBy(() -> CassandraProcess.classPath(empty))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("./mvnw generate-test-resources");
        }
    }

    @Test
    void paused_server_answers_when_it_goes_on() {
        SimpleStatement query = SimpleStatement.newInstance("SELECT * FROM " + keyspace + ".item");
        server.pause();
        try {
            assertThatThrownBy(() -> server.session().execute(query.setTimeout(Duration.ofMillis(200))))
                    .isInstanceOf(DriverTimeoutException.class);
        } finally {
            server.resume();
        }
        assertThat(server.session().execute(query).one()).isNotNull();
    }

    @Test
    void node_is_trusted_by_its_authority_and_by_no_other() throws Exception {
        handshake(server, server.caCertificate());
        assertThatThrownBy(() -> handshake(server, server.otherCaCertificate())).isInstanceOf(SSLException.class);
    }

    @Test
    void node_can_show_a_certificate_that_has_expired_or_names_another_host() throws Exception {
        try {
            server.certificate(ServerCertificate.EXPIRED);
            assertThatThrownBy(() -> handshake(server, server.caCertificate()))
                    .isInstanceOf(SSLException.class)
                    .hasRootCauseInstanceOf(CertificateExpiredException.class);
            server.certificate(ServerCertificate.OTHER_HOST);
            assertThatThrownBy(() -> handshake(server, server.caCertificate()))
                    .isInstanceOf(SSLException.class)
                    .hasMessageContaining("127.0.0.1");
        } finally {
            server.certificate(ServerCertificate.VALID);
        }
        handshake(server, server.caCertificate());
    }

    @Test
    void key_files_hold_the_key_of_the_certificate_in_each_form() throws Exception {
        BigInteger modulus =
                ((RSAPublicKey) certificate(server.clientCertificate()).getPublicKey()).getModulus();
        assertThat(key(der(server.clientKey(), "PRIVATE KEY")).getModulus()).isEqualTo(modulus);
        assertThat(server.clientBundle())
                .hasContent(Files.readString(server.clientCertificate()) + Files.readString(server.clientKey()));
        // SEQUENCE of four bytes, version of three, and the modulus after four more
        byte[] pkcs1 = der(server.clientKeyPkcs1(), "RSA PRIVATE KEY");
        assertThat(new BigInteger(Arrays.copyOfRange(pkcs1, 11, 11 + 257))).isEqualTo(modulus);

        EncryptedPrivateKeyInfo sealed =
                new EncryptedPrivateKeyInfo(der(server.clientKeyEncrypted(), "ENCRYPTED PRIVATE KEY"));
        Cipher cipher = Cipher.getInstance(sealed.getAlgParameters().toString());
        cipher.init(
                Cipher.DECRYPT_MODE,
                SecretKeyFactory.getInstance(sealed.getAlgParameters().toString())
                        .generateSecret(
                                new PBEKeySpec(server.clientKeyPassword().toCharArray())),
                sealed.getAlgParameters());
        assertThat(sealed.getKeySpec(cipher).getEncoded()).isEqualTo(der(server.clientKey(), "PRIVATE KEY"));
    }

    private static String setting(String name) {
        return server.session()
                .execute("SELECT value FROM system_views.settings WHERE name = ?", name)
                .one()
                .getString("value");
    }

    private static Throwable refusal(Throwable error) {
        return ((AllNodesFailedException) error)
                .getAllErrors()
                .values()
                .iterator()
                .next()
                .get(0);
    }

    private static void handshake(CassandraServer node, Path authority) throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", certificate(authority));
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, factory.getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(node.host(), node.port())) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
        }
    }

    private static Certificate certificate(Path pem) throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(pem)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static RSAPrivateCrtKey key(byte[] pkcs8) throws GeneralSecurityException {
        return (RSAPrivateCrtKey) KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    private static byte[] der(Path pem, String label) throws IOException {
        String text = Files.readString(pem);
        assertThat(text).startsWith("-----BEGIN " + label + "-----\n").endsWith("\n-----END " + label + "-----\n");
        return Base64.getMimeDecoder()
                .decode(text.lines().filter(line -> !line.startsWith("-----")).reduce("", String::concat));
    }
}
