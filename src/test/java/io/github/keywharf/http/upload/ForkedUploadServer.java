package io.github.keywharf.http.upload;

import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.testing.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An upload server in a process of its own, which can be killed and comes back at the same port. */
final class ForkedUploadServer implements AutoCloseable {
    private final Path directory;
    private final List<String> options;
    private final int port = Ports.free();
    private Process process;

    private ForkedUploadServer(Path directory, List<String> options) {
        this.directory = directory;
        this.options = options;
    }

    static ForkedUploadServer start(Path directory, String... options) throws IOException {
        ForkedUploadServer server = new ForkedUploadServer(directory, List.of(options));
        server.restart();
        return server;
    }

    int port() {
        return port;
    }

    URI files() {
        return URI.create("http://127.0.0.1:" + port + "/files/");
    }

    /** The shelf in this process's eyes. */
    Shelf shelf() {
        return new Shelf(directory.resolve("shelf"));
    }

    void restart() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ForkedUploadServer.class.getName(),
                directory.toString(),
                Integer.toString(port)));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // One byte comes when it listens, and the end of the stream when it does not.
        if (process.getInputStream().read() < 0) {
            throw new IOException("the upload server did not start");
        }
    }

    /** As kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Serves until it is killed; arguments are a directory and a port. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        UploadServer uploads = UploadServer.builder(directory.resolve("work"), new Shelf(directory.resolve("shelf")))
                .maxFileBytes(1L << 40)
                .open();
        JettyServer.serve(Shelf.routes(uploads))
                .port(Integer.parseInt(arguments[1]))
                .start();
        System.out.print("!");
        System.out.flush();
        Thread.currentThread().join();
    }
}
