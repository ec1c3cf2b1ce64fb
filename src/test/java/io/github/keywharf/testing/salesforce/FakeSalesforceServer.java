package io.github.keywharf.testing.salesforce;

import io.github.keywharf.http.HttpRequest;
import io.github.keywharf.http.HttpResponse;
import io.github.keywharf.http.jetty.JettyServer;
import io.github.keywharf.testing.TcpProxy;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Serves a {@link FakeSalesforce} over a port of the loopback address. Connections that a fault drops are reset, and bodies that it
 * cuts end early; a drop resets all connections that are open then. Closing stops both.
 */
public final class FakeSalesforceServer implements AutoCloseable {
    private final JettyServer server;
    private final TcpProxy proxy;

    private FakeSalesforceServer(JettyServer server, TcpProxy proxy) {
        this.server = server;
        this.proxy = proxy;
    }

    /** Starts it, and moves the org to its address. */
    public static FakeSalesforceServer start(FakeSalesforce fake) {
        AtomicReference<TcpProxy> before = new AtomicReference<>();
        JettyServer server = JettyServer.serve(request -> answer(fake, request, before))
                .stopTime(Duration.ofSeconds(1))
                .start();
        TcpProxy proxy = TcpProxy.start(JettyServer.Builder.DEFAULT_HOST, server.port());
        before.set(proxy);
        FakeSalesforceServer started = new FakeSalesforceServer(server, proxy);
        fake.move(started.uri());
        return started;
    }

    private static HttpResponse answer(FakeSalesforce fake, HttpRequest request, AtomicReference<TcpProxy> proxy) {
        try {
            return fake.handle(request);
        } catch (FakeSalesforce.Dropped e) {
            proxy.get().cut();
            throw e;
        }
    }

    /** {@code http://127.0.0.1:port}. The same port answers as {@code http://localhost:port} too, for an org that moves. */
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
        return "FakeSalesforceServer[" + uri() + "]";
    }
}
