package io.github.keywharf.http.jetty;

import io.github.keywharf.KeywharfException;
import io.github.keywharf.event.EventListener;
import io.github.keywharf.http.HttpHandler;
import io.github.keywharf.internal.Checks;
import io.github.keywharf.internal.MissingLibrary;
import io.github.keywharf.tls.TlsConfig;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Serves one handler over HTTP/1.1 and HTTP/2, within limits. Thread-safe.
 *
 * <pre>{@code
 * try (JettyServer server = JettyServer.serve(request -> HttpResponse.text(200, "Hello\n")).start()) {
 *     System.out.println(server.uri());
 * }
 * }</pre>
 *
 * <p>Bodies stream in both directions. A request's body that exceeds its limit ends the handler's stream with
 * {@code http.request_too_large}, and a client that disconnects with an {@link java.io.IOException}. An exception of a handler
 * is answered with 413 for {@code http.request_too_large}, else with 500 without detail, and is reported as an event.
 * Responses get {@code X-Content-Type-Options: nosniff}, {@code Cache-Control: no-store} and, over TLS,
 * {@code Strict-Transport-Security}, unless the handler sets them; headers of the framing are always the server's.
 *
 * <p>Defaults are the constants of {@link Builder}.
 */
public final class JettyServer implements AutoCloseable {
    private final JettyRun run;

    private JettyServer(JettyRun run) {
        this.run = run;
    }

    /** A server of that handler, which is not started. */
    public static Builder serve(HttpHandler handler) {
        return new Builder(handler);
    }

    /** Collects the settings of a server. */
    public static final class Builder {
        /** Address to listen at, the loopback one: access from other machines has to be configured. */
        public static final String DEFAULT_HOST = "127.0.0.1";

        private static final String[] FOR_HTTP_1 = {"org.eclipse.jetty:jetty-server:12.1.13"};
        private static final String[] FOR_HTTP_2 = {
            "org.eclipse.jetty:jetty-server:12.1.13",
            "org.eclipse.jetty.http2:jetty-http2-server:12.1.13",
            "org.eclipse.jetty:jetty-alpn-java-server:12.1.13"
        };

        /** Limit on a request's line and headers in bytes, 16 KiB: twice the default of proxies. */
        public static final int DEFAULT_MAX_HEADER_BYTES = 16 * 1024;

        /** Limit on a request's body in bytes, 5 GiB: the size of one S3 upload. */
        public static final long DEFAULT_MAX_BODY_BYTES = 5L * 1024 * 1024 * 1024;

        /** Time without bytes on a connection, 30 s. */
        public static final Duration DEFAULT_IDLE = Duration.ofSeconds(30);

        /** Time for a request's line and headers, TLS included, 10 s. */
        public static final Duration DEFAULT_HEADER_TIME = Duration.ofSeconds(10);

        /** Time for a request, 1 hour: 5 GiB arrive in that time at 1.5 MB/s. */
        public static final Duration DEFAULT_REQUEST_TIME = Duration.ofHours(1);

        /** Minimum rate in bytes per second at which a client sends or receives while the server waits for it, 1 KiB. */
        public static final int DEFAULT_MIN_BYTES_PER_SECOND = 1024;

        /** Limit on concurrent requests, 64, each on a thread; further ones are answered with 503. */
        public static final int DEFAULT_MAX_REQUESTS = 64;

        /** Limit on connections, 1,000; further ones wait to be accepted. */
        public static final int DEFAULT_MAX_CONNECTIONS = 1_000;

        /** Time that {@link JettyServer#close} waits for running requests, 30 s. */
        public static final Duration DEFAULT_STOP_TIME = Duration.ofSeconds(30);

        private final HttpHandler handler;
        String host = DEFAULT_HOST;
        int port;

        @Nullable
        TlsConfig tls;

        boolean http2;
        int maxHeaderBytes = DEFAULT_MAX_HEADER_BYTES;
        long maxBodyBytes = DEFAULT_MAX_BODY_BYTES;
        Duration idle = DEFAULT_IDLE;
        Duration headerTime = DEFAULT_HEADER_TIME;
        Duration requestTime = DEFAULT_REQUEST_TIME;
        int minBytesPerSecond = DEFAULT_MIN_BYTES_PER_SECOND;
        int maxRequests = DEFAULT_MAX_REQUESTS;
        int maxConnections = DEFAULT_MAX_CONNECTIONS;
        Duration stopTime = DEFAULT_STOP_TIME;
        EventListener listener = EventListener.NONE;

        private Builder(HttpHandler handler) {
            this.handler = handler;
        }

        HttpHandler handler() {
            return handler;
        }

        /** Sets the address to listen at, such as {@code 0.0.0.0} for all of this machine. */
        public Builder host(String address) {
            host = address;
            return this;
        }

