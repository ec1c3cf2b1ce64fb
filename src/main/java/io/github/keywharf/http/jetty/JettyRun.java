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

/** A Jetty that runs. */
final class JettyRun {
    /** Threads beside those that handle requests: they accept, select, and answer those for whom there is no room. */
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
        // Requests that are under way when the server stops keep their time.
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
            if (e instanceof KeywharfException known) {
                throw known;
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
        // An echo of what was wrong with a request is of use to attackers only.
        http.setNotifyForbiddenComplianceViolations(false);
        HttpConnectionFactory http1 = new HttpConnectionFactory(http);
        TlsConfig tls = settings.tls;
        if (tls == null) {
            return new ConnectionFactory[] {http1};
        }
        List<ConnectionFactory> factories = new ArrayList<>();
        // Certificates of addresses have no name that SNI could carry.
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

    /** Apart, so that what needs further dependencies is loaded only when it is asked for. */
    private static final class Http2 {
        static List<ConnectionFactory> overTls(HttpConfiguration http, String otherwise) {
            ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory("h2", otherwise);
            alpn.setDefaultProtocol(otherwise);
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
        // Only stops accepting; what is under way is waited for below.
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
