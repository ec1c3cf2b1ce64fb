package io.github.keywharf.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.keywharf.KeywharfException;
import io.github.keywharf.aws.AWSManager;
import io.github.keywharf.secret.Secret;
import io.github.keywharf.tls.TlsConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** Real handshakes of the S3 client with servers that should not be believed. */
class AwsTlsTest {
    private final CassandraCertificates certificates = CassandraCertificates.shared();
    private final AtomicInteger requests = new AtomicInteger();

    @Test
    void a_trusted_server_is_asked() throws Exception {
        assertThat(read(CassandraServer.ServerCertificate.VALID, certificates.authority()))
                .returns("store.not_found", KeywharfException::code);
        assertThat(requests).hasPositiveValue();
    }

    @Test
    void a_certificate_of_another_host_is_refused_before_anything_is_sent() throws Exception {
        refused(CassandraServer.ServerCertificate.OTHER_HOST, certificates.authority(), "127.0.0.1");
    }

    @Test
    void an_expired_certificate_is_refused() throws Exception {
        refused(CassandraServer.ServerCertificate.EXPIRED, certificates.authority(), "NotAfter");
    }

    @Test
    void a_certificate_of_an_unknown_authority_is_refused() throws Exception {
        refused(CassandraServer.ServerCertificate.VALID, certificates.otherAuthority(), "certification path");
    }

    @Test
    void a_name_that_the_client_cannot_check_is_refused() {
        for (TlsConfig config : List.of(
                TlsConfig.ofSystem().withHostnameVerification(false),
                TlsConfig.ofSystem().withCertificateName("storage"))) {
            assertThatThrownBy(() -> AWSManager.builder().tls(config))
                    .hasMessageContaining("always verifies host names");
        }
    }

    private void refused(CassandraServer.ServerCertificate shown, X509Certificate trusted, String reason)
            throws Exception {
        assertThat(read(shown, trusted))
                .returns("store.tls_failed", KeywharfException::code)
                .hasMessageContaining("[s3://bucket/a]")
                .hasMessageContaining("TLS")
                .hasMessageContaining(reason);
        assertThat(requests).hasValue(0);
    }

    private KeywharfException read(CassandraServer.ServerCertificate shown, X509Certificate trusted) throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(showing(certificates.node(shown))));
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        server.start();
        try (AWSManager aws = AWSManager.builder()
                .credentials("key", Secret.of("secret"))
                .region("eu-west-1")
                .endpoint(URI.create("https://127.0.0.1:" + server.getAddress().getPort()))
                .pathStyle(true)
                .tls(TlsConfig.ofSystem().withTrust(PemFiles.certificate(trusted)))
                .attempts(1)
                .connect()) {
            KeywharfException[] failure = new KeywharfException[1];
            assertThatThrownBy(() -> aws.store("bucket").readSmall("a"))
                    .isInstanceOfSatisfying(KeywharfException.class, e -> failure[0] = e);
            return failure[0];
        } finally {
            server.stop(0);
        }
    }

    private static SSLContext showing(CassandraCertificates.Identity identity)
            throws GeneralSecurityException, IOException {
        KeyStore keys = CassandraCertificates.keyStore(identity);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, CassandraCertificates.STORE_PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }
}
