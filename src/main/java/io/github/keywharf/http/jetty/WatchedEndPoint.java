package io.github.keywharf.http.jetty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * A connection below TLS that measures its bytes and the time of headers. Times are of {@link System#nanoTime()}.
 *
 * <p>The time of a request's headers begins with the first bytes after the previous request. Over HTTP/2 that holds for the
 * first request only, as later bytes may belong to other frames: from then on the time without a request is measured.
 */
final class WatchedEndPoint extends SocketChannelEndPoint {
    private static final long NEVER = Long.MIN_VALUE;

    private final AtomicLong transferred = new AtomicLong();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile long headersSince = NEVER;
    private final AtomicBoolean cut = new AtomicBoolean();
    private volatile long unusedSince;
    private volatile @Nullable Connection http2;
    private volatile boolean closing;

    WatchedEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
        super(channel, selector, key, scheduler);
    }

    /** Unwraps the connection of a {@link WatchedConnector}, which is below all others. */
    static WatchedEndPoint unwrap(EndPoint endPoint) {
        EndPoint inner = endPoint;
        while (inner instanceof EndPoint.Wrapper wrapper) {
            inner = wrapper.unwrap();
        }
        return (WatchedEndPoint) inner;
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        int n = super.fill(buffer);
        if (n > 0) {
            transferred.addAndGet(n);
            if (headersSince == NEVER && requests.get() == 0 && http2 == null) {
                headersSince = System.nanoTime();
            }
        }
        return n;
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        long before = remaining(buffers);
        boolean complete = super.flush(buffers);
        transferred.addAndGet(before - remaining(buffers));
        return complete;
    }

    private static long remaining(ByteBuffer... buffers) {
        long bytes = 0;
        for (ByteBuffer buffer : buffers) {
            bytes += buffer.remaining();
        }
        return bytes;
    }

    /** Bytes in both directions so far. */
    long transferred() {
        return transferred.get();
    }

    /**
     * Notes a request.
     *
     * @param connection connection of HTTP/2 that it arrived on, or null
     */
    void requestBegins(@Nullable Connection connection) {
        if (connection != null) {
            http2 = connection;
        }
        requests.incrementAndGet();
        headersSince = NEVER;
    }

    /** Returns true if requests share the connection. */
    boolean isMultiplexed() {
        return http2 != null;
    }

    void requestEnds() {
        // In this order, so that the time without a request never includes the request that ends here.
        unusedSince = System.nanoTime();
        requests.decrementAndGet();
    }

    /** Returns true if headers began to arrive longer ago than that. */
    boolean isLate(long now, long nanos) {
        long since = headersSince;
        return since != NEVER && requests.get() == 0 && now - since > nanos;
    }

    /**
     * Asks an HTTP/2 client without a request for longer than that to close the connection, whatever other frames it sends;
     * closes the connection if the client keeps it beyond the grace.
     */
    void closeIfUnused(long now, long nanos, long grace) {
        Connection connection = http2;
        if (connection == null || requests.get() > 0) {
            return;
        }
        long unused = now - unusedSince;
        if (unused > nanos && !closing) {
            closing = true;
            connection.close();
        } else if (unused > nanos && unused - nanos > grace) {
            close();
        }
    }

    /** Notes that the server cuts the connection; returns true for the first call only. */
    boolean cut() {
        return cut.compareAndSet(false, true);
    }

    boolean isCut() {
        return cut.get();
    }
}
