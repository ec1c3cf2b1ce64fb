package io.github.keywharf.http.jetty;

import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections of clients that are too slow: Jetty's idle timeout is the time between two bytes, which an occasional
 * byte evades for hours.
 */
final class SlowClients implements Runnable {
    /** Time between two checks of all connections. */
    private static final long INTERVAL_MILLIS = 500;

    /** Wait for a client before its rate counts: a lost packet takes seconds to be sent again. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final WatchedConnector connector;
    private final EventListener listener;
    private final long headerNanos;
    private final long idleNanos;
    private final long requestNanos;
    private final int bytesPerSecond;
    private final Set<Exchange> exchanges = ConcurrentHashMap.newKeySet();
    private volatile boolean stopped;

    SlowClients(JettyServer.Builder settings, WatchedConnector connector) {
        this.connector = connector;
        this.listener = settings.listener;
        this.headerNanos = settings.headerTime.toNanos();
        this.idleNanos = settings.idle.toNanos();
        this.requestNanos = settings.requestTime.toNanos();
        this.bytesPerSecond = settings.minBytesPerSecond;
    }

    void start() {
        Scheduler scheduler = connector.getScheduler();
        if (!stopped && scheduler.isRunning()) {
            scheduler.schedule(this, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    void stop() {
        stopped = true;
    }

    void add(Exchange exchange) {
        exchanges.add(exchange);
    }

    void remove(Exchange exchange) {
        exchanges.remove(exchange);
    }

    @Override
    public void run() {
        try {
            long now = System.nanoTime();
            for (EndPoint endPoint : connector.getConnectedEndPoints()) {
                if (endPoint instanceof WatchedEndPoint watched && watched.isOpen()) {
                    if (watched.isLate(now, headerNanos)) {
                        cut(watched, "its headers took longer than " + seconds(headerNanos));
                    } else {
                        watched.closeIfUnused(now, idleNanos, GRACE_NANOS);
                    }
                }
            }
            for (Exchange exchange : exchanges) {
                if (exchange.isDisconnected()) {
                    continue;
                }
                if (now - exchange.start() > requestNanos) {
                    cut(exchange.endPoint(), "its request took longer than " + seconds(requestNanos));
                } else if (exchange.isSlow(now, GRACE_NANOS, bytesPerSecond)) {
                    cut(exchange.endPoint(), "fewer than " + bytesPerSecond + " bytes passed per second");
                }
            }
        } finally {
            start();
        }
    }

    private static String seconds(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos) / 1000.0 + " s";
    }

    private void cut(WatchedEndPoint endPoint, String reason) {
        if (!endPoint.isOpen() || !endPoint.cut()) {
            return;
        }
        String peer = endPoint.getRemoteSocketAddress() instanceof InetSocketAddress address
                ? address.getAddress().getHostAddress()
                : "unknown";
        endPoint.close(new IOException("The client is too slow: " + reason));
        listener.warning("http.server.slow_client", Work.NONE, peer, "The connection was cut: " + reason);
    }
}
