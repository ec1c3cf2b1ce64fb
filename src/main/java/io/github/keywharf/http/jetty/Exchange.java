package io.github.keywharf.http.jetty;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Work;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running request, and the time spent waiting for its client. Times are of {@link System#nanoTime()}.
 *
 * <p>The client's progress is measured on the connection over HTTP/1, which has no other request, and by the bytes of both
 * bodies over HTTP/2, as the connection also carries frames of other streams, or of none.
 */
final class Exchange {
    /** Bytes of a body that may be in flight over HTTP/2 before they count: a frame, or a record of TLS. */
    static final int FRAME = 16 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final String subject;
    private final String peer;
    private final WatchedEndPoint endPoint;
    private final EventListener listener;
    private final long start = System.nanoTime();
    private final long transferredBefore;
    private long waited;
    private long waitingSince;
    private boolean waiting;
    private volatile boolean disconnected;
    private final AtomicBoolean failed = new AtomicBoolean();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();

    Exchange(String subject, String peer, WatchedEndPoint endPoint, EventListener listener) {
        this.subject = subject;
        this.peer = peer;
        this.endPoint = endPoint;
        this.listener = listener;
        this.transferredBefore = endPoint.transferred();
    }

    /** Method and path. */
    String subject() {
        return subject;
    }

    String peer() {
        return peer;
    }

    WatchedEndPoint endPoint() {
        return endPoint;
    }

    /** Returns true if other requests share the connection. */
    boolean isMultiplexed() {
        return endPoint.isMultiplexed();
    }

    long start() {
        return start;
    }

    synchronized void waitBegins() {
        waiting = true;
        waitingSince = System.nanoTime();
    }

    synchronized void waitEnds() {
        if (waiting) {
            waiting = false;
            waited += System.nanoTime() - waitingSince;
        }
    }

    /** Returns true if the wait for the client is longer than the grace, and its rate since then is too low. */
    synchronized boolean isSlow(long now, long grace, int bytesPerSecond) {
        long all = waited + (waiting ? now - waitingSince : 0);
        double required = (double) bytesPerSecond * (all - grace) / TimeUnit.SECONDS.toNanos(1);
        return waiting && all > grace && transferred() < required;
    }

    private long transferred() {
        return isMultiplexed() ? received.get() + sent.get() + FRAME : endPoint.transferred() - transferredBefore;
    }

    /** Notes that the client cannot be reached any more. */
    void noteDisconnected() {
        disconnected = true;
    }

    boolean isDisconnected() {
        return disconnected || endPoint.isCut();
    }

    /** Reports the first failure; later ones follow from it. */
    void failed(Throwable failure) {
        if (!failed.compareAndSet(false, true)) {
            return;
        }
        if (isDisconnected()) {
            listener.info(
                    "http.server.client_gone", Work.NONE, subject, "The client " + peer + " went away before the end");
            return;
        }
        LOG.atDebug().setCause(failure).addKeyValue("subject", subject).log("The handler failed");
        // Only the library's own messages are known to hold no secret.
        String reason = failure instanceof KeywharfException
                ? failure.toString()
                : failure.getClass().getName();
        listener.error("http.server.handler_failed", Work.NONE, subject, "The handler failed: " + reason);
    }

    void received(long bytes) {
        received.addAndGet(bytes);
    }

    long received() {
        return received.get();
    }

    void sent(long bytes) {
        sent.addAndGet(bytes);
    }

    long sent() {
        return sent.get();
    }
}
