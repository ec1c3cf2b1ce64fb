package io.github.keywharf.testing;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.ssl.ProgrammaticSslEngineFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Opens raw driver sessions to a {@link CassandraServer}, with settings that make tests short. */
final class CassandraLogin {
    private static final DriverConfigLoader OPTIONS = DriverConfigLoader.programmaticBuilder()
            // Else closing a session takes two seconds.
            .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
            .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
            // Else each statement that changes the schema takes a second.
            .withDuration(DefaultDriverOption.METADATA_SCHEMA_WINDOW, Duration.ofMillis(1))
            .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(200))
            .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofMillis(500))
            .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(20))
            .withDuration(DefaultDriverOption.CONNECTION_CONNECT_TIMEOUT, Duration.ofSeconds(20))
            .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, Duration.ofSeconds(20))
            .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, Duration.ofSeconds(20))
            .withBoolean(DefaultDriverOption.CONNECTION_WARN_INIT_ERROR, false)
            .build();

    private final InetSocketAddress address;
    private final String localDatacenter;
    private final @Nullable SSLContext tls;

    /** Takes the context of TLS, or null to connect in plain text. */
    CassandraLogin(InetSocketAddress address, String localDatacenter, @Nullable SSLContext tls) {
        this.address = address;
        this.localDatacenter = localDatacenter;
        this.tls = tls;
    }

    /** Opens a session; fails at once if the server does not answer or does not let the user in. */
    CqlSession open(String user, String password) {
        CqlSessionBuilder builder = CqlSession.builder()
                .addContactPoint(address)
                .withLocalDatacenter(localDatacenter)
                .withAuthCredentials(user, password)
                .withConfigLoader(OPTIONS);
        if (tls != null) {
            builder.withSslEngineFactory(new ProgrammaticSslEngineFactory(tls));
        }
        return builder.build();
    }

    /** A context that presents {@code client} and lets one server certificate pass, whatever is wrong with it. */
    static SSLContext pinned(CassandraCertificates.Identity client, X509Certificate server) {
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(CassandraCertificates.keyStore(client), CassandraCertificates.STORE_PASSWORD.toCharArray());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), new TrustManager[] {new Pinned(server)}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("[cassandra] TLS to the server cannot be set up", e);
        }
    }

    /** Lets one certificate pass even if it has expired or names another host, since tests ask for such servers. */
    private static final class Pinned extends X509ExtendedTrustManager {
        private final X509Certificate server;

        private Pinned(X509Certificate server) {
            this.server = server;
        }

        private void check(X509Certificate[] chain) throws CertificateException {
            if (!chain[0].equals(server)) {
                throw new CertificateException("not the certificate of the test's own server");
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            check(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("no clients here");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("no clients here");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("no clients here");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
