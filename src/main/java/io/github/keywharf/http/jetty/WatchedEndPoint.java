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
 * A connection, below TLS. Times are of {@link System#nanoTime()}.
 *
 * <p>Between requests it notes when the first bytes came: from then on the next request's headers have their time. Over
 * HTTP/2 that holds for the first request only, as other frames than a request's come later: from then on it is noted how
 * long there has been no request.
 */
final class WatchedEndPoint extends SocketChannelEndPoint {
    private static final long NEVER = Long.MIN_VALUE;

    private final AtomicLong passed = new AtomicLong();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile long headersSince = NEVER;
    private final AtomicBoolean cut = new AtomicBoolean();
    private volatile long freeSince;
    private volatile @Nullable Connection multiplexed;
    private volatile boolean parting;

    WatchedEndPoint(SocketChannel channel, ManagedSelector selector, SelectionKey key, Scheduler scheduler) {
        super(channel, selector, key, scheduler);
    }

    /** The connection below others; nothing but a connection of {@link WatchedConnector} is at the bottom. */
    static WatchedEndPoint below(EndPoint endPoint) {
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
            passed.addAndGet(n);
            if (headersSince == NEVER && requests.get() == 0 && multiplexed == null) {
                headersSince = System.nanoTime();
            }
        }
        return n;
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        long before = remaining(buffers);
        boolean whole = super.flush(buffers);
        passed.addAndGet(before - remaining(buffers));
        return whole;
    }

    private static long remaining(ByteBuffer... buffers) {
        long bytes = 0;
        for (ByteBuffer buffer : buffers) {
            bytes += buffer.remaining();
        }
        return bytes;
    }

    /** Bytes in both directions so far. */
    long passed() {
        return passed.get();
    }

    /**
     * Notes a request.
     *
     * @param http2 the connection of HTTP/2 that it came by, or null
     */
    void requestBegins(@Nullable Connection http2) {
        if (http2 != null) {
            multiplexed = http2;
        }
        requests.incrementAndGet();
        headersSince = NEVER;
    }

    /** Returns true if requests share the connection. */
    boolean isMultiplexed() {
        return multiplexed != null;
    }

    void requestEnds() {
        // In this order, so that a connection whose last request ends is never taken for one that ended earlier.
        freeSince = System.nanoTime();
        requests.decrementAndGet();
    }

    /** Whether headers have begun to arrive longer ago than that. */
    boolean isLate(long now, long nanos) {
        long since = headersSince;
        return since != NEVER && requests.get() == 0 && now - since > nanos;
    }

    /**
     * Takes leave of a client of HTTP/2 that has had no request for longer than that, whatever other frames it sends; closes
     * the connection where it stays after the grace.
     */
    void partIfUnused(long now, long nanos, long grace) {
        Connection connection = multiplexed;
        if (connection == null || requests.get() > 0) {
            return;
        }
        long unused = now - freeSince;
        if (unused > nanos && !parting) {
            parting = true;
            connection.close();
        } else if (unused > nanos && unused - nanos > grace) {
            close();
        }
    }

    /** Notes that the connection is cut: true for the first to do so. */
    boolean cut() {
        return cut.compareAndSet(false, true);
    }

    boolean isCut() {
        return cut.get();
    }
}
