package io.github.keywharf.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL server in its own process on a free port of the loopback address, with a data directory that
 * outlives a {@link #kill()}. Passwords are checked (SCRAM-SHA-256), so a test of a wrong password is a real one.
 *
 * <p>Unlike the embedded server's own defaults, commits are synchronous here: a transaction that was acknowledged before
 * a {@link #kill()} is there after the {@link #restart()}.
 *
 * <pre>{@code
 * try (PostgresServer server = PostgresServer.start()) {
 *     server.createDatabase("totesys");
 *     try (Connection connection = server.connection("totesys")) { ... }
 * }
 * }</pre>
 *
 * <p>Works as root too. Methods may be called from any thread, but {@link #kill()}, {@link #restart()} and
 * {@link #close()} exclude each other. A shutdown hook closes a server that was forgotten.
 */
public final class PostgresServer implements AutoCloseable {
    /** The superuser of every server started here. */
    public static final String SUPERUSER = "postgres";

    private static final Duration START_UP_LIMIT = Duration.ofSeconds(60);

    private final Path directory;
    private final Map<String, String> config;
    private final @Nullable Path binaries;
    private final String password;
    private final Thread closeAtExit = new Thread(this::close, "postgres-server-close");
    private @Nullable EmbeddedPostgres postgres;
    private int port;
    private boolean closed;

    private PostgresServer(Path directory, Map<String, String> config, @Nullable Path binaries, String password) {
        this.directory = directory;
        this.config = Map.copyOf(config);
        this.binaries = binaries;
        this.password = password;
    }

    /** What may be said about a server before it starts. Setters return this object. */
    public static final class Options {
        private final Map<String, String> config = new LinkedHashMap<>();
        private @Nullable Path binaries;

        private Options() {
            config.put("synchronous_commit", "on");
            config.put("fsync", "off");
            config.put("password_encryption", "scram-sha-256");
        }

        /** Turns on {@code wal_level=logical}, which logical replication slots need. */
        public Options logicalReplication() {
            return config("wal_level", "logical");
        }

        /** Which jar the server's binaries are in, instead of the build's or the one on the class path. */
        public Options binaries(Path jar) {
            binaries = jar;
            return this;
        }

        /** Whether to wait for the disk on each commit; off by default, as it matters only in a power cut. */
        public Options fsync(boolean on) {
            return config("fsync", on ? "on" : "off");
        }

        /** Sets any server parameter, as in {@code postgresql.conf}. */
        public Options config(String name, String value) {
            config.put(name, value);
            return this;
        }
    }

    /**
     * The binaries of the oldest version that is supported as a source: what the build put beside the tests' classes, or the
     * system property {@code keywharf.oldestPostgres}.
     */
    public static Optional<Path> oldestBinaries() {
        String given = System.getProperty("keywharf.oldestPostgres");
        if (given != null) {
            return Optional.of(Path.of(given));
        }
        return binaries("/oldest-postgres.classpath");
    }

    /** The binaries of a major version that the build put beside the tests' classes: 14, 15, 16 or 18. */
    public static Optional<Path> binaries(int version) {
        return binaries("/postgres-" + version + ".classpath");
    }

    /** The jar of binaries that a resource names, which the build writes. */
    private static Optional<Path> binaries(String resource) {
        if (PostgresServer.class.getResource(resource) == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Path.of(VendorProgram.classPath(resource)));
        } catch (IOException e) {
            throw new UncheckedIOException("[postgres] " + resource + " cannot be read", e);
        }
    }

    /** The archive within a jar of binaries, which has one only. */
    private static InputStream archive(Path jar) throws IOException {
        try (ZipInputStream entries = new ZipInputStream(Files.newInputStream(jar))) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                if (entry.getName().endsWith(".txz")) {
                    return new ByteArrayInputStream(entries.readAllBytes());
                }
            }
        }
        throw new IOException("[postgres] no binaries in " + jar);
    }

    /** Starts a server with the default options. The caller closes it, which also deletes its data. */
    public static PostgresServer start() {
        return start(options -> {});
    }

    /** Starts a server with the options that {@code configure} sets. The caller closes it, which also deletes its data. */
    public static PostgresServer start(Consumer<Options> configure) {
        Options options = new Options();
        configure.accept(options);
        try {
            PostgresServer server = new PostgresServer(
                    Directories.temporary("keywharf-postgres-"), options.config, options.binaries, Secrets.random(24));
            server.startOrClose(server::firstStart);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("[postgres] the server did not start", e);
        }
    }

    private interface Start {
        void run() throws IOException;
    }

    private void startOrClose(Start start) throws IOException {
        // Before the start, so that an exit during it waits for its end and leaves no process behind.
        Runtime.getRuntime().addShutdownHook(closeAtExit);
        try {
            start.run();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a hot standby that replays what this server writes, from a copy of this server's data; this server is down
     * meanwhile. The caller closes the standby, before this server. It has the same password.
     */
    public synchronized PostgresServer startStandby() {
        try {
            PostgresServer standby =
                    new PostgresServer(Directories.temporary("keywharf-postgres-"), config, binaries, password);
            stop();
            Directories.copy(directory, standby.directory);
            restart();
            Files.deleteIfExists(standby.directory.resolve("epg-lock"));
            Files.createFile(standby.directory.resolve("standby.signal"));
            Files.writeString(
                    standby.directory.resolve("postgresql.auto.conf"),
                    "primary_conninfo = 'host=" + host() + " port=" + port() + " user=" + SUPERUSER + " password="
                            + password + "'\n",
                    StandardOpenOption.APPEND);
            standby.startOrClose(standby::startProcess);
            return standby;
        } catch (IOException e) {
            throw new UncheckedIOException("[postgres] the standby did not start", e);
        }
    }

    private synchronized void startProcess() throws IOException {
        EmbeddedPostgres started = builder().start();
        postgres = started;
        port = started.getPort();
    }

    /** Waits until this standby has replayed all that was committed on the primary so far, and what was written before. */
    public void awaitReplay(PostgresServer primary) {
        try (Connection writing = primary.connection("postgres");
                Connection replaying = connection("postgres");
                Statement written = writing.createStatement();
                Statement replayed = replaying.createStatement();
                ResultSet position = written.executeQuery("SELECT pg_current_wal_flush_lsn()")) {
            position.next();
            String sql = "SELECT pg_last_wal_replay_lsn() >= '" + position.getString(1) + "'";
            long end = System.nanoTime() + START_UP_LIMIT.toNanos();
            while (System.nanoTime() < end) {
                try (ResultSet there = replayed.executeQuery(sql)) {
                    if (there.next() && there.getBoolean(1)) {
                        return;
                    }
                }
                TimeUnit.MILLISECONDS.sleep(5);
            }
            throw new IllegalStateException("[postgres] the standby does not catch up with the primary");
        } catch (SQLException e) {
            throw new IllegalStateException("[postgres] the standby cannot be asked for its position", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("[postgres] interrupted while the standby caught up", e);
        }
    }

    private synchronized void firstStart() throws IOException {
        startProcess();
        execute("postgres", "ALTER ROLE " + SUPERUSER + " PASSWORD '" + password + "'");
        Files.writeString(directory.resolve("pg_hba.conf"), """
            local all all scram-sha-256
            host all all 127.0.0.1/32 scram-sha-256
            host all all ::1/128 scram-sha-256
            host replication all 127.0.0.1/32 scram-sha-256
            host replication all ::1/128 scram-sha-256
            """);
        execute("postgres", "SELECT pg_reload_conf()");
        awaitPasswordCheck();
    }

    private EmbeddedPostgres.Builder builder() {
        EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                .setDataDirectory(directory)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPGStartupWait(START_UP_LIMIT)
                .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
                .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
                .setConnectConfig("password", password);
        config.forEach(builder::setServerConfig);
        // Elsewhere than in this build, the embedded server finds binaries on the class path.
        Optional.ofNullable(binaries)
                .or(() -> binaries("/postgres.classpath"))
                .ifPresent(jar -> builder.setPgBinaryResolver((system, machine) -> archive(jar)));
        return builder;
    }

    private void awaitPasswordCheck() {
        long end = System.nanoTime() + START_UP_LIMIT.toNanos();
        while (System.nanoTime() < end) {
            try {
                connection("postgres", SUPERUSER, "wrong").close();
                TimeUnit.MILLISECONDS.sleep(10);
            } catch (SQLException refused) {
                return;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("[postgres] interrupted while the server started", e);
            }
        }
        throw new IllegalStateException("[postgres] the server still accepts wrong passwords");
    }

    /** The address the server listens on, always the loopback one. */
    public String host() {
        return "127.0.0.1";
    }

    /** The port, which stays the same across a restart. */
    public synchronized int port() {
        return port;
    }

    /** The superuser's name. */
    public String user() {
        return SUPERUSER;
    }

    /** The superuser's password, made up for this server. */
    public String password() {
        return password;
    }

    /** The JDBC address of a database, without user and password. */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
    }

    /**
     * Offers TLS from now on, with a certificate that {@link #authority()} signed; connections in plain text are still
     * taken.
     */
    public synchronized void offerTls(CassandraServer.ServerCertificate kind) {
        CassandraCertificates.Identity identity = CassandraCertificates.shared().node(kind);
        String name = "server-" + kind;
        Path key = directory.resolve(name + ".key");
        PemFiles.write(
                directory.resolve(name + ".crt"),
                identity.chain().stream().map(PemFiles::certificate).toList());
        PemFiles.write(key, List.of(PemFiles.pkcs8(identity.key())));
        try {
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException("[postgres] the rights of the key cannot be set", e);
        }
        execute(
                "postgres",
                "ALTER SYSTEM SET ssl_cert_file = '" + name + ".crt'",
                "ALTER SYSTEM SET ssl_key_file = '" + name + ".key'",
                "ALTER SYSTEM SET ssl = on",
                "SELECT pg_reload_conf()");
        awaitSetting("ssl_cert_file", name + ".crt");
    }

    /** Takes connections in plain text only, as servers do at first. */
    public synchronized void stopTls() {
        execute("postgres", "ALTER SYSTEM SET ssl = off", "SELECT pg_reload_conf()");
        awaitSetting("ssl", "off");
    }

    /** The certificate of the authority that signs those of {@link #offerTls}, as PEM. */
    public static String authority() {
        return PemFiles.certificate(CassandraCertificates.shared().authority());
    }

    /** The certificate of an authority that signed nothing, as PEM. */
    public static String otherAuthority() {
        return PemFiles.certificate(CassandraCertificates.shared().otherAuthority());
    }

    private void awaitSetting(String name, String value) {
        long end = System.nanoTime() + START_UP_LIMIT.toNanos();
        try {
            while (System.nanoTime() < end) {
                try (Connection connection = connection("postgres");
                        Statement statement = connection.createStatement();
                        ResultSet shown = statement.executeQuery("SHOW " + name)) {
                    if (shown.next() && shown.getString(1).equals(value)) {
                        return;
                    }
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("[postgres] the setting " + name + " cannot be read", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("[postgres] interrupted while the settings were read again", e);
        }
        throw new IllegalStateException("[postgres] the server did not take " + name + " = " + value);
    }

    /** Opens a connection to {@code database} as the superuser; the caller closes it. */
    public Connection connection(String database) throws SQLException {
        return connection(database, SUPERUSER, password);
    }

    /** Opens a connection to {@code database} as {@code user}; the caller closes it. */
    public Connection connection(String database, String user, String userPassword) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", userPassword);
        properties.setProperty("sslmode", "disable");
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    /** Creates an empty database. */
    public void createDatabase(String name) {
        execute("postgres", "CREATE DATABASE " + quoted(name));
    }

    /** Creates a database as a copy of another one, which nobody may be connected to. */
    public void createDatabase(String name, String template) {
        execute("postgres", "CREATE DATABASE " + quoted(name) + " TEMPLATE " + quoted(template));
    }

    /**
     * Creates a role that may log in with a password, and then runs {@code statements} in {@code database} as the
     * superuser, usually its grants.
     */
    public void createRole(String database, String name, String rolePassword, String... statements) {
        execute(
                "postgres",
                "CREATE ROLE " + quoted(name) + " LOGIN PASSWORD '" + rolePassword.replace("'", "''") + "'");
        execute(database, statements);
    }

    /** Runs statements in {@code database} as the superuser, each in its own transaction. */
    public void execute(String database, String... statements) {
        execute(this::connection, database, statements);
    }

    /** How one connects to a database of a server. */
    interface Opening {
        Connection open(String database) throws SQLException;
    }

    static void execute(Opening server, String database, String... statements) {
        try (Connection connection = server.open(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("[postgres] a statement failed in database " + database, e);
        }
    }

    /**
     * Kills the server and all its processes immediately (SIGKILL), as a crash would, and returns when they are gone. The
     * data stays for {@link #restart()}.
     *
     * @throws IllegalStateException if the server is not running
     */
    public synchronized void kill() {
        if (postgres == null) {
            throw new IllegalStateException("[postgres] the server is not running, so it cannot be killed");
        }
        ProcessHandle postmaster = ProcessHandle.of(postmasterPid()).orElseThrow();
        List<ProcessHandle> processes = new ArrayList<>(List.of(postmaster));
        postmaster.descendants().forEach(processes::add);
        processes.forEach(ProcessHandle::destroyForcibly);
        processes.forEach(PostgresServer::awaitExit);
        postgres = null;
    }

    /** Stops the server in an orderly way, ending its connections. The data stays for {@link #restart()}. */
    public synchronized void stop() {
        if (postgres != null) {
            try {
                postgres.close();
            } catch (IOException e) {
                throw new UncheckedIOException("[postgres] the server did not stop", e);
            }
            postgres = null;
        }
    }

    /**
     * Starts the server again on the same data and the same port after a {@link #kill()} or {@link #stop()}; after a
     * kill it recovers as after a crash.
     *
     * @throws IllegalStateException if the server is running or closed
     */
    public synchronized void restart() {
        if (postgres != null || closed) {
            throw new IllegalStateException("[postgres] the server is " + (closed ? "closed" : "still running"));
        }
        try {
            // A killed server's lock is held by this JVM on the old file; a new file is a new lock.
            Files.deleteIfExists(directory.resolve("epg-lock"));
            postgres = builder().setPort(port).start();
        } catch (IOException e) {
            throw new UncheckedIOException("[postgres] the server did not start again", e);
        }
    }

    /** Whether the server is running. */
    public synchronized boolean running() {
        return postgres != null;
    }

    /** Stops the server and deletes its data. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        stop();
        closed = true;
        Directories.delete(directory);
        try {
            Runtime.getRuntime().removeShutdownHook(closeAtExit);
        } catch (IllegalStateException exits) {
            // The JVM exits, and this is that hook or another one.
        }
    }

    private long postmasterPid() {
        try {
            return Long.parseLong(Files.readAllLines(directory.resolve("postmaster.pid"))
                    .get(0)
                    .strip());
        } catch (IOException e) {
            throw new UncheckedIOException("[postgres] the server's process id cannot be read", e);
        }
    }

    private static void awaitExit(ProcessHandle process) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        try {
            // onExit() would need a free thread of the pool that all share.
            while (process.isAlive()) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("[postgres] process " + process.pid() + " did not die");
                }
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("[postgres] interrupted while the server died", e);
        }
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    @Override
    public String toString() {
        return "PostgresServer[" + host() + ":" + port() + (running() ? "]" : ", stopped]");
    }
}
