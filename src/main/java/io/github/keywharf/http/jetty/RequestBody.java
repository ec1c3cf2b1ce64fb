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
 * What a client sends, as it arrives. Closing it leaves the rest unread, which Jetty sees to; closing its stream while another
 * thread waits for more ends that wait, and the connection, or over HTTP/2 the request.
 */
final class RequestBody implements HttpBody {
    private final Request request;
    private final Exchange exchange;
    private final long most;
    private boolean used;

    RequestBody(Request request, Exchange exchange, long most) {
        this.request = request;
        this.exchange = exchange;
        this.most = most;
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
        return new Arriving(Request.asInputStream(request));
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

    static KeywharfException tooLarge(String subject, long most) {
        return new KeywharfException(
                SizeLimit.REQUEST_TOO_LARGE,
                subject,
                "The request has more than " + most + " bytes; send less at a time, or raise the limit");
    }

    @Override
    public String toString() {
        return length().isPresent() ? "a stream of " + length().getAsLong() + " bytes" : "a stream";
    }

    private final class Arriving extends BlockInputStream {
        private final InputStream in;
        private volatile boolean reading;
        private volatile boolean closed;

        Arriving(InputStream in) {
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
                    if (exchange.received() > most) {
                        throw tooLarge(exchange.subject(), most);
                    }
                }
                return n;
            } catch (IOException e) {
                exchange.cut();
                throw e;
            } finally {
                reading = false;
                exchange.waitEnds();
            }
        }

        /** What reads sets its mark first and then looks here, and this the other way round, so that one sees the other. */
        @Override
        public void close() {
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
