package io.github.keywharf.testing;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A reverse proxy on a free port of the loopback address that passes HTTP/1.1 requests to one server and meets them with
 * the {@link Faults} that it has. Heads pass through byte for byte, the {@code Host} header included, so that signed
 * requests stay valid; bodies are streamed. Each client connection has its own connection to the server and its own
 * thread. An injected status comes with an XML body of the S3 kind, code {@code SlowDown} for 503.
 *
 * <pre>{@code
 * try (S3Server s3 = S3Server.start(); FaultyHttpProxy proxy = FaultyHttpProxy.start(s3.endpoint())) {
 *     proxy.faults().failNext(2, 503);
 *     ... // a client that connects to proxy.endpoint()
 * }
 * }</pre>
 */
public final class FaultyHttpProxy implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    private final URI target;
    private final ServerSocket listener;
    private final Faults faults = new Faults();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private FaultyHttpProxy(URI target, ServerSocket listener) {
        this.target = target;
        this.listener = listener;
    }

    /** Starts a proxy before {@code target}, an {@code http} address with a port. The caller closes it. */
    public static FaultyHttpProxy start(URI target) {
        if (!"http".equals(target.getScheme()) || target.getPort() < 0) {
            throw new IllegalArgumentException("[proxy] " + target + " is not an http address with a port");
        }
        try {
            FaultyHttpProxy proxy =
                    new FaultyHttpProxy(target, new ServerSocket(0, 128, InetAddress.getLoopbackAddress()));
            proxy.daemon("faulty-proxy-accept", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException("[proxy] no port is free", e);
        }
    }

    /** Where clients connect. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** The plan, empty at first. */
    public Faults faults() {
        return faults;
    }

    /** Cuts all connections that are open now, in the middle of whatever they are doing. */
    public void cutAll() {
        sockets.forEach(FaultyHttpProxy::closeQuietly);
    }

    /** Stops listening and cuts all connections. The server behind goes on. Closing twice is harmless. */
    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException("[proxy] the port cannot be given back", e);
        }
        cutAll();
    }

    private void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                daemon("faulty-proxy-" + client.getPort(), () -> serve(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        sockets.add(client);
        try (client;
                Upstream upstream = new Upstream();
                InputStream in = new BufferedInputStream(client.getInputStream(), BUFFER)) {
            client.setTcpNoDelay(true);
            OutputStream out = client.getOutputStream();
            boolean open = true;
            while (open) {
                HttpHead request = HttpHead.read(in);
                open = request != null && exchange(request, in, out, upstream);
            }
        } catch (IOException | InterruptedException cut) {
            closeQuietly(client);
        } finally {
            sockets.remove(client);
        }
    }

    /** Handles one request; returns whether the connection may carry another. */
    private boolean exchange(HttpHead request, InputStream in, OutputStream out, Upstream upstream)
            throws IOException, InterruptedException {
        Faults.Decision decision = faults.next(request.firstLine());
        if (!decision.delay().isZero()) {
            Thread.sleep(decision.delay().toMillis());
        }
        if (decision.kind() == Faults.Kind.CUT) {
            return false;
        }
        if (request.header("Expect").isPresent()) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
        if (decision.kind() == Faults.Kind.STATUS) {
            copyRequestBody(request, in, OutputStream.nullOutputStream());
            answer(request, decision, out);
            return true;
        }
        HttpHead response = upstream.send(request.without("Expect"), in);
        if (decision.kind() == Faults.Kind.LOSE_RESPONSE) {
            return false;
        }
        out.write(response.bytes());
        long limit = decision.kind() == Faults.Kind.TRUNCATE ? decision.bytes() : Long.MAX_VALUE;
        boolean framed = upstream.copyBody(request, response, out, limit);
        return framed && !request.closes() && !response.closes();
    }

    private static void copyRequestBody(HttpHead request, InputStream in, OutputStream out) throws IOException {
        if (request.chunked()) {
            copyChunks(in, out, Long.MAX_VALUE);
        } else if (request.contentLength() > 0) {
            copy(in, out, request.contentLength());
        }
    }

    private static void answer(HttpHead request, Faults.Decision decision, OutputStream out) throws IOException {
        String code = switch (decision.status()) {
            case 503 -> "SlowDown";
            case 500 -> "InternalError";
            case 403 -> "AccessDenied";
            case 404 -> "NoSuchKey";
            default -> "InjectedFault";
        };
        byte[] body = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code
                        + "</Code><Message>Injected fault</Message><RequestId>0</RequestId></Error>")
                .getBytes(StandardCharsets.UTF_8);
        boolean head = request.firstLine().startsWith("HEAD ");
        Duration retryAfter = decision.retryAfter();
        String response = "HTTP/1.1 " + decision.status() + " Injected\r\nContent-Type: application/xml\r\n"
                + "Content-Length: " + (head ? 0 : body.length) + "\r\n"
                + (retryAfter == null ? "" : "Retry-After: " + retryAfter.toSeconds() + "\r\n") + "\r\n";
        out.write(response.getBytes(StandardCharsets.ISO_8859_1));
        if (!head) {
            out.write(body);
        }
    }

    private static void closeQuietly(@Nullable Socket socket) {
        try {
            if (socket != null) {
                socket.close();
            }
        } catch (IOException alreadyBroken) {
            // No client is left to get the error.
        }
    }

    /** One connection to the server behind, opened when it is first needed. */
    private final class Upstream implements AutoCloseable {
        private @Nullable Socket socket;
        private InputStream in = InputStream.nullInputStream();

        /**
         * Sends a request and returns the head of its response. A server may close a kept connection at any time, and the
         * JDK's client then repeats a request without a word, which would count twice: a request without a body is sent
         * again here, on a new connection.
         */
        HttpHead send(HttpHead request, InputStream body) throws IOException {
            boolean kept = socket != null;
            boolean repeatable = !request.chunked() && request.contentLength() <= 0;
            try {
                return sendOnce(request, body);
            } catch (IOException closed) {
                if (!kept || !repeatable) {
                    throw closed;
                }
                close();
                return sendOnce(request, body);
            }
        }

        private HttpHead sendOnce(HttpHead request, InputStream body) throws IOException {
            Socket open = socket;
            if (open == null) {
                open = new Socket(target.getHost(), target.getPort());
                open.setTcpNoDelay(true);
                sockets.add(open);
                socket = open;
                in = new BufferedInputStream(open.getInputStream(), BUFFER);
            }
            OutputStream out = open.getOutputStream();
            out.write(request.bytes());
            copyRequestBody(request, body, new WhileRead(out));
            HttpHead response = HttpHead.read(in);
            while (response != null && response.status() < 200) {
                response = HttpHead.read(in);
            }
            if (response == null) {
                throw new EOFException("the server closed the connection");
            }
            return response;
        }

        /** Copies a response's body; returns whether its end was known from its framing rather than by a close. */
        boolean copyBody(HttpHead request, HttpHead response, OutputStream out, long limit) throws IOException {
            int status = response.status();
            if (request.firstLine().startsWith("HEAD ") || status == 204 || status == 304) {
                return true;
            }
            if (response.chunked()) {
                return copyChunks(in, out, limit);
            }
            long length = response.contentLength();
            if (length >= 0) {
                copy(in, out, Math.min(length, limit));
                return length <= limit;
            }
            copy(in, out, limit);
            return false;
        }

        @Override
        public void close() {
            Socket open = socket;
            closeQuietly(open);
            if (open != null) {
                sockets.remove(open);
            }
            socket = null;
        }
    }

    /**
     * A server that answers before it has read a whole body may close its side: what is left of the body is then taken from
     * the client and dropped, for it must not be read as the next request. The answer, if there is one, says why.
     */
    private static final class WhileRead extends FilterOutputStream {
        private boolean read = true;

        WhileRead(OutputStream server) {
            super(server);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            try {
                if (read) {
                    out.write(bytes, from, length);
                }
            } catch (SocketException closed) {
                read = false;
            }
        }
    }

    /** Copies up to {@code length} bytes, or to the end of the stream if {@code length} is {@code Long.MAX_VALUE}. */
    private static void copy(InputStream in, OutputStream out, long length) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long left = length;
        while (left > 0) {
            int n = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (n < 0) {
                if (length == Long.MAX_VALUE) {
                    return;
                }
                throw new EOFException("connection closed within a body");
            }
            out.write(buffer, 0, n);
            left -= n;
        }
    }

    /** Copies a chunked body with its trailer; returns whether it went out whole within {@code limit} bytes of content. */
    private static boolean copyChunks(InputStream in, OutputStream out, long limit) throws IOException {
        long left = limit;
        while (true) {
            String sizeLine = HttpHead.line(in);
            if (sizeLine == null) {
                throw new EOFException("connection closed between chunks");
            }
            long size = Long.parseLong(sizeLine.split(";", 2)[0].strip(), 16);
            out.write((sizeLine + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            if (size > left) {
                copy(in, out, left);
                return false;
            }
            if (size == 0) {
                String trailer = HttpHead.line(in);
                while (trailer != null && !trailer.isEmpty()) {
                    out.write((trailer + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                    trailer = HttpHead.line(in);
                }
                out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
                return true;
            }
            copy(in, out, size + 2);
            left -= size;
        }
    }

    @Override
    public String toString() {
        return "FaultyHttpProxy[" + endpoint() + " -> " + target + "]";
    }
}
