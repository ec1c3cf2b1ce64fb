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
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Translates Jetty's requests for the handler, and its responses back, for a limited number of concurrent requests. */
final class JettyHandler extends Handler.Abstract {
    private final HttpHandler handler;
    private final SlowClients slow;
    private final EventListener listener;
    private final Responses responses;
    private final long maxBodyBytes;
    private final int maxRequests;
    private final long stopNanos;
    private final Object lock = new Object();
    private int running;
    private boolean stopping;

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
    void stopAdmitting() {
        synchronized (lock) {
            stopping = true;
        }
    }

    /** Waits until no request is running, or the stop time is over. */
    void awaitRequests() throws InterruptedException {
        long end = System.nanoTime() + stopNanos;
        synchronized (lock) {
            for (long left = stopNanos; running > 0 && left > 0; left = end - System.nanoTime()) {
                lock.wait(left / 1_000_000 + 1);
            }
        }
    }

    private enum Admission {
        ADMITTED,
        BUSY,
        STOPPING
    }

    private Admission admit() {
        synchronized (lock) {
            if (stopping) {
                return Admission.STOPPING;
            }
            if (running >= maxRequests) {
                return Admission.BUSY;
            }
            running++;
            return Admission.ADMITTED;
        }
    }

    private void release() {
        synchronized (lock) {
            running--;
            lock.notifyAll();
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        ConnectionMetaData metaData = request.getConnectionMetaData();
        boolean http2 = metaData.getHttpVersion() == HttpVersion.HTTP_2;
        Connection connection = metaData.getConnection();
        WatchedEndPoint endPoint = WatchedEndPoint.unwrap(connection.getEndPoint());
        endPoint.requestBegins(http2 ? connection : null);
        Exchange exchange = new Exchange(
                request.getMethod() + " " + path(request), Request.getRemoteAddr(request), endPoint, listener);
        slow.add(exchange);
        Admission admission = admit();
        // Stopping waits for the completion too, which comes after the last byte.
        Callback end = new Once(callback, () -> {
            slow.remove(exchange);
            endPoint.requestEnds();
            if (admission == Admission.ADMITTED) {
                release();
            }
        });
        switch (admission) {
            case ADMITTED -> exchange(request, response, exchange, end);
            case BUSY -> refuse("too many requests are running", request, response, exchange, end);
            case STOPPING -> {
                response.getHeaders().put(HttpHeader.CONNECTION, "close");
                refuse("the server is stopping", request, response, exchange, end);
            }
        }
        return true;
    }

    private void refuse(String reason, Request request, Response response, Exchange exchange, Callback end) {
        HttpResponse busy = HttpResponse.text(503, "The server is busy\n").withHeader("Retry-After", "1");
        reportRefusal(exchange, busy, reason);
        responses.send(busy, request, response, exchange, end);
    }

    /** Passes on the first completion only, then runs the cleanup. */
    private static final class Once extends Callback.Nested {
        private final Runnable cleanup;
        private final AtomicBoolean completed = new AtomicBoolean();

        Once(Callback callback, Runnable cleanup) {
            super(callback);
            this.cleanup = cleanup;
        }

        @Override
        public void succeeded() {
            if (completed.compareAndSet(false, true)) {
                try {
                    super.succeeded();
                } finally {
                    cleanup.run();
                }
            }
        }

        @Override
        public void failed(Throwable failure) {
            if (completed.compareAndSet(false, true)) {
                try {
                    super.failed(failure);
                } finally {
                    cleanup.run();
                }
            }
        }
    }

    private void exchange(Request request, Response response, Exchange exchange, Callback end) {
        HttpResponse answer = answer(request, exchange);
        responses.send(answer, request, response, exchange, new Callback.Nested(end) {
            @Override
            public void succeeded() {
                reportServed(response.getStatus(), exchange);
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
            reportRefusal(exchange, tooLarge, "its body has more than " + maxBodyBytes + " bytes");
            return tooLarge;
        }
        HttpRequest httpRequest;
        try {
            httpRequest = toHttpRequest(request, exchange);
        } catch (URISyntaxException | IllegalArgumentException e) {
            HttpResponse bad = HttpResponse.text(400, "The request is not valid\n");
            reportRefusal(exchange, bad, "its URI or its headers are not valid");
            return bad;
        }
        try {
            HttpResponse answer = handler.handle(httpRequest);
            if (answer == null) {
                throw new IllegalStateException("The handler returned no response");
            }
            return answer;
        } catch (Throwable e) {
            if (e instanceof KeywharfException error && error.is(SizeLimit.REQUEST_TOO_LARGE)) {
                HttpResponse tooLarge = HttpResponse.text(413, "The request is too large\n");
                reportRefusal(exchange, tooLarge, "its body is too large");
                return tooLarge;
            }
            exchange.failed(e);
            return Responses.failed();
        }
    }

    private HttpRequest toHttpRequest(Request request, Exchange exchange) throws URISyntaxException {
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

    private void reportRefusal(Exchange exchange, HttpResponse response, String reason) {
        listener.warning(
                "http.server.refused",
                Work.NONE,
                exchange.subject(),
                response.status() + " to " + exchange.peer() + ": " + reason);
    }

    private void reportServed(int status, Exchange exchange) {
        if (listener != EventListener.NONE) {
            Duration duration = Duration.ofNanos(System.nanoTime() - exchange.start());
            listener.info(
                    "http.server.served",
                    Work.NONE,
                    exchange.subject(),
                    status + " to " + exchange.peer() + " in " + duration.toMillis() + " ms, " + exchange.received()
                            + " bytes in, " + exchange.sent() + " bytes out",
                    Fact.bytes("received", exchange.received()),
                    Fact.bytes("sent", exchange.sent()),
                    Fact.time("took", duration));
        }
    }
}
