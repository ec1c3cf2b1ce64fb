package io.github.keywharf.http.jetty;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.event.Fact;
import io.github.keywharf.event.Work;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpHeaders;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.SizeLimit;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Passes Jetty's requests on to the handler, and its responses back. */
final class JettyHandler extends Handler.Abstract {
    private static final String TOO_MANY = "The server is busy\n";

    private final HttpHandler handler;
    private final SlowClients slow;
    private final EventListener listener;
    private final Responses responses;
    private final long maxBodyBytes;
    private final int maxRequests;
    private final long stopNanos;
    private final Object lock = new Object();
    private int underWay;
    private boolean refusing;

    JettyHandler(JettyServer.Builder settings, SlowClients slow) {
        this.handler = settings.handler();
        this.slow = slow;
        this.listener = settings.listener;
        this.responses = new Responses(settings.tls != null);
        this.maxBodyBytes = settings.maxBodyBytes;
        this.maxRequests = settings.maxRequests;
        this.stopNanos = settings.stopTime.toNanos();
    }

    /** Answers new requests with 503 from now on. */
    void refuse() {
        synchronized (lock) {
            refusing = true;
        }
    }

    /** Waits until no request is under way, or the stop time is over. */
    void awaitEnd() throws InterruptedException {
        long end = System.nanoTime() + stopNanos;
        synchronized (lock) {
            for (long left = stopNanos; underWay > 0 && left > 0; left = end - System.nanoTime()) {
                lock.wait(left / 1_000_000 + 1);
            }
        }
    }

    private enum Entry {
        FREE,
        FULL,
        CLOSING
    }

    private Entry enter() {
        synchronized (lock) {
            if (refusing) {
                return Entry.CLOSING;
            }
            if (underWay >= maxRequests) {
                return Entry.FULL;
            }
            underWay++;
            return Entry.FREE;
        }
    }

    private void leave() {
        synchronized (lock) {
            underWay--;
            lock.notifyAll();
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        ConnectionMetaData metaData = request.getConnectionMetaData();
        boolean http2 = metaData.getHttpVersion() == HttpVersion.HTTP_2;
        Connection connection = metaData.getConnection();
        WatchedEndPoint endPoint = WatchedEndPoint.below(connection.getEndPoint());
        endPoint.requestBegins(http2 ? connection : null);
        Exchange exchange = new Exchange(
                request.getMethod() + " " + path(request),
                Request.getRemoteAddr(request),
                endPoint,
                metaData.getHttpVersion(),
                listener);
        slow.add(exchange);
        Entry entry = enter();
        // What comes after the last byte is also part of the request, as far as stopping is concerned.
        Callback end = new Once(callback, () -> {
            slow.remove(exchange);
            endPoint.requestEnds();
            if (entry == Entry.FREE) {
                leave();
            }
        });
        if (entry == Entry.FREE) {
            exchange(request, response, exchange, end);
        } else {
            boolean closing = entry == Entry.CLOSING;
            HttpResponse busy = HttpResponse.text(503, TOO_MANY).withHeader("Retry-After", "1");
            refused(exchange, busy, closing ? "the server is stopping" : "too many requests are under way");
            responses.send(
                    busy, request, response, exchange, closing ? Responses.Next.CLOSE : Responses.Next.REQUEST, end);
        }
        return true;
    }

    /** Ends a request with the first completion, then does what is to be done once. */
    private static final class Once extends Callback.Nested {
        private final Runnable then;
        private final AtomicBoolean completed = new AtomicBoolean();

        Once(Callback callback, Runnable then) {
            super(callback);
            this.then = then;
        }

        @Override
        public void succeeded() {
            if (completed.compareAndSet(false, true)) {
                try {
                    super.succeeded();
                } finally {
                    then.run();
                }
            }
        }

        @Override
        public void failed(Throwable failure) {
            if (completed.compareAndSet(false, true)) {
                try {
                    super.failed(failure);
                } finally {
                    then.run();
                }
            }
        }
    }

    private void exchange(Request request, Response response, Exchange exchange, Callback end) {
        HttpResponse answer = answer(request, exchange);
        responses.send(answer, request, response, exchange, Responses.Next.REQUEST, new Callback.Nested(end) {
            @Override
            public void succeeded() {
                served(response.getStatus(), exchange);
                super.succeeded();
            }
        });
        try {
            answer.close();
        } catch (Throwable e) {
            exchange.failed(e);
        }
    }

    private HttpResponse answer(Request request, Exchange exchange) {
        if (request.getLength() > maxBodyBytes) {
            HttpResponse tooLarge = HttpResponse.text(413, "The request is too large\n");
            refused(exchange, tooLarge, "its body has more than " + maxBodyBytes + " bytes");
            return tooLarge;
        }
        HttpRequest translated;
        try {
            translated = translated(request, exchange);
        } catch (URISyntaxException | IllegalArgumentException e) {
            HttpResponse bad = HttpResponse.text(400, "The request is not valid\n");
            refused(exchange, bad, "its URI or its headers are not valid");
            return bad;
        }
        try {
            HttpResponse answer = handler.handle(translated);
            if (answer == null) {
                throw new IllegalStateException("The handler returned no response");
            }
            return answer;
        } catch (Throwable e) {
            if (e instanceof KeywharfException known && known.is(SizeLimit.REQUEST_TOO_LARGE)) {
                HttpResponse tooLarge = HttpResponse.text(413, "The request is too large\n");
                refused(exchange, tooLarge, "its body is too large");
                return tooLarge;
            }
            exchange.failed(e);
            return Responses.failed();
        }
    }

    private HttpRequest translated(Request request, Exchange exchange) throws URISyntaxException {
        List<HttpHeaders.Field> fields = new ArrayList<>(request.getHeaders().size());
        for (HttpField field : request.getHeaders()) {
            String value = field.getValue();
            fields.add(new HttpHeaders.Field(field.getName(), value == null ? "" : value));
        }
        return HttpRequest.of(request.getMethod(), new URI(request.getHttpURI().asString()))
                .withHeaders(HttpHeaders.of(fields))
                .withBody(new RequestBody(request, exchange, maxBodyBytes))
                .withPeer(exchange.peer());
    }

    private static String path(Request request) {
        String path = request.getHttpURI().getPath();
        return path == null ? "" : path;
    }

    private void refused(Exchange exchange, HttpResponse response, String reason) {
        listener.warning(
                "http.server.refused",
                Work.NONE,
                exchange.subject(),
                response.status() + " to " + exchange.peer() + ": " + reason);
    }

    private void served(int status, Exchange exchange) {
        if (listener != EventListener.NONE) {
            Duration took = Duration.ofNanos(System.nanoTime() - exchange.begun());
            listener.info(
                    "http.server.served",
                    Work.NONE,
                    exchange.subject(),
                    status + " to " + exchange.peer() + " in " + took.toMillis() + " ms, " + exchange.received()
                            + " bytes in, " + exchange.sent() + " bytes out",
                    Fact.bytes("received", exchange.received()),
                    Fact.bytes("sent", exchange.sent()),
                    Fact.time("took", took));
        }
    }
}
