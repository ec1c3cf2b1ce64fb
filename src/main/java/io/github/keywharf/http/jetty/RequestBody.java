package io.github.keywharf.http.jetty;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.http.HttpBody;
import io.github.keywharf.http.HttpClients;
import io.github.keywharf.http.SizeLimit;
import io.github.keywharf.internal.BlockInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;
import org.eclipse.jetty.server.Request;

/**
 * The body of a request while it arrives. Closing it leaves the rest unread, which Jetty discards; closing its stream while
 * another thread reads ends that read, and the connection, or over HTTP/2 the request.
 */
final class RequestBody implements HttpBody {
    private final Request request;
    private final Exchange exchange;
    private final long maxBytes;
    private boolean used;

    RequestBody(Request request, Exchange exchange, long maxBytes) {
        this.request = request;
        this.exchange = exchange;
        this.maxBytes = maxBytes;
    }

    @Override
    public OptionalLong length() {
        long length = request.getLength();
        return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
    }

    @Override
    public boolean isReplayable() {
        return false;
    }

    @Override
    public synchronized InputStream open() {
        if (used) {
            throw new IllegalStateException("The request's body was opened before or is closed; read it once");
        }
        used = true;
        return new ArrivingStream(Request.asInputStream(request));
    }

    @Override
    public byte[] bytes(int limit) {
        try {
            return HttpBody.super.bytes(limit);
        } catch (KeywharfException e) {
            throw e.is(HttpClients.TOO_LARGE) ? tooLarge(exchange.subject(), limit) : e;
        }
    }

    @Override
    public synchronized void close() {
        used = true;
    }

    static KeywharfException tooLarge(String subject, long maxBytes) {
        return new KeywharfException(
                SizeLimit.REQUEST_TOO_LARGE,
                subject,
                "The request has more than " + maxBytes + " bytes; send less at a time, or raise the limit");
    }

    @Override
    public String toString() {
        return length().isPresent() ? "a stream of " + length().getAsLong() + " bytes" : "a stream";
    }

    private final class ArrivingStream extends BlockInputStream {
        private final InputStream in;
        private volatile boolean reading;
        private volatile boolean closed;

        ArrivingStream(InputStream in) {
            this.in = in;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            exchange.waitBegins();
            reading = true;
            try {
                if (closed) {
                    throw new IOException("The request's body was closed");
                }
                int n = in.read(target, offset, length);
                if (n > 0) {
                    exchange.received(n);
                    if (exchange.received() > maxBytes) {
                        throw tooLarge(exchange.subject(), maxBytes);
                    }
                }
                return n;
            } catch (IOException e) {
                exchange.noteDisconnected();
                throw e;
            } finally {
                reading = false;
                exchange.waitEnds();
            }
        }

        @Override
        public void close() {
            // Reading sets its flag and then checks this one, so that one of both threads sees the other.
            closed = true;
            if (reading) {
                IOException ended = new IOException("The request's body was closed while it was read");
                if (exchange.isMultiplexed()) {
                    request.fail(ended);
                } else {
                    exchange.endPoint().close(ended);
                }
            }
        }

        @Override
        public int available() throws IOException {
            return in.available();
        }
    }
}
