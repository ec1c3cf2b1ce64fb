package io.github.keywharf.http.jetty;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.tls.TlsConfig;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Future;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http2.HTTP2Cipher;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A running Jetty server, from its start to its ordered stop. */
final class JettyRun {
    /** Threads besides those of requests: they accept, select, and answer requests beyond the limit. */
    private static final int OTHER_THREADS = 8;

    private final Server server;
    private final WatchedConnector connector;
    private final JettyHandler handler;
    private final SlowClients slow;
    private final URI uri;

    private JettyRun(Server server, WatchedConnector connector, JettyHandler handler, SlowClients slow, URI uri) {
        this.server = server;
        this.connector = connector;
        this.handler = handler;
        this.slow = slow;
        this.uri = uri;
    }

    static JettyRun start(JettyServer.Builder settings) {
        QueuedThreadPool threads = new QueuedThreadPool(settings.maxRequests + OTHER_THREADS, OTHER_THREADS);
        threads.setName("keywharf-http");
        threads.setDaemon(true);
        Server server = new Server(threads);
        WatchedConnector connector = new WatchedConnector(server, factories(settings));
        connector.setHost(settings.host);
        connector.setPort(settings.port);
        connector.setIdleTimeout(settings.idle.toMillis());
        // Running requests keep their time when the server stops.
        connector.setShutdownIdleTimeout(settings.idle.toMillis());
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(settings.maxConnections, connector));
        SlowClients slow = new SlowClients(settings, connector);
        JettyHandler handler = new JettyHandler(settings, slow);
        server.setHandler(handler);
        server.setErrorHandler(new PlainErrors(new Responses(settings.tls != null)));
        try {
            server.start();
        } catch (Exception e) {
            stop(server);
            if (e instanceof KeywharfException error) {
                throw error;
            }
            throw new KeywharfException(
                    "http.not_started",
                    settings.host + ":" + settings.port,
                    "The server cannot listen there; check that the address is this machine's and the port is free",
                    e);
        }
        slow.start();
        String host = settings.host.indexOf(':') >= 0 ? "[" + settings.host + "]" : settings.host;
        String scheme = settings.tls == null ? "http" : "https";
        return new JettyRun(
                server, connector, handler, slow, URI.create(scheme + "://" + host + ":" + connector.getLocalPort()));
    }

    private static ConnectionFactory[] factories(JettyServer.Builder settings) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendXPoweredBy(false);
        http.setRequestHeaderSize(settings.maxHeaderBytes);
        http.setIdleTimeout(settings.idle.toMillis());
        // Details of a malformed request would help attackers only.
        http.setNotifyForbiddenComplianceViolations(false);
        HttpConnectionFactory http1 = new HttpConnectionFactory(http);
        TlsConfig tls = settings.tls;
        if (tls == null) {
            return new ConnectionFactory[] {http1};
        }
        List<ConnectionFactory> factories = new ArrayList<>();
        // A certificate for an IP address has no name for SNI.
        http.addCustomizer(new SecureRequestCustomizer(false));
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setSslContext(tls.open());
        context.setIncludeProtocols(TlsConfig.PROTOCOLS.toArray(String[]::new));
        context.setNeedClientAuth(tls.hasTrust());
        context.setSniRequired(false);
        String first = HttpVersion.HTTP_1_1.asString();
        if (settings.http2) {
            context.setCipherComparator(Http2.ciphers());
            factories.addAll(Http2.overTls(http, first));
            first = "alpn";
        }
        factories.add(0, new SslConnectionFactory(context, first));
        factories.add(http1);
        return factories.toArray(ConnectionFactory[]::new);
    }

    /** A class of its own, so that the libraries of HTTP/2 are loaded only if it is on. */
    private static final class Http2 {
        static List<ConnectionFactory> overTls(HttpConfiguration http, String fallback) {
            ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory("h2", fallback);
            alpn.setDefaultProtocol(fallback);
            return List.of(alpn, new HTTP2ServerConnectionFactory(http));
        }

        static Comparator<String> ciphers() {
            return HTTP2Cipher.COMPARATOR;
        }
    }

    URI uri() {
        return uri;
    }

    synchronized void close() {
        if (server.isStopped()) {
            return;
        }
        boolean interrupted = false;
        handler.stopAdmitting();
        // Only stops accepting connections; running requests are awaited below.
        Future<Void> unused = connector.shutdown();
        try {
            handler.awaitRequests();
        } catch (InterruptedException e) {
            interrupted = true;
        }
        slow.stop();
        stop(server);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void stop(Server server) {
        try {
            server.stop();
        } catch (Exception e) {
            throw new KeywharfException("http.not_stopped", "server", "The server did not stop; end the process", e);
        }
    }
}
