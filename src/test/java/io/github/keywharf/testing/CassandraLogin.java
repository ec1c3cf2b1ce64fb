package io.github.keywharf.testing;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.NodeState;
import com.datastax.oss.driver.api.core.ssl.ProgrammaticSslEngineFactory;
import io.github.keywharf.testing.CassandraServer.Membership;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** The superuser's way into a {@link CassandraServer}: the role, and raw driver sessions that make tests short. */
final class CassandraLogin implements AutoCloseable {
    static final String DATACENTER = "datacenter1";
    static final String SUPERUSER = "test_superuser";

    /** The superuser of every new server, whose password everybody knows. */
    private static final String FIRST_USER = "cassandra";

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private static final DriverConfigLoader OPTIONS = DriverConfigLoader.programmaticBuilder()
            // Else closing a session takes two seconds. The price: sometimes Netty logs a task that came too late.
            .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
            .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
            // Nobody closes the shared server of a small program, which is to end all the same.
            .withBoolean(DefaultDriverOption.NETTY_DAEMON, true)
            // Else each statement that changes the schema waits until all of the schema was read again.
            .withBoolean(DefaultDriverOption.METADATA_SCHEMA_ENABLED, false)
            .withDuration(DefaultDriverOption.METADATA_SCHEMA_WINDOW, Duration.ofMillis(1))
            .withDuration(DefaultDriverOption.RECONNECTION_BASE_DELAY, Duration.ofMillis(200))
            .withDuration(DefaultDriverOption.RECONNECTION_MAX_DELAY, Duration.ofMillis(500))
            .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, LIMIT)
            .withDuration(DefaultDriverOption.CONNECTION_CONNECT_TIMEOUT, LIMIT)
            .withDuration(DefaultDriverOption.CONNECTION_INIT_QUERY_TIMEOUT, LIMIT)
            .withDuration(DefaultDriverOption.CONTROL_CONNECTION_TIMEOUT, LIMIT)
            .withBoolean(DefaultDriverOption.CONNECTION_WARN_INIT_ERROR, false)
            .build();

    private final String password;
    private final boolean founder;
    private final Membership membership;
    private final InetSocketAddress address;
    private final SSLContext tls;
    private final boolean encrypted;
    private @Nullable CqlSession session;

    CassandraLogin(int port, boolean encrypted, Membership membership) {
        this.membership = membership;
        this.password = membership.password();
        this.founder = membership.founder();
        this.address = loopback(port);
        this.encrypted = encrypted;
        this.tls = context(encrypted);
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    String password() {
        return password;
    }

    /** The superuser's session, or null before the first start and after the end. */
    @Nullable
    CqlSession session() {
        return session;
    }

    /** Waits until a new connection is shown the given certificate. */
    void awaitCertificate(X509Certificate expected) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            if (expected.equals(shownCertificate())) {
                return;
            }
        }
        throw new IllegalStateException("[cassandra] the server does not show its new certificate within " + LIMIT);
    }

    private @Nullable Certificate shownCertificate() {
        try (SSLSocket socket =
                (SSLSocket) tls.getSocketFactory().createSocket(address.getAddress(), address.getPort())) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        } catch (IOException refused) {
            return null;
        }
    }

    /** Opens and closes a session only so that the driver is loaded while the server starts. */
    void warmUp() {
        try {
            open(loopback(Ports.free()), FIRST_USER, FIRST_USER).close();
        } catch (DriverException refused) {
            // As expected.
        }
    }

    /**
     * Makes sure that our superuser is there and its session works, and that nobody gets in as the first user.
     *
     * @throws DriverException if the server is not ready yet
     */
    void logIn() {
        CqlSession known = session;
        if (known == null) {
            session = founder ? replaceFirstUser() : open(SUPERUSER, password);
        } else if (!founder) {
            open(SUPERUSER, password).close();
        } else {
            try {
                open(SUPERUSER, password).close();
            } catch (AllNodesFailedException unknown) {
                // The server was killed before it had written its roles, and started over.
                replaceFirstUser().close();
            }
            known.execute("SELECT release_version FROM system.local");
        }
    }

    private CqlSession replaceFirstUser() {
        try (CqlSession first = open(FIRST_USER, FIRST_USER)) {
            if (membership.datacenters().size() > 1) {
                // Who is not the first user is looked for in one data centre only.
                first.execute("ALTER KEYSPACE system_auth WITH replication = {'class': 'NetworkTopologyStrategy'"
                        + membership.datacenters().stream()
                                .map(name -> ", '" + name + "': " + membership.roleCopies())
                                .collect(Collectors.joining())
                        + "}");
                awaitSchema(first);
            }
            first.execute("CREATE ROLE IF NOT EXISTS " + SUPERUSER + " WITH SUPERUSER = true AND LOGIN = true"
                    + " AND PASSWORD = '" + password + "'");
        }
        CqlSession own = open(SUPERUSER, password);
        own.execute("DROP ROLE IF EXISTS " + FIRST_USER);
        return own;
    }

    /** Waits until all nodes that are there have the same schema; the driver does so only where it reads the schema. */
    void awaitSchema(CqlSession known) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (schemas(known).size() > 1) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("[cassandra] nodes have not the same schema after " + LIMIT);
            }
        }
    }

    private static Set<UUID> schemas(CqlSession known) {
        Set<UUID> schemas = new HashSet<>();
        for (Node node : known.getMetadata().getNodes().values()) {
            if (node.getState() == NodeState.UP) {
                schemas.add(known.execute(SimpleStatement.newInstance("SELECT schema_version FROM system.local")
                                .setNode(node))
                        .one()
                        .getUuid(0));
            }
        }
        return schemas;
    }

    /** Opens a session; fails immediately if the server does not answer or does not let the user in. */
    CqlSession open(String user, String userPassword) {
        return open(address, user, userPassword);
    }

    private CqlSession open(InetSocketAddress where, String user, String userPassword) {
        CqlSessionBuilder builder = CqlSession.builder()
                .addContactPoint(where)
                .withLocalDatacenter(membership.datacenter())
                .withAuthCredentials(user, userPassword)
                .withConfigLoader(OPTIONS);
        if (encrypted) {
            builder.withSslEngineFactory(new ProgrammaticSslEngineFactory(tls));
        }
        return builder.build();
    }

    /** A context that presents a client's certificate only where it may be asked for, as it takes time to make. */
    private static SSLContext context(boolean withClient) {
        CassandraCertificates certificates = CassandraCertificates.shared();
        try {
            KeyManager[] keys = null;
            if (withClient) {
                KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(
                        CassandraCertificates.keyStore(certificates.client()),
                        CassandraCertificates.STORE_PASSWORD.toCharArray());
                keys = factory.getKeyManagers();
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, new TrustManager[] {new AuthorityTrust(certificates.authority())}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("[cassandra] TLS to the server cannot be set up", e);
        }
    }

    @Override
    public void close() {
        CqlSession open = session;
        session = null;
        if (open != null) {
            open.close();
        }
    }
}
