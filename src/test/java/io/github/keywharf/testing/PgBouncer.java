package io.github.keywharf.testing;

import io.github.keywharf.postgres.PostgresDatabase;
import io.github.keywharf.secret.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The PgBouncer of this machine before a server of the tests. Everybody on the loopback address is its superuser. */
public final class PgBouncer implements AutoCloseable {

    private static final int TRIES = 200;
    private static final int PAUSE_MILLIS = 50;

    private final int port = Ports.free();
    private final Path directory;
    private final Process process;

    private PgBouncer(Path program, PostgresServer server, String mode) throws IOException {
        directory = Files.createTempDirectory("keywharf-pgbouncer-");
        Path config = directory.resolve("pgbouncer.ini");
        Files.write(
                config,
                List.of(
                        "[databases]",
                        "* = host=" + server.host() + " port=" + server.port() + " user=" + server.user() + " password="
                                + server.password(),
                        "[pgbouncer]",
                        "listen_addr = 127.0.0.1",
                        "listen_port = " + port,
                        "unix_socket_dir =",
                        "auth_type = any",
                        "pool_mode = " + mode));
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(program.toString(), config.toString()));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        awaitPort();
    }

    /** The installed program. */
    public static Optional<Path> program() {
        return Stream.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * Starts it. The caller closes it.
     *
     * @param mode {@code session}, {@code transaction} or {@code statement}
     */
    public static PgBouncer start(Path program, PostgresServer server, String mode) {
        try {
            return new PgBouncer(program, server, mode);
        } catch (IOException e) {
            throw new UncheckedIOException("[pgbouncer] cannot be started", e);
        }
    }

    private void awaitPort() throws IOException {
        for (int i = 0; i < TRIES && process.isAlive(); i++) {
            try {
                new Socket(InetAddress.getLoopbackAddress(), port).close();
                return;
            } catch (IOException notYet) {
                pause();
            }
        }
        process.destroyForcibly();
        throw new IllegalStateException("[pgbouncer] does not start: " + Files.readString(directory.resolve("log")));
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("[pgbouncer] interrupted while it starts", e);
        }
    }

    /** Describes a database behind it. */
    public PostgresDatabase.Builder database(String name) {
        return PostgresDatabase.builder()
                .host("127.0.0.1")
                .port(port)
                .database(name)
                .credentials(PostgresServer.SUPERUSER, Secret.of("any"));
    }

    /** The port it listens on, of the loopback address. */
    public int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Directories.delete(directory);
    }
}
