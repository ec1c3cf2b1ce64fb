package io.github.keywharf.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
    private final String password;
    private final Thread closeAtExit = new Thread(this::close, "postgres-server-close");
    private @Nullable EmbeddedPostgres postgres;
    private int port;
    private boolean closed;

    private PostgresServer(Path directory, Options options) {
        this.directory = directory;
        this.config = Map.copyOf(options.config);
        this.password = Secrets.random(24);
    }

    /** What may be said about a server before it starts. Setters return this object. */
    public static final class Options {
        private final Map<String, String> config = new LinkedHashMap<>();

        private Options() {
            config.put("synchronous_commit", "on");
            config.put("fsync", "off");
            config.put("password_encryption", "scram-sha-256");
        }

        /** Turns on {@code wal_level=logical}, which logical replication slots need. */
        public Options logicalReplication() {
            return config("wal_level", "logical");
        }

        /** Whether to wait for the disk on each commit; off by default, as only a power cut could tell the difference. */
        public Options fsync(boolean on) {
            return config("fsync", on ? "on" : "off");
        }

        /** Sets any server parameter, as in {@code postgresql.conf}. */
        public Options config(String name, String value) {
            config.put(name, value);
            return this;
        }
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
            PostgresServer server = new PostgresServer(Files.createTempDirectory("keywharf-postgres-"), options);
            // Before the start, so that an exit during it waits for its end and leaves no process behind.
            Runtime.getRuntime().addShutdownHook(server.closeAtExit);
            try {
                server.firstStart();
            } catch (IOException | RuntimeException e) {
                server.close();
                throw e;
            }
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("[postgres] the server did not start", e);
        }
    }

    private synchronized void firstStart() throws IOException {
        EmbeddedPostgres started = builder().start();
        postgres = started;
        port = started.getPort();
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

    /** Opens a connection to {@code database} as the superuser; the caller closes it. */
    public Connection connection(String database) throws SQLException {
        return connection(database, SUPERUSER, password);
    }

    /** Opens a connection to {@code database} as {@code user}; the caller closes it. */
    public Connection connection(String database, String user, String userPassword) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", userPassword);
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    /** Creates an empty database. */
    public void createDatabase(String name) {
        execute("postgres", "CREATE DATABASE " + quoted(name));
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
        try (Connection connection = connection(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("[postgres] a statement failed in database " + database, e);
        }
    }

    /**
     * Kills the server and all its processes at once (SIGKILL), as a crash would, and returns when they are gone. The
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
        if (Thread.currentThread() != closeAtExit) {
            Runtime.getRuntime().removeShutdownHook(closeAtExit);
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
