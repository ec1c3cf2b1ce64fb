package io.github.keywharf.http.jetty;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A request that is under way, and how long its client was waited for. Times are of {@link System#nanoTime()}. */
final class Exchange {
    private final WatchedEndPoint endPoint;
    private final long begun = System.nanoTime();
    private final long passedBefore;
    private long waited;
    private long waitingSince;
    private boolean waiting;
    private volatile boolean gone;
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();

    Exchange(WatchedEndPoint endPoint) {
        this.endPoint = endPoint;
        this.passedBefore = endPoint.passed();
    }

    WatchedEndPoint endPoint() {
        return endPoint;
    }

    long begun() {
        return begun;
    }

    synchronized void waits() {
        waiting = true;
        waitingSince = System.nanoTime();
    }

    synchronized void goesOn() {
        waiting = false;
        waited += System.nanoTime() - waitingSince;
    }

    /** Whether the client was waited for longer than the grace, with fewer bytes than it should have moved. */
    synchronized boolean isSlow(long now, long grace, int bytesPerSecond) {
        long all = waited + (waiting ? now - waitingSince : 0);
        double wanted = (double) bytesPerSecond * (all - grace) / TimeUnit.SECONDS.toNanos(1);
        return waiting && all > grace && endPoint.passed() - passedBefore < wanted;
    }

    /** Notes that the client can be reached no more. */
    void cut() {
        gone = true;
    }

    boolean isGone() {
        return gone;
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
