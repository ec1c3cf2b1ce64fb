package io.github.keywharf.testing;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A real Apache Cassandra 5.0 of one node in its own process, on free ports of the loopback address, with passwords
 * checked, permissions enforced and TLS offered. It takes plain and encrypted connections on the same port, unless TLS is
 * required. Nobody logs in as {@code cassandra}: that role is dropped, and a superuser with a made-up password takes its
 * place.
 *
 * <pre>{@code
 * CassandraServer server = CassandraServer.shared();
 * String keyspace = server.createKeyspace("orders");
 * server.execute("CREATE TABLE " + keyspace + ".item (id int PRIMARY KEY)");
 * }</pre>
 *
 * <p>A start takes some seconds and 600 MB, so most tests use the {@link #shared()} one and a keyspace of their own. With
 * the default settings of commits, what was acknowledged in the last ten seconds before a {@link #kill()} is lost, as with
 * most real servers; see {@link Builder#durableCommits}. Tables and users are lost likewise.
 *
 * <p>Works for root too. The server's class path is never on ours: the build writes it into the class path resource
 * {@code cassandra.classpath}, and the system property {@code keywharf.cassandra.classpath} may name another. The process
 * ends with this JVM, also with one that is killed. Methods may be called from any thread; those that start and end the
 * process exclude each other.
 */
public final class CassandraServer implements AutoCloseable {
    private static final Duration START_UP_LIMIT = Duration.ofSeconds(120);
    private static final String HOST = "127.0.0.1";
    private static final String DATACENTER = "datacenter1";
    private static final String SUPERUSER = "test_superuser";
    private static final String FIRST_USER = "cassandra";
    private static final AtomicInteger KEYSPACES = new AtomicInteger();

    private final Path directory;
    private final CassandraSettings settings;
    private final ServerCertificate certificate;
    private final boolean tlsRequired;
    private final CassandraProcess process;
    private final CassandraFiles files;
    private final String password = Secrets.random(24);
    private final Thread closeAtExit = new Thread(this::close, "cassandra-server-close");
    private int port;
    private @Nullable CqlSession session;
    private boolean closed;

    private CassandraServer(Builder builder, Path directory) {
        this.directory = directory;
        this.certificate = builder.certificate;
        this.tlsRequired = builder.tlsRequired || builder.clientCertificateRequired;
        this.settings = new CassandraSettings(builder.settings);
        this.process = new CassandraProcess(directory, builder.heap);
        this.files = new CassandraFiles(directory);
    }

    /** Which certificate the node shows. */
    public enum ServerCertificate {
        /** Names {@code 127.0.0.1} and {@code localhost}, and is in its time. */
        VALID,
        /** Like {@link #VALID}, but ended some weeks ago. */
        EXPIRED,
        /** Names neither {@code 127.0.0.1} nor {@code localhost}. */
        OTHER_HOST
    }

    /** What may be said about a server before it starts. Setters change this object and return it. */
    public static final class Builder {
        private final CassandraSettings settings = new CassandraSettings();
        private final List<String> lines = new ArrayList<>();
        private ServerCertificate certificate = ServerCertificate.VALID;
        private String heap = "256m";
        private boolean tlsRequired;
        private boolean clientCertificateRequired;

        private Builder() {}

        /** Whether connections in plain text are refused; they are taken by default. */
        public Builder requireTls(boolean on) {
            tlsRequired = on;
            return this;
        }

        /** Whether a client must show a certificate that the same authority signed; implies that TLS is required. */
        public Builder requireClientCertificate(boolean on) {
            clientCertificateRequired = on;
            return this;
        }

        /**
         * Whether a write is acknowledged only when it is on the disk ({@code commitlog_sync: batch}), and so survives
         * {@link CassandraServer#kill()}. Off by default, as on most real servers, which write every ten seconds.
         */
        public Builder durableCommits(boolean on) {
            settings.durableCommits(on);
            return this;
        }

        /** The heap of the server's JVM, such as {@code 1500m}; 256m by default, which suits tests of behaviour. */
        public Builder heap(String size) {
            if (!size.matches("[1-9][0-9]*[mg]")) {
                throw new IllegalArgumentException("[cassandra] heap " + size + " is not a size such as 256m or 2g");
            }
            heap = size;
            return this;
        }

        /** How long the server believes what it read of roles, permissions and passwords; 100 ms by default, not 2 s. */
        public Builder cacheValidity(Duration validity) {
            settings.cacheValidity(validity);
            return this;
        }

        /** The certificate of the node; {@link ServerCertificate#VALID} by default. */
        public Builder certificate(ServerCertificate kind) {
            certificate = kind;
            return this;
        }

        /** Sets anything else, as one line of {@code cassandra.yaml}; wins over what this fixture says. */
        public Builder option(String yamlLine) {
            new CassandraSettings().line(yamlLine);
            lines.add(yamlLine);
            return this;
        }

        /**
         * Starts the server and waits until one can log in. The caller closes it, which also deletes its data.
         *
         * @throws IllegalStateException if the server does not start; the message quotes the end of its log
         */
        public CassandraServer start() {
            try {
                CassandraServer server = new CassandraServer(this, Files.createTempDirectory("keywharf-cassandra-"));
                Runtime.getRuntime().addShutdownHook(server.closeAtExit);
                try {
                    server.firstStart(this);
                    return server;
                } catch (RuntimeException e) {
                    server.close();
                    throw e;
                }
            } catch (IOException e) {
                throw new UncheckedIOException("[cassandra] no directory can be made for the server", e);
            }
        }
    }

    private static final class Shared {
        private static final CassandraServer SERVER = builder().start();
    }

    /** The server that the tests of this JVM share, started on first use and ended with the JVM: neither kill nor close it. */
    public static CassandraServer shared() {
        return Shared.SERVER;
    }

    /** A server of another shape, or one to be killed. */
    public static Builder builder() {
        return new Builder();
    }

    private synchronized void firstStart(Builder builder) {
        CassandraCertificates certificates = CassandraCertificates.shared();
        Path keyStore = store("node.p12", CassandraCertificates.keyStore(certificates.node(certificate)));
        Path trustStore = store("trust.p12", CassandraCertificates.trustStore(certificates.authority()));
        settings.encryption(keyStore, trustStore, tlsRequired, builder.clientCertificateRequired);
        settings.directories(directory);
        builder.lines.forEach(settings::line);
        port = Ports.free();
        settings.ports(Ports.free(), port);
        try {
            startAndLogIn();
        } catch (IllegalStateException e) {
            if (!process.logEnd().contains("in use")) {
                throw e;
            }
            // Another process took a port between the look and the start.
            process.kill();
            port = Ports.free();
            settings.ports(Ports.free(), port);
            startAndLogIn();
        }
    }

    private Path store(String name, KeyStore keys) {
        Path file = directory.resolve(name);
        try (OutputStream out = Files.newOutputStream(file)) {
            keys.store(out, CassandraCertificates.STORE_PASSWORD.toCharArray());
            return file;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("[cassandra] " + file + " cannot be written", e);
        }
    }

    private void startAndLogIn() {
        process.start(settings.yaml());
        long end = System.nanoTime() + START_UP_LIMIT.toNanos();
        DriverException refused = null;
        while (System.nanoTime() < end && process.isAlive()) {
            try {
                if (answers() && logIn()) {
                    return;
                }
                TimeUnit.MILLISECONDS.sleep(25);
            } catch (DriverException notYet) {
                refused = notYet;
            } catch (InterruptedException e) {
                process.kill();
                Thread.currentThread().interrupt();
                throw new IllegalStateException("[cassandra] interrupted while the server started", e);
            }
        }
        boolean died = !process.isAlive();
        process.kill();
        throw new IllegalStateException(
                "[cassandra] the server "
                        + (died
                                ? "ended while it started"
                                : "let nobody in within " + START_UP_LIMIT.toSeconds() + " s")
                        + "; its log ends with:\n" + process.logEnd(),
                refused);
    }

    private boolean answers() {
        try (Socket socket = new Socket(HOST, port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Makes sure that our superuser is the one there is, and that {@link #session()} works. */
    private boolean logIn() {
        CqlSession known = session;
        if (known != null) {
            try {
                known.execute("SELECT release_version FROM system.local");
                return true;
            } catch (AllNodesFailedException notYet) {
                // Its reconnection may be waiting for its turn, or the server may have lost its roles.
            }
        }
        CassandraLogin login = login();
        try {
            CqlSession own = login.open(SUPERUSER, password);
            if (known != null) {
                own.close();
                return false;
            }
            own.execute("DROP ROLE IF EXISTS " + FIRST_USER);
            session = own;
            return true;
        } catch (AllNodesFailedException unknown) {
            try (CqlSession first = login.open(FIRST_USER, FIRST_USER)) {
                first.execute("CREATE ROLE IF NOT EXISTS " + SUPERUSER + " WITH SUPERUSER = true AND LOGIN = true"
                        + " AND PASSWORD = '" + password + "'");
            }
            return false;
        }
    }

    private CassandraLogin login() {
        CassandraCertificates certificates = CassandraCertificates.shared();
        SSLContext tls = tlsRequired
                ? CassandraLogin.pinned(
                        certificates.client(), certificates.node(certificate).certificate())
                : null;
        return new CassandraLogin(new InetSocketAddress(HOST, port), DATACENTER, tls);
    }

    /** The address the server listens on, always the loopback one. */
    public String host() {
        return HOST;
    }

    /** The port of the native protocol, which stays the same across a restart. */
    public int port() {
        return port;
    }

    /** The name of the one data centre. */
    public String localDatacenter() {
        return DATACENTER;
    }

    /** The superuser's name, which is not {@code cassandra}. */
    public String superuser() {
        return SUPERUSER;
    }

    /** The superuser's password, made up for this server. */
    public String superuserPassword() {
        return password;
    }

    /** The authority that signed the node's certificate, as PEM. */
    public Path caCertificate() {
        return files.caCertificate();
    }

    /** An authority that signed nothing here, as PEM. */
    public Path otherCaCertificate() {
        return files.otherCaCertificate();
    }

    /** A client's certificate that the node accepts, as PEM. */
    public Path clientCertificate() {
        return files.clientCertificate();
    }

    /** The key of {@link #clientCertificate()}: RSA, PKCS#8, not encrypted. */
    public Path clientKey() {
        return files.clientKey();
    }

    /** The same key as PKCS#1 ({@code BEGIN RSA PRIVATE KEY}). */
    public Path clientKeyPkcs1() {
        return files.clientKeyPkcs1();
    }

    /** The same key as PKCS#8 encrypted with {@link #clientKeyPassword()}. */
    public Path clientKeyEncrypted() {
        return files.clientKeyEncrypted();
    }

    /** The password of {@link #clientKeyEncrypted()}. */
    public String clientKeyPassword() {
        return files.clientKeyPassword();
    }

    /** Certificate and key (PKCS#8, not encrypted) in one file. */
    public Path clientBundle() {
        return files.clientBundle();
    }

    /**
     * The superuser's session of the driver itself, for looking at the server without the code under test. It is opened
     * once, closed with the server, and finds the server again by itself after a {@link #restart()}.
     */
    public synchronized CqlSession session() {
        CqlSession open = session;
        if (open == null) {
            throw new IllegalStateException("[cassandra] the server is closed");
        }
        return open;
    }

    /** Runs a statement as the superuser. */
    public void execute(String cql) {
        session().execute(cql);
    }

    /** Creates a keyspace whose name begins with {@code prefix}, differs from all others here and needs no quotes. */
    public String createKeyspace(String prefix) {
        if (!prefix.matches("[a-z][a-z0-9_]{0,36}")) {
            throw new IllegalArgumentException(
                    "[cassandra] prefix " + prefix + " is not of up to 37 small letters, digits and underscores");
        }
        String name = prefix + "_" + KEYSPACES.incrementAndGet();
        execute("CREATE KEYSPACE " + name + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
        return name;
    }

    /** Creates a role that may log in and has no permission yet. The name may be anything, with capitals too. */
    public void createUser(String name, String userPassword) {
        execute("CREATE ROLE " + CqlIdentifier.fromInternal(name).asCql(true) + " WITH LOGIN = true AND PASSWORD = '"
                + userPassword.replace("'", "''") + "'");
    }

    /** Kills the server (SIGKILL), as a crash would, and waits until it is dead. The data stays for {@link #restart()}. */
    public synchronized void kill() {
        refuseIfClosed();
        process.kill();
    }

    /**
     * Starts the server again after a {@link #kill()}, on the same ports and data, and waits until one can log in.
     *
     * @throws IllegalStateException if the server is running, or does not start; the message quotes the end of its log
     */
    public synchronized void restart() {
        refuseIfClosed();
        if (process.isAlive()) {
            throw new IllegalStateException("[cassandra] the server is still running");
        }
        startAndLogIn();
    }

    /** Makes the server stand still (SIGSTOP): connections stay open and nothing is answered. Needs kill(1). */
    public synchronized void pause() {
        process.signal("STOP");
    }

    /** Lets the server go on after a {@link #pause()}. */
    public synchronized void resume() {
        process.signal("CONT");
    }

    /** Whether the server's process is there, be it paused. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** What the server logged and printed so far, over all its starts; gone when the server is closed. */
    public Path log() {
        return process.log();
    }

    /**
     * The id of the server's process, which changes with a restart.
     *
     * @throws IllegalStateException if the server is not running
     */
    public long pid() {
        return process.pid();
    }

    /** Kills the server, closes {@link #session()} and deletes all data and certificates. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        process.kill();
        if (session != null) {
            session.close();
            session = null;
        }
        Directories.delete(directory);
        if (Thread.currentThread() != closeAtExit) {
            Runtime.getRuntime().removeShutdownHook(closeAtExit);
        }
    }

    private void refuseIfClosed() {
        if (closed) {
            throw new IllegalStateException("[cassandra] the server is closed");
        }
    }

    @Override
    public String toString() {
        return "CassandraServer[" + HOST + ":" + port + (isAlive() ? "]" : ", stopped]");
    }
}
