package io.github.keywharf.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An {@link S3Server} over a directory in a process of its own, so that it outlives a killed client, and a client can
 * outlive it. Port and keys stay the same across {@link #kill()} and {@link #restart()}. Not safe for use by many threads.
 */
public final class ForkedS3Server implements AutoCloseable {
    private static final Duration START_UP_LIMIT = Duration.ofSeconds(60);

    private final Path directory;
    private final Path propertiesFile;
    private final Thread killAtExit = new Thread(this::kill, "s3-server-kill");
    private Properties properties = new Properties();
    private @Nullable Process process;

    private ForkedS3Server(Path directory, Path propertiesFile) {
        this.directory = directory;
        this.propertiesFile = propertiesFile;
    }

    /** Starts a server that keeps its objects under {@code directory}; closing it leaves them there. */
    public static ForkedS3Server start(Path directory) {
        try {
            Files.createDirectories(directory.resolve("objects"));
        } catch (IOException e) {
            throw new UncheckedIOException("[s3] " + directory + " cannot hold the store", e);
        }
        ForkedS3Server server =
                new ForkedS3Server(directory.resolve("objects"), directory.resolve("s3-server.properties"));
        server.restart();
        Runtime.getRuntime().addShutdownHook(server.killAtExit);
        return server;
    }

    /** Starts the server again after a {@link #kill()}, where it was and with the objects it had. */
    public void restart() {
        if (process != null) {
            throw new IllegalStateException("[s3] the server is still running");
        }
        try {
            process = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            S3Server.class.getName(),
                            directory.toString(),
                            propertiesFile.toString()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            awaitAnswer(process);
        } catch (IOException e) {
            throw new UncheckedIOException("[s3] the server did not start", e);
        }
    }

    private void awaitAnswer(Process started) throws IOException {
        long end = System.nanoTime() + START_UP_LIMIT.toNanos();
        while (System.nanoTime() < end && started.isAlive()) {
            properties = S3Server.properties(propertiesFile);
            if (properties.containsKey("port") && answers()) {
                return;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(25);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        kill();
        throw new IOException("[s3] the server did not answer within " + START_UP_LIMIT);
    }

    private boolean answers() {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) endpoint().toURL().openConnection();
            connection.setConnectTimeout(1_000);
            connection.setReadTimeout(5_000);
            int status = connection.getResponseCode();
            connection.disconnect();
            return status > 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Where clients connect. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + properties.getProperty("port"));
    }

    /** The access key that clients must use. */
    public String accessKey() {
        return properties.getProperty("accessKey");
    }

    /** The secret that clients must sign with. */
    public String secretKey() {
        return properties.getProperty("secretKey");
    }

    /** The process id of the running server, for tests that send it signals of their own. */
    public long pid() {
        if (process == null) {
            throw new IllegalStateException("[s3] the server is not running");
        }
        return process.pid();
    }

    /** Creates a bucket if it is absent, by making its directory. */
    public void createBucket(String name) {
        try {
            Files.createDirectories(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("[s3] bucket " + name + " cannot be created", e);
        }
    }

    /** Kills the process immediately (SIGKILL) and returns when it is gone; harmless if it is not running. */
    public void kill() {
        Process running = process;
        process = null;
        if (running != null) {
            running.destroyForcibly();
            try {
                running.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("[s3] interrupted while the server died", e);
            }
        }
    }

    /** Kills the process and leaves the objects in the directory. Closing twice is harmless. */
    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(killAtExit);
        } catch (IllegalStateException exits) {
            // The JVM exits, and this is that hook or another one.
        }
    }

    @Override
    public String toString() {
        return "ForkedS3Server[" + endpoint() + (process == null ? ", stopped]" : "]");
    }
}
