package io.github.keywharf.testing;

import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.jetty.JettyServer;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Serves a fake over a port of the loopback address. A {@link DroppedConnection} resets all connections that are
 * open then.
 */
public final class FakeServer implements AutoCloseable {
    private final JettyServer server;
    private final TcpProxy proxy;

    private FakeServer(JettyServer server, TcpProxy proxy) {
        this.server = server;
        this.proxy = proxy;
    }

    /** Starts it; closing stops it. */
    public static FakeServer start(HttpHandler fake) {
        AtomicReference<TcpProxy> before = new AtomicReference<>();
        JettyServer server = JettyServer.serve(request -> answer(fake, request, before))
                .stopTime(Duration.ofSeconds(1))
                .start();
        TcpProxy proxy = TcpProxy.start(JettyServer.Builder.DEFAULT_HOST, server.port());
        before.set(proxy);
        return new FakeServer(server, proxy);
    }

    private static HttpResponse answer(HttpHandler fake, HttpRequest request, AtomicReference<TcpProxy> proxy) {
        try {
            return fake.handle(request);
        } catch (DroppedConnection e) {
            proxy.get().cut();
            throw e;
        }
    }

    /** {@code http://127.0.0.1:port}. */
    public URI uri() {
        return URI.create("http://" + proxy.host() + ":" + proxy.port());
    }

    @Override
    public void close() {
        proxy.close();
        server.close();
    }

    @Override
    public String toString() {
        return "FakeServer[" + uri() + "]";
    }
}
