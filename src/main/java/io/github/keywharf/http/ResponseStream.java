package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.internal.BlockInputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
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
 * The body of a response while it arrives. Unlike the JDK's stream it has a timeout and a limit on its bytes, and lets a few
 * pieces arrive ahead of the reader. Read by one thread; closed by any.
 */
final class ResponseStream extends BlockInputStream implements BodySubscriber<ResponseStream> {
    /**
     * Pieces of the JDK, of up to 16 KiB, that may arrive before they are read. More are requested when half of them are read,
     * since each request wakes other threads.
     */
    private static final int AHEAD = 32;

    private sealed interface Arrival {}

    private record Piece(List<ByteBuffer> buffers) implements Arrival {}

    /** End of the body, which is complete if there is no failure. */
    private record End(@Nullable Throwable failure) implements Arrival {}

    private final String subject;
    private final ExchangeLimits limits;
    private final long deadline;
    private final Upload upload;
    private final BlockingQueue<Arrival> arrived = new LinkedBlockingQueue<>();
    private volatile Flow.@Nullable Subscription subscription;
    private volatile boolean closed;

    private Iterator<ByteBuffer> piece = List.<ByteBuffer>of().iterator();
    private ByteBuffer buffer = ByteBuffer.allocate(0);
    private @Nullable End end;
    private boolean started;
    private int unrequested;
    private long count;

    /**
     * @param deadline end of the timeout, by {@link System#nanoTime()}
     * @param upload body of the request, which is closed together with this
     */
    ResponseStream(String subject, ExchangeLimits limits, long deadline, Upload upload) {
        this.subject = subject;
        this.limits = limits;
        this.deadline = deadline;
        this.upload = upload;
    }

    @Override
    public CompletionStage<ResponseStream> getBody() {
        return CompletableFuture.completedFuture(this);
    }

    @Override
    public void onSubscribe(Flow.Subscription source) {
        subscription = source;
        if (closed) {
            source.cancel();
        } else {
            source.request(AHEAD);
        }
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (!closed) {
            arrived.add(new Piece(buffers));
        }
    }

    @Override
    public void onError(Throwable failure) {
        arrived.add(new End(failure));
    }

    @Override
    public void onComplete() {
        arrived.add(new End(null));
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
        if (count > limits.maxBytes()) {
            close();
            throw ClientErrors.tooLarge(subject, limits.maxBytes());
        }
        buffer.get(target, offset, n);
        return n;
    }

    @Override
    public int available() throws IOException {
        return buffer.remaining();
    }

    /** Fills the buffer; returns false at the end. */
    private boolean fill() throws IOException {
        while (!buffer.hasRemaining()) {
            if (closed) {
                throw new IOException("The response is closed");
            }
            if (piece.hasNext()) {
                buffer = piece.next();
                continue;
            }
            Arrival next = end != null ? end : next();
            if (next instanceof Piece more) {
                piece = more.buffers().iterator();
            } else if (next instanceof End last) {
                end = last;
                if (last.failure() != null) {
                    throw ClientErrors.of(subject, last.failure());
                }
                return false;
            }
        }
        return true;
    }

    private Arrival next() {
        Flow.Subscription source = subscription;
        if (started && source != null && ++unrequested == AHEAD / 2) {
            source.request(unrequested);
            unrequested = 0;
        }
        started = true;
        long left = deadline - System.nanoTime();
        if (left <= 0 && !(arrived.peek() instanceof End)) {
            close();
            throw ClientErrors.timedOut(subject, limits, null);
        }
        long stall = limits.stall().toNanos();
        Arrival next;
        try {
            next = arrived.poll(Math.min(left, stall), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            close();
            throw KeywharfException.interrupted(subject, e);
        }
        if (next == null) {
            close();
            throw left <= stall ? ClientErrors.timedOut(subject, limits, null) : ClientErrors.stalled(subject, limits);
        }
        return next;
    }

    /** Cancels the exchange if it is still running. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        upload.close();
        Flow.Subscription source = subscription;
        if (source != null) {
            source.cancel();
        }
        arrived.add(new End(new IOException("The response is closed")));
    }
}
