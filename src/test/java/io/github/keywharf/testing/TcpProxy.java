package io.github.keywharf.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A proxy on a port of the loopback address that passes bytes to one server and back, and can be made to do worse: cut
 * connections, refuse new ones, fall silent, be slow. It knows no protocol, so it serves any; for HTTP there is
 * {@link FaultyHttpProxy}, which can fail one request and spare the next.
 *
 * <pre>{@code
 * try (TcpProxy proxy = TcpProxy.start(server.host(), server.port())) {
 *     ... // a client that connects to proxy.host() and proxy.port()
 *     proxy.stall(true);
 * }
 * }</pre>
 *
 * <p>Each connection has its own connection to the server and two threads. Safe for use by many threads.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;
    private static final int BACKLOG = 128;

    private final String targetHost;
    private final int targetPort;
    private final int port;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong connections = new AtomicLong();
    private final Direction toServer = new Direction("to-server");
    private final Direction toClient = new Direction("to-client");
    private ServerSocket listener;
    private Thread accepting;
    private boolean closed;

    private TcpProxy(String targetHost, int targetPort) {
        this.targetHost = targetHost;
        this.targetPort = targetPort;
        this.port = Ports.free();
        listen();
    }

    /** Starts a proxy before a server, which need not be there yet. The caller closes it. */
    public static TcpProxy start(String targetHost, int targetPort) {
        return new TcpProxy(targetHost, targetPort);
    }

    /** The address to connect to, always the loopback one. */
    public String host() {
        return "127.0.0.1";
    }

    /** The port to connect to. */
    public int port() {
        return port;
    }

    /** Resets all connections that are open now, in the middle of whatever they are doing. New ones are accepted. */
    public void cut() {
        open.forEach(Connection::cut);
    }

    /**
     * Whether new connections are refused, as by a machine where nothing listens. Those that are open go on. Setting it
     * back takes the same port again.
     */
    public synchronized void refuse(boolean on) {
        if (closed) {
            throw new IllegalStateException("[proxy] the proxy is closed");
        }
        if (on) {
            stopListening();
        } else if (listener.isClosed()) {
            listen();
        }
    }

    /**
     * Whether nothing passes in either direction while connections stay open, as when a network is gone without a word.
     * New connections are taken and get no answer. What was sent meanwhile passes when this is set back, as it would in
     * a network that comes back; {@link #cut()} before that, and it never arrives.
     */
    public void stall(boolean on) {
        toServer.stall(on);
        toClient.stall(on);
    }

    /** Like {@link #stall}, but for answers only: the server does what it is asked to, and the client cannot know. */
    public void stallAnswers(boolean on) {
        toClient.stall(on);
    }

    /** How long each piece of up to 64 KiB waits before it passes, in each direction; nothing at first. */
    public void delay(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("[proxy] delay " + duration + " is negative");
        }
        toServer.delay(duration);
        toClient.delay(duration);
    }

    /** How many connections were taken so far. */
    public long connections() {
        return connections.get();
    }

    /** How many connections are open now. */
    public int openConnections() {
        return open.size();
    }

    /** How many bytes were passed to the server so far. */
    public long bytesToServer() {
        return toServer.bytes();
    }

    /** How many bytes were passed to clients so far. */
    public long bytesToClients() {
        return toClient.bytes();
    }

    /** Stops listening and resets all connections. The server behind goes on. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        closed = true;
        stopListening();
        cut();
    }

    private void listen() {
        try {
            ServerSocket listening = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
            listener = listening;
            accepting = daemon("tcp-proxy-accept", () -> accept(listening));
        } catch (IOException e) {
            throw new UncheckedIOException("[proxy] port " + port + " cannot be had", e);
        }
    }

    private void stopListening() {
        try {
            listener.close();
            // The port is open until the last one who waits at it has gone.
            accepting.join();
        } catch (IOException e) {
            throw new UncheckedIOException("[proxy] port " + port + " cannot be given back", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("[proxy] interrupted while port " + port + " was given back", e);
        }
    }

    private void accept(ServerSocket listening) {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                connections.incrementAndGet();
                daemon("tcp-proxy-connect-" + client.getPort(), () -> connect(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        Connection connection = new Connection(client);
        open.add(connection);
        try {
            connection.start(new Socket(targetHost, targetPort));
        } catch (IOException nobodyIsThere) {
            connection.cut();
        }
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** What happens to the bytes that go one way, in all connections. */
    private static final class Direction {
        private final String name;
        private final AtomicLong bytes = new AtomicLong();
        private boolean stalled;
        private Duration delay = Duration.ZERO;

        private Direction(String name) {
            this.name = name;
        }

        synchronized void stall(boolean on) {
            stalled = on;
            notifyAll();
        }

        synchronized void delay(Duration duration) {
            delay = duration;
        }

        long bytes() {
            return bytes.get();
        }

        /** Wakes those that wait for the end of a stall, so that they see whether their connection is still open. */
        synchronized void wake() {
            notifyAll();
        }

        /** Waits until the next piece may pass; returns false if the connection was cut meanwhile. */
        synchronized boolean pass(Connection connection, int length) throws InterruptedException {
            while (stalled && !connection.isCut) {
                wait();
            }
            if (!connection.isCut) {
                bytes.addAndGet(length);
            }
            return !connection.isCut;
        }

        synchronized Duration delay() {
            return delay;
        }
    }

    /** One client's connection, and the one to the server that belongs to it. */
    private final class Connection {
        private final Socket client;
        private volatile Socket server = new Socket();
        private volatile boolean isCut;

        private Connection(Socket client) {
            this.client = client;
        }

        void start(Socket connected) {
            server = connected;
            if (isCut) {
                cut();
            }
            daemon("tcp-proxy-" + toServer.name + "-" + client.getPort(), () -> pump(client, connected, toServer));
            daemon("tcp-proxy-" + toClient.name + "-" + client.getPort(), () -> pump(connected, client, toClient));
        }

        private void pump(Socket from, Socket to, Direction direction) {
            byte[] buffer = new byte[BUFFER];
            try {
                to.setTcpNoDelay(true);
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                int n = in.read(buffer);
                while (n >= 0) {
                    TimeUnit.NANOSECONDS.sleep(direction.delay().toNanos());
                    if (!direction.pass(this, n)) {
                        return;
                    }
                    out.write(buffer, 0, n);
                    n = in.read(buffer);
                }
            } catch (IOException | InterruptedException over) {
                // One side is gone, so the other sees the end of its connection.
            } finally {
                cut();
            }
        }

        void cut() {
            isCut = true;
            reset(client);
            reset(server);
            toServer.wake();
            toClient.wake();
            open.remove(this);
        }

        private void reset(Socket socket) {
            try {
                // Makes closing a reset, which loses what is under way.
                socket.setSoLinger(true, 0);
            } catch (IOException alreadyClosed) {
                // Closing again is harmless.
            }
            try {
                socket.close();
            } catch (IOException alreadyBroken) {
                // No client is left to get the error.
            }
        }
    }

    @Override
    public String toString() {
        return "TcpProxy[" + host() + ":" + port + " -> " + targetHost + ":" + targetPort + "]";
    }
}
