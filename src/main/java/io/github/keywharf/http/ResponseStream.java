package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.BlockInputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of a response as it arrives. Unlike the JDK's own stream it waits no longer than it may, counts what comes, and
 * lets a few pieces arrive ahead of the reader. Read by one thread; closed by any.
 */
final class ResponseStream extends BlockInputStream implements BodySubscriber<ResponseStream> {
    /**
     * How many pieces of the JDK, of up to 16 KiB, may arrive before they are read. More are asked for when half of them are:
     * each demand wakes other threads.
     */
    private static final int AHEAD = 32;

    /** A piece, the end, or a failure. */
    private record Arrival(
            List<ByteBuffer> piece, boolean isEnd, @Nullable Throwable failure) {}

    private final String subject;
    private final Duration deadline;
    private final long end;
    private final Duration stall;
    private final long most;
    private final Upload request;
    private final BlockingQueue<Arrival> arrived = new LinkedBlockingQueue<>();
    private volatile Flow.@Nullable Subscription subscription;
    private volatile boolean closed;

    private Iterator<ByteBuffer> piece = List.<ByteBuffer>of().iterator();
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private @Nullable Arrival last;
    private boolean begun;
    private int taken;
    private long count;

    /**
     * @param end when the deadline is over, by {@link System#nanoTime()}
     * @param most how many bytes are let through
     * @param request what to close together with this
     */
    ResponseStream(String subject, Duration deadline, long end, Duration stall, long most, Upload request) {
        this.subject = subject;
        this.deadline = deadline;
        this.end = end;
        this.stall = stall;
        this.most = most;
        this.request = request;
    }

    @Override
    public CompletionStage<ResponseStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription to) {
        subscription = to;
        if (closed) {
            to.cancel();
        } else {
            to.request(AHEAD);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (!closed) {
            arrived.add(new Arrival(buffers, false, null));
        }
    }

    @Override
    public void onError(Throwable failure) {
        arrived.add(new Arrival(List.of(), true, failure));
    }

    @Override
    public void onComplete() {
        arrived.add(new Arrival(List.of(), true, null));
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int n = Math.min(length, buffer.remaining());
        count += n;
        if (count > most) {
            close();
            throw ClientErrors.tooLarge(subject, most);
        }
        buffer.get(target, offset, n);
        return n;
    }

    @Override
    public int available() throws IOException {
        return buffer.remaining();
    }

    /** Makes the buffer have bytes; false at the end. */
    private boolean fill() throws IOException {
        while (!buffer.hasRemaining()) {
            if (closed) {
                throw new IOException("The response is closed");
            }
            if (piece.hasNext()) {
                buffer = piece.next();
                continue;
            }
            Arrival next = last != null ? last : next();
            if (next.failure() != null) {
                last = next;
                throw ClientErrors.of(subject, next.failure());
            }
            if (next.isEnd()) {
                last = next;
                return false;
            }
            piece = next.piece().iterator();
        }
        return true;
    }

    private Arrival next() {
        Flow.Subscription source = subscription;
        if (begun && source != null && ++taken == AHEAD / 2) {
            source.request(taken);
            taken = 0;
        }
        begun = true;
        long left = end - System.nanoTime();
        Arrival queued = arrived.peek();
        if (left <= 0 && (queued == null || !queued.isEnd())) {
            close();
            throw ClientErrors.late(subject, deadline, null);
        }
        Arrival next;
        try {
            next = arrived.poll(Math.min(left, stall.toNanos()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            close();
            throw KeywharfException.interrupted(subject, e);
        }
        if (next == null) {
            KeywharfException late = left <= stall.toNanos()
                    ? ClientErrors.late(subject, deadline, null)
                    : ClientErrors.stalled(subject, stall);
            close();
            throw late;
        }
        return next;
    }

    /** Ends the exchange, if it has not ended. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        request.close();
        Flow.Subscription source = subscription;
        if (source != null) {
            source.cancel();
        }
        arrived.add(new Arrival(List.of(), true, new IOException("The response is closed")));
    }
}
