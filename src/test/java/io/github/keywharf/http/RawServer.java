package io.github.keywharf.http;

import io.github.keywharf.testing.Background;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** A server that reads a request's headers and answers with whatever it likes; each connection has one answer. */
public final class RawServer implements AutoCloseable {
    /** Writes an answer; the connection is closed when it returns. */
    public interface Answer {
        void to(OutputStream out) throws IOException, InterruptedException;
    }

    /** Counted down when the server is closed, for answers that never end. */
    final CountDownLatch closed = new CountDownLatch(1);

    private final ServerSocket listener;

    /** Starts it on a free port of the loopback address. */
    public RawServer(Answer answer) throws IOException {
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        CompletableFuture<Void> unused = Background.run(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket socket = listener.accept();
                    CompletableFuture<Void> unusedToo = Background.run(() -> serve(socket, answer));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    private static void serve(Socket socket, Answer answer) {
        try (socket) {
            InputStream in = socket.getInputStream();
            int matched = 0;
            while (matched < 4) {
                int one = in.read();
                if (one < 0) {
                    return;
                }
                matched = one == "\r\n\r\n".charAt(matched) ? matched + 1 : one == '\r' ? 1 : 0;
            }
            answer.to(socket.getOutputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An address of it, with a path and a query. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/path?token=hunter2");
    }

    @Override
    public void close() throws IOException {
        closed.countDown();
        listener.close();
    }
}
