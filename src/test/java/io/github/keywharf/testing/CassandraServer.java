package io.github.keywharf.testing;

import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;

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
    private static final Duration START_UP_LIMIT = Duration.ofMinutes(3);
    private static final String HOST = "127.0.0.1";
    private static final AtomicInteger KEYSPACES = new AtomicInteger();

    private final Path directory;
    private final CassandraSettings settings;
    private final CassandraProcess process;
    private final CassandraFiles files;
    private final boolean tlsRequired;
    private final boolean isShared;
    private final Membership membership;
    private final Thread closeAtExit = new Thread(this::endAtExit, "cassandra-server-close");
    private CassandraLogin login;
    private int port;
    private boolean closed;

    private CassandraServer(Builder builder, Path directory) {
        this.directory = directory;
        this.settings = new CassandraSettings(builder.settings);
        this.tlsRequired = builder.tlsRequired || builder.clientCertificateRequired;
        this.isShared = builder.isShared;
        this.membership = builder.membership;
        this.process = new CassandraProcess(directory, builder.jvmOptions());
        this.files = new CassandraFiles(directory);
        files.writeStores(builder.certificate);
        settings.encryption(files.keyStore(), files.trustStore(), tlsRequired, builder.clientCertificateRequired);
        settings.directories(directory);
        if (!membership.datacenter().equals(CassandraLogin.DATACENTER)) {
            settings.datacenters();
            files.writeDatacenter(process.classes(), membership.datacenter());
        }
        builder.lines.forEach(settings::line);
        choosePorts(builder.ports);
    }

    private void choosePorts(IntSupplier free) {
        port = free.getAsInt();
        int storage = free.getAsInt();
        settings.ports(storage, port, membership.seeds().isEmpty() ? List.of(storage) : membership.seeds());
        login = new CassandraLogin(port, tlsRequired, membership);
    }

    /**
     * What a node has in common with others.
     *
     * @param seeds the storage ports of all nodes that begin the cluster; none for a node on its own
     * @param password the superuser's
     * @param founder whether this is the node that makes the superuser
     * @param datacenters those that there are, of which the node is in the first; roles are in all of them
     * @param roleCopies how many copies of the roles each data centre keeps
     */
    record Membership(List<Integer> seeds, String password, boolean founder, List<String> datacenters, int roleCopies) {
        /** A node on its own. */
        static Membership alone(String password) {
            return new Membership(List.of(), password, true, List.of(CassandraLogin.DATACENTER), 1);
        }

        String datacenter() {
            return datacenters.get(0);
        }
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
        private boolean volatileSchema;
        private boolean fullSpeed;
        private boolean isShared;
        private Membership membership = Membership.alone(Secrets.random(24));
        private final List<String> properties = new ArrayList<>();
        private IntSupplier ports = Ports::free;

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

        /**
         * Whether statements that change the schema are several times faster, as nothing of it is written to the disk: after
         * {@link CassandraServer#kill()} the server knows no keyspace and no user. Off by default; the shared server,
         * which is never killed, is of this kind.
         */
        public Builder volatileSchema(boolean on) {
            volatileSchema = on;
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

        /**
         * Whether the server's JVM is set up for load that lasts (all compilers, G1) rather than for a quick start (the
         * first compiler, the serial collector). Off by default; for benchmarks, together with {@link #heap}.
         */
        public Builder fullSpeed(boolean on) {
            fullSpeed = on;
            return this;
        }

        private List<String> jvmOptions() {
            List<String> options = new ArrayList<>(List.of(
                    "-Xms" + heap,
                    "-Xmx" + heap,
                    // Nothing of system tables is forced to the disk.
                    "-Dcassandra.unsafesystem=" + volatileSchema));
            options.addAll(
                    fullSpeed
                            ? List.of("-XX:+UseG1GC")
                            // Most tests wait for the start only, and it is over before better code would pay.
                            : List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
            options.addAll(properties);
            return options;
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

        /**
         * Sets anything else, as one line of {@code cassandra.yaml} such as {@code "read_request_timeout: 5s"}; wins over
         * what this fixture says, but not over its ports. The authenticator must stay one that checks passwords.
         */
        public Builder option(String yamlLine) {
            new CassandraSettings().line(yamlLine);
            lines.add(yamlLine);
            return this;
        }

        /** Where ports come from; each is asked for once, the native one first. */
        Builder ports(IntSupplier free) {
            ports = free;
            return this;
        }

        /** Makes the node one of several. */
        Builder member(Membership common) {
            membership = common;
            return this;
        }

        /** Sets a system property of the server's JVM; wins over what this fixture says. */
        Builder property(String name, String value) {
            properties.add("-D" + name + "=" + value);
            return this;
        }

        private Builder isShared() {
            isShared = true;
            return volatileSchema(true);
        }

        /**
         * Starts the server and waits until one can log in. The caller closes it, which also deletes its data.
         *
         * @throws IllegalStateException if the server does not start; the message quotes its log
         */
        public CassandraServer start() {
            Path directory;
            try {
                directory = Files.createTempDirectory("keywharf-cassandra-");
            } catch (IOException e) {
                throw new UncheckedIOException("[cassandra] no directory can be made for the server", e);
            }
            CassandraServer server;
            try {
                server = new CassandraServer(this, directory);
            } catch (RuntimeException e) {
                Directories.delete(directory);
                throw e;
            }
            Runtime.getRuntime().addShutdownHook(server.closeAtExit);
            try {
                server.firstStart(ports);
                return server;
            } catch (RuntimeException e) {
                server.end();
                throw e;
            }
        }
    }

    /**
     * The server that the tests of this JVM share, started on first use and ended with the JVM. No test may kill or close
     * it.
     *
     * @throws IllegalStateException if it does not start, or did not on first use; the cause quotes its log
     */
    public static CassandraServer shared() {
        try {
            return Shared.SERVER.join();
        } catch (CompletionException e) {
            throw new IllegalStateException("[cassandra] the shared server did not start", e.getCause());
        }
    }

    private static final class Shared {
        /** Also the failure of the one start, so that each test reports it and not only the first. */
        private static final CompletableFuture<CassandraServer> SERVER = start();

        private static CompletableFuture<CassandraServer> start() {
            try {
                return CompletableFuture.completedFuture(builder().isShared().start());
            } catch (RuntimeException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
    }

    /** Why the server cannot run on an operating system, given its {@code os.name}; empty where it can. */
    public static Optional<String> unsupportedOn(String operatingSystem) {
        return operatingSystem.startsWith("Windows")
                ? Optional.of("Cassandra does not run on " + operatingSystem)
                : Optional.empty();
    }

    /** A server of another shape, or one to be killed. */
    public static Builder builder() {
        return new Builder();
    }

    private synchronized void firstStart(IntSupplier ports) {
        try {
            startAndLogIn();
        } catch (IllegalStateException e) {
            if (!process.log().isPortTaken()) {
                throw e;
            }
            // Another process took a port between the look and the start.
            choosePorts(ports);
            startAndLogIn();
        }
    }

    private void startAndLogIn() {
        process.start(settings.yaml());
        login.warmUp();
        long end = System.nanoTime() + START_UP_LIMIT.toNanos();
        DriverException refused = null;
        while (System.nanoTime() < end && process.isAlive() && !process.log().hasFailed()) {
            try {
                if (process.log().isListening()) {
                    login.logIn();
                    return;
                }
            } catch (DriverException notYet) {
                refused = notYet;
            }
            pauseBriefly();
        }
        boolean late = System.nanoTime() >= end;
        process.kill();
        throw new IllegalStateException(
                "[cassandra] the server "
                        + (late ? "let nobody in within " + START_UP_LIMIT.toSeconds() + " s" : "gave up starting")
                        + "; its log says:\n" + process.log().reason(),
                refused);
    }

    private void pauseBriefly() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            process.kill();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("[cassandra] interrupted while the server started", e);
        }
    }

    /** The address the server listens on, always the loopback one. */
    public String host() {
        return HOST;
    }

    /** The port of the native protocol, which stays the same across a restart. */
    public int port() {
        return port;
    }

    /** The name of the node's data centre. */
    public String localDatacenter() {
        return membership.datacenter();
    }

    /** The superuser's name, which is not {@code cassandra}. */
    public String superuser() {
        return CassandraLogin.SUPERUSER;
    }

    /** The superuser's password, made up for this server. */
    public String superuserPassword() {
        return login.password();
    }

    /**
     * Changes the node's certificate for connections that are opened from now on, and returns when it is shown. A test
     * that does so to the shared server sets it back.
     */
    public synchronized void certificate(ServerCertificate kind) {
        refuseIfClosed();
        files.writeStores(kind);
        process.reloadCertificates();
        login.awaitCertificate(CassandraCertificates.shared().node(kind).certificate());
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
     * once, closed with the server, and finds the server again by itself after a {@link #restart()}. To be fast, it reads
     * no metadata of the schema: call {@code session().refreshSchema()} before asking it for some.
     */
    public CqlSession session() {
        CqlSession open = login.session();
        if (open == null) {
            throw new IllegalStateException("[cassandra] the server is closed");
        }
        return open;
    }

    /**
     * Opens a session of the driver itself as {@code user}, in plain text unless TLS is required; the caller closes it.
     *
     * @throws com.datastax.oss.driver.api.core.AllNodesFailedException if the user is not let in
     */
    public CqlSession session(String user, String userPassword) {
        return login.open(user, userPassword);
    }

    /** Runs a statement as the superuser; where there are several nodes, all have the same schema afterwards. */
    public void execute(String cql) {
        session().execute(cql);
        if (!membership.seeds().isEmpty()) {
            login.awaitSchema(session());
        }
    }

    /** Creates a keyspace whose name begins with {@code prefix}, differs from all others here and needs no quotes. */
    public String createKeyspace(String prefix) {
        return createKeyspace(prefix, 1);
    }

    String createKeyspace(String prefix, int replicas) {
        if (!prefix.matches("[a-z][a-z0-9_]{0,36}")) {
            throw new IllegalArgumentException(
                    "[cassandra] prefix " + prefix + " is not of up to 37 small letters, digits and underscores");
        }
        String name = prefix + "_" + KEYSPACES.incrementAndGet();
        execute("CREATE KEYSPACE " + name + " WITH replication = {'class': 'SimpleStrategy', 'replication_factor': "
                + replicas + "}");
        return name;
    }

    /** Creates a role that may log in and has no permission yet. The name may be anything, with capitals too. */
    public void createUser(String name, String userPassword) {
        execute("CREATE ROLE " + CqlIdentifier.fromInternal(name).asCql(true) + " WITH LOGIN = true AND PASSWORD = '"
                + userPassword.replace("'", "''") + "'");
    }

    /**
     * Kills the server (SIGKILL), as a crash would, and waits until it is dead. The data stays for {@link #restart()}.
     *
     * @throws IllegalStateException if this is the shared server, or closed
     */
    public synchronized void kill() {
        refuseIfClosed();
        refuseIfShared("killed");
        process.kill();
    }

    /**
     * Starts the server again after a {@link #kill()}, on the same ports and data, and waits until one can log in.
     *
     * @throws IllegalStateException if the server is running, or does not start; the message quotes its log
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
        return process.log().file();
    }

    /**
     * The id of the server's process, which changes with a restart.
     *
     * @throws IllegalStateException if the server is not running
     */
    public long pid() {
        return process.pid();
    }

    /**
     * Kills the server, closes {@link #session()} and deletes all data and certificates. Closing twice is harmless.
     *
     * @throws IllegalStateException if this is the shared server
     */
    @Override
    public void close() {
        refuseIfShared("closed");
        end();
    }

    private synchronized void end() {
        if (closed) {
            return;
        }
        closed = true;
        process.kill();
        login.close();
        Directories.delete(directory);
        try {
            Runtime.getRuntime().removeShutdownHook(closeAtExit);
        } catch (IllegalStateException exiting) {
            // Too late to need it.
        }
    }

    /** Ends the process first, since a start that is under way holds the lock until then. */
    private void endAtExit() {
        process.kill();
        end();
    }

    private void refuseIfShared(String what) {
        if (isShared) {
            throw new IllegalStateException("[cassandra] the shared server cannot be " + what
                    + ", as other tests need it; start one by CassandraServer.builder()");
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
