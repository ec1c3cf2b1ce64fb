package io.github.keywharf.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL that is installed on the machine with all its programs, of which the embedded one lacks most. Everybody on
 * the loopback address is let in as the superuser.
 */
public final class InstalledPostgres implements AutoCloseable {

    private static final Path PACKAGES = Path.of("/usr/lib/postgresql");
    private static final int SECONDS = 60;

    /** Transactions in a segment of the commit log, and that segment's bytes. */
    private static final long SEGMENT_TRANSACTIONS = 1L << 20;

    private static final int SEGMENT_BYTES = 1 << 18;

    private final Path binaries;
    private final Path directory;
    private final Path data;
    private final int port = Ports.free();
    private final Thread closeAtExit = new Thread(this::close, "installed-postgres-close");
    private boolean running;
    private boolean closed;

    private InstalledPostgres(Path binaries, Path directory) {
        this.binaries = binaries;
        this.directory = directory;
        this.data = directory.resolve("data");
    }

    /**
     * The directory of the programs: the system property {@code keywharf.postgresPrograms}, or the newest that Debian's
     * packages brought.
     */
    public static Optional<Path> programs() {
        String given = System.getProperty("keywharf.postgresPrograms");
        if (given != null) {
            return Optional.of(Path.of(given));
        }
        if (!Files.isDirectory(PACKAGES)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(PACKAGES)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin ->
                            Files.isExecutable(bin.resolve("pg_resetwal")) && Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.comparing(Path::toString));
        } catch (IOException e) {
            throw new UncheckedIOException("[postgres] " + PACKAGES + " cannot be listed", e);
        }
    }

    /** Makes an empty cluster, which does not run yet. The caller closes it, which also deletes it. */
    public static InstalledPostgres create(Path programs) {
        try {
            InstalledPostgres server =
                    new InstalledPostgres(programs, Files.createTempDirectory("keywharf-installed-postgres-"));
            Runtime.getRuntime().addShutdownHook(server.closeAtExit);
            try {
                server.run("initdb", "-D", server.data.toString(), "-U", PostgresServer.SUPERUSER, "-A", "trust", "-N");
            } catch (IllegalStateException e) {
                server.close();
                throw e;
            }
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("[postgres] the cluster cannot be made", e);
        }
    }

    /** Starts the server. */
    public synchronized void start() {
        run(
                "pg_ctl",
                "start",
                "-w",
                "-D",
                data.toString(),
                "-l",
                directory.resolve("log").toString(),
                "-o",
                "-F -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c autovacuum=off -c port=" + port);
        running = true;
    }

    /** Stops the server in an orderly way. */
    public synchronized void stop() {
        if (running) {
            run("pg_ctl", "stop", "-w", "-m", "fast", "-D", data.toString());
            running = false;
        }
    }

    /** Makes a transaction number the next one to be given, while the server is stopped. */
    public synchronized void nextTransaction(long number) {
        run("pg_resetwal", "-x", String.valueOf(number), "-D", data.toString());
        Path segment =
                data.resolve("pg_xact").resolve(String.format(Locale.ROOT, "%04X", number / SEGMENT_TRANSACTIONS));
        try {
            if (!Files.exists(segment)) {
                Files.write(segment, new byte[SEGMENT_BYTES]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("[postgres] the commit log cannot be written", e);
        }
    }

    /** The address the server listens on. */
    public String host() {
        return "127.0.0.1";
    }

    /** Its port. */
    public int port() {
        return port;
    }

    /** Opens a connection as the superuser; the caller closes it. */
    public Connection connection(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://" + host() + ":" + port + "/" + database + "?sslmode=disable",
                PostgresServer.SUPERUSER,
                "");
    }

    /** Runs statements, each in its own transaction. */
    public void execute(String database, String... statements) {
        PostgresServer.execute(this::connection, database, statements);
    }

    /** Runs a program as a user who is not root, which the server refuses to be. */
    private void run(String program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(binaries.resolve(program).toString());
        command.addAll(List.of(arguments));
        try {
            Path output = directory.resolve("output");
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("[postgres] " + program + " does not end: " + Files.readString(output));
            }
            if (process.exitValue() != 0) {
                throw new IllegalStateException("[postgres] " + program + " failed: " + Files.readString(output));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("[postgres] " + program + " cannot be run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("[postgres] interrupted while " + program + " ran", e);
        }
    }

    /** Stops the server and deletes its data. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        stop();
        Directories.delete(directory);
        try {
            Runtime.getRuntime().removeShutdownHook(closeAtExit);
        } catch (IllegalStateException exits) {
            // The JVM exits, and this is that hook or another one.
        }
    }
}
