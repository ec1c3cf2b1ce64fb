package io.github.keywharf.testing.salesforce;

import io.github.keywharf.testing.FakeServer;
import java.net.URI;

/**
 * Serves a {@link FakeSalesforce} over a port of the loopback address. Connections that a fault drops are reset, and bodies that it
 * cuts end early; a drop resets all connections that are open then. Closing stops both.
 */
public final class FakeSalesforceServer implements AutoCloseable {
    private final FakeServer server;

    private FakeSalesforceServer(FakeServer server) {
        this.server = server;
    }

    /** Starts it, and moves the org to its address. */
    public static FakeSalesforceServer start(FakeSalesforce fake) {
        FakeSalesforceServer started = new FakeSalesforceServer(FakeServer.start(fake));
        fake.move(started.uri());
        return started;
    }

    /** {@code http://127.0.0.1:port}. The same port answers as {@code http://localhost:port} too, for an org that moves. */
    public URI uri() {
        return server.uri();
    }

    @Override
    public void close() {
        server.close();
    }

    @Override
    public String toString() {
        return "FakeSalesforceServer[" + uri() + "]";
    }
}
