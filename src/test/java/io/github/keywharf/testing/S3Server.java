package io.github.keywharf.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;

/**
 * An S3 server inside this JVM on a free port of the loopback address. It checks signatures (version 4), so a wrong
 * secret is answered with 403 {@code SignatureDoesNotMatch}, and its create-only writes ({@code If-None-Match: *}) are
 * atomic. Address it path-style; any region will do.
 *
 * <p>What it does not do: {@code If-Match} writes lose updates under concurrency, stored checksums are not returned,
 * object tags are refused (501), and keys with an empty segment ({@code a//b}) do not work.
 *
 * <p>{@link #start()} keeps objects in memory, {@link #start(Path)} in a directory. {@link ForkedS3Server} runs
 * {@link #main} in a process of its own, for tests that kill the client or the server. Put a {@link FaultyHttpProxy} in
 * front to inject faults. Safe for use by many threads.
 */
public final class S3Server implements AutoCloseable {
    private final S3Library.Instance proxy;
    private final S3Library.Instance blobs;
    private final URI endpoint;
    private final String accessKey;
    private final String secretKey;

    private S3Server(S3Library.Instance blobs, int port, String accessKey, String secretKey) {
        this.blobs = blobs;
        this.endpoint = URI.create("http://127.0.0.1:" + port);
        this.accessKey = accessKey;
        this.secretKey = secretKey;
        this.proxy = S3Library.server(blobs, endpoint, accessKey, secretKey);
    }

    /** Starts a server that keeps its objects in memory, with made-up keys. The caller closes it. */
    public static S3Server start() {
        return start(Secrets.random(20), Secrets.random(40));
    }

    /** Starts a server that keeps its objects in memory and accepts the given keys. The caller closes it. */
    public static S3Server start(String accessKey, String secretKey) {
        return start(S3Library.memory(), freePort(), accessKey, secretKey);
    }

    /** Starts a server that keeps its objects in {@code directory}, with made-up keys; closing it leaves them there. */
    public static S3Server start(Path directory) {
        return start(fileStore(directory), freePort(), Secrets.random(20), Secrets.random(40));
    }

    private static S3Server start(S3Library.Instance blobs, int port, String accessKey, String secretKey) {
        S3Server server = new S3Server(blobs, port, accessKey, secretKey);
        try {
            server.proxy.call("start");
            return server;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("[s3] the server did not start on " + server.endpoint, e);
        }
    }

    private static S3Library.Instance fileStore(Path directory) {
        try {
            return S3Library.files(Files.createDirectories(directory).toRealPath());
        } catch (IOException e) {
            throw new UncheckedIOException("[s3] " + directory + " cannot hold the store", e);
        }
    }

    /** Where clients connect, such as {@code http://127.0.0.1:40123}. */
    public URI endpoint() {
        return endpoint;
    }

    /** The access key that clients must use. */
    public String accessKey() {
        return accessKey;
    }

    /** The secret that clients must sign with. */
    public String secretKey() {
        return secretKey;
    }

    /** Creates a bucket if it is absent, without going through HTTP. */
    public void createBucket(String name) {
        try {
            if (!blobs.call("containerExists", name).equals(true)) {
                blobs.call("createContainer", name);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("[s3] bucket " + name + " cannot be created", e);
        }
    }

    /** Stops the server; objects in memory are gone, those in a directory stay. Closing twice is harmless. */
    @Override
    public void close() {
        try {
            proxy.call("stop");
            blobs.call("close");
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("[s3] the server did not stop", e);
        }
    }

    @Override
    public String toString() {
        return "S3Server[" + endpoint + "]";
    }

    /**
     * Runs a server over a directory until the process ends. Arguments: the directory, and the path of a properties file
     * that is written when the server answers, with {@code port}, {@code accessKey} and {@code secretKey}. If that file
     * is there already, its port and keys are taken, so that a server started again answers where clients expect it.
     */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            throw new IllegalArgumentException("[s3] give two arguments: the directory and the properties file");
        }
        Path file = Path.of(arguments[1]);
        Properties known = properties(file);
        S3Server server = start(
                fileStore(Path.of(arguments[0])),
                Integer.parseInt(known.getProperty("port", String.valueOf(freePort()))),
                known.getProperty("accessKey", Secrets.random(20)),
                known.getProperty("secretKey", Secrets.random(40)));
        Properties written = new Properties();
        written.setProperty("port", String.valueOf(server.endpoint.getPort()));
        written.setProperty("accessKey", server.accessKey);
        written.setProperty("secretKey", server.secretKey);
        Path unfinished = file.resolveSibling(file.getFileName() + ".tmp");
        try (Writer writer = Files.newBufferedWriter(unfinished)) {
            written.store(writer, null);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static Properties properties(Path file) throws IOException {
        Properties properties = new Properties();
        if (Files.exists(file)) {
            try (var reader = Files.newBufferedReader(file)) {
                properties.load(reader);
            }
        }
        return properties;
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("[s3] no port is free", e);
        }
    }
}
