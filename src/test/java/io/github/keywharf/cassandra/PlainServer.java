package io.github.keywharf.cassandra;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A port that greets everybody in plain text, as a server without TLS answers a handshake it does not understand. */
final class PlainServer implements AutoCloseable {
    private final ServerSocket socket;
    private final Thread thread;

    PlainServer() throws IOException {
        socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        thread = new Thread(this::serve, "plain-server");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket client = socket.accept()) {
                client.getOutputStream()
                        .write("this is not an answer to a handshake\n".getBytes(StandardCharsets.US_ASCII));
                client.getOutputStream().flush();
                client.getInputStream().readNBytes(10);
            } catch (IOException closed) {
                // The next one, or the end.
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