        /** Sets the port to listen at; 0, the default, for any free one. */
        public Builder port(int number) {
            if (number < 0 || number > 65_535) {
                throw new IllegalArgumentException("The port " + number + " is not from 0 to 65535");
            }
            port = number;
            return this;
        }

        /**
         * Serves by TLS only, with that certificate. If the settings also have trusted authorities, clients must present a
         * certificate issued by one of them.
         *
         * @throws IllegalArgumentException when the settings have no certificate
         */
        public Builder tls(TlsConfig config) {
            if (!config.hasClientCertificate()) {
                throw new IllegalArgumentException(config + " has no certificate; use TlsConfig.ofServer(…)");
            }
            tls = config;
            return this;
        }

        /**
         * Sets whether HTTP/2 is served too, to clients that negotiate it by ALPN; {@link #tls} is needed. Needs
         * {@code org.eclipse.jetty.http2:jetty-http2-server} and {@code org.eclipse.jetty:jetty-alpn-java-server}. Off by
         * default.
         */
        public Builder http2(boolean on) {
            http2 = on;
            return this;
        }

        /** Sets the limit on a request's line and headers in bytes; the answer beyond it is 431, or 414 for the URI alone. */
        public Builder maxHeaderBytes(int most) {
            maxHeaderBytes = Checks.positive("maxHeaderBytes", most);
            return this;
        }

        /** Sets the limit on a request's body in bytes; the answer beyond it is 413. */
        public Builder maxBodyBytes(long most) {
            maxBodyBytes = Checks.positive("maxBodyBytes", most);
            return this;
        }

        /**
         * Sets the time without bytes after which a connection is closed; over HTTP/2 also the time without a request, whatever
         * else the client sends.
         */
        public Builder idle(Duration longest) {
            idle = Checks.positive("idle", longest);
            return this;
        }

        /** Sets the time for a request's line and headers from their first byte; then the connection is closed. */
        public Builder headerTime(Duration longest) {
            headerTime = Checks.positive("headerTime", longest);
            return this;
        }

        /** Sets the time for a request, from its headers to the end of its response; then the connection is closed. */
        public Builder requestTime(Duration longest) {
            requestTime = Checks.positive("requestTime", longest);
            return this;
        }

        /**
         * Sets the minimum rate in bytes per second at which a client sends or receives while the server waits for it, after 5
         * seconds of waiting; below it the connection is closed. 0 for no limit. Time of the handler does not count. Over
         * HTTP/2 the rate is that of each request, with a credit of 16 KiB.
         */
        public Builder minBytesPerSecond(int fewest) {
            if (fewest < 0) {
                throw new IllegalArgumentException("A rate of " + fewest + " bytes is negative");
            }
            minBytesPerSecond = fewest;
            return this;
        }

        /** Sets the limit on concurrent requests. */
        public Builder maxRequests(int most) {
            maxRequests = Checks.positive("maxRequests", most);
            return this;
        }

        /** Sets the limit on connections. */
        public Builder maxConnections(int most) {
            maxConnections = Checks.positive("maxConnections", most);
            return this;
        }

        /** Sets the time that closing waits for running requests, before their connections are closed. */
        public Builder stopTime(Duration longest) {
            stopTime = Checks.positive("stopTime", longest);
            return this;
        }

        /** Receives the events {@code http.server.*}. They contain paths, but no queries, headers and bodies. */
        public Builder events(EventListener listener) {
            this.listener = listener.guarded();
            return this;
        }

        /**
         * Starts to listen. The caller closes the server.
         *
         * @throws KeywharfException {@code http.no_jetty} when Jetty is not on the class path; {@code http.not_started}
         *     when the address or port is not available; errors of {@link TlsConfig#open}
         * @throws IllegalStateException when HTTP/2 is on without TLS
         */
        public JettyServer start() {
            if (http2 && tls == null) {
                throw new IllegalStateException(
                        "http2(true) needs tls(…): clients agree on HTTP/2 within TLS, and plain upgrades lose bodies");
            }
            try {
                return new JettyServer(JettyRun.start(this));
            } catch (NoClassDefFoundError e) {
                throw new KeywharfException(
                        "http.no_jetty",
                        host + ":" + port,
                        MissingLibrary.message("Jetty", http2 ? FOR_HTTP_2 : FOR_HTTP_1),
                        e);
            }
        }
    }

    /** Address of the server: {@code http://127.0.0.1:34567}. */
    public URI uri() {
        return run.uri();
    }

    /** Port of the server. */
    public int port() {
        return run.uri().getPort();
    }

    /**
     * Stops accepting connections, answers new requests with 503, waits for running requests up to the stop time, and stops
     * the server. Closing twice is harmless.
     */
    @Override
    public void close() {
        run.close();
    }

    @Override
    public String toString() {
        return "JettyServer[" + uri() + "]";
    }
}
