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
 * {@code http.request_too_large}, and a client that goes away with an {@link java.io.IOException}. What a handler throws is
 * answered with 413 for {@code http.request_too_large}, else with 500 without detail, and is reported to the listener.
 * Responses get {@code X-Content-Type-Options: nosniff}, {@code Cache-Control: no-store} and, over TLS,
 * {@code Strict-Transport-Security}, unless the handler sets them; what frames a message the server sets itself.
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
        /** The address that is listened at, the loopback one: to be reached from elsewhere has to be asked for. */
        public static final String DEFAULT_HOST = "127.0.0.1";

        private static final String[] FOR_HTTP_1 = {"org.eclipse.jetty:jetty-server:12.1.13"};
        private static final String[] FOR_HTTP_2 = {
            "org.eclipse.jetty:jetty-server:12.1.13",
            "org.eclipse.jetty.http2:jetty-http2-server:12.1.13",
            "org.eclipse.jetty:jetty-alpn-java-server:12.1.13"
        };

        /** The most bytes of a request's line and headers, 16 KiB: twice what proxies pass on by default. */
        public static final int DEFAULT_MAX_HEADER_BYTES = 16 * 1024;

        /** The most bytes of a request's body, 5 GiB: the size of one S3 upload. */
        public static final long DEFAULT_MAX_BODY_BYTES = 5L * 1024 * 1024 * 1024;

        /** How long a connection may be silent, 30 s. */
        public static final Duration DEFAULT_IDLE = Duration.ofSeconds(30);

        /** How long a request's line and headers may take, TLS included, 10 s. */
        public static final Duration DEFAULT_HEADER_TIME = Duration.ofSeconds(10);

        /** How long a request may take, 1 hour: 5 GiB arrive in that time at 1.5 MB/s. */
        public static final Duration DEFAULT_REQUEST_TIME = Duration.ofHours(1);

        /** The fewest bytes per second that a client must send or take while it is waited for, 1 KiB. */
        public static final int DEFAULT_MIN_BYTES_PER_SECOND = 1024;

        /** How many requests are handled concurrently, 64, each on a thread; further ones are answered with 503. */
        public static final int DEFAULT_MAX_REQUESTS = 64;

        /** How many connections there may be, 1,000; further ones wait to be accepted. */
        public static final int DEFAULT_MAX_CONNECTIONS = 1_000;

        /** How long {@link JettyServer#close} waits for requests that are under way, 30 s. */
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

        /** The address to listen at, such as {@code 0.0.0.0} for all of this machine's. */
        public Builder host(String address) {
            host = address;
            return this;
        }

        /** The port to listen at; 0, the default, for any that is free. */
        public Builder port(int number) {
            if (number < 0 || number > 65_535) {
                throw new IllegalArgumentException("The port " + number + " is not from 0 to 65535");
            }
            port = number;
            return this;
        }

        /**
         * Serves by TLS only, with that certificate. Where authorities are given too, clients must show a certificate of
         * theirs.
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
         * Serves HTTP/2 too, to clients that ask for it by ALPN; {@link #tls} is needed. Needs
         * {@code org.eclipse.jetty.http2:jetty-http2-server} and {@code org.eclipse.jetty:jetty-alpn-java-server}. Off
         * unless said otherwise.
         */
        public Builder http2(boolean on) {
            http2 = on;
            return this;
        }

        /** The most bytes of a request's line and headers; beyond that the answer is 431, or 414 for the URI alone. */
        public Builder maxHeaderBytes(int most) {
            maxHeaderBytes = Checks.positive("maxHeaderBytes", most);
            return this;
        }

        /** The most bytes of a request's body; beyond that the answer is 413. */
        public Builder maxBodyBytes(long most) {
            maxBodyBytes = Checks.positive("maxBodyBytes", most);
            return this;
        }

        /**
         * How long a connection may be silent before it is closed; over HTTP/2 also how long it may be without a request,
         * whatever else the client sends.
         */
        public Builder idle(Duration longest) {
            idle = Checks.positive("idle", longest);
            return this;
        }

        /** How long a request's line and headers may take from their first byte; then the connection is cut. */
        public Builder headerTime(Duration longest) {
            headerTime = Checks.positive("headerTime", longest);
            return this;
        }

        /** How long a request may take, from its headers to the end of its response; then the connection is cut. */
        public Builder requestTime(Duration longest) {
            requestTime = Checks.positive("requestTime", longest);
            return this;
        }

        /**
         * The fewest bytes per second that a client must send or take while the server waits for it, after 5 seconds of
         * waiting; below, the connection is cut. 0 for no limit. Time that the handler takes does not count. Over HTTP/2 the
         * limit is that of each request, whose first 16 KiB have their time besides.
         */
        public Builder minBytesPerSecond(int fewest) {
            if (fewest < 0) {
                throw new IllegalArgumentException("A rate of " + fewest + " bytes is negative");
            }
            minBytesPerSecond = fewest;
            return this;
        }

        /** How many requests are handled concurrently. */
        public Builder maxRequests(int most) {
            maxRequests = Checks.positive("maxRequests", most);
            return this;
        }

        /** How many connections there may be. */
        public Builder maxConnections(int most) {
            maxConnections = Checks.positive("maxConnections", most);
            return this;
        }

        /** How long closing waits for requests that are under way, before their connections are cut. */
        public Builder stopTime(Duration longest) {
            stopTime = Checks.positive("stopTime", longest);
            return this;
        }

        /** Receives the events {@code http.server.*}. Paths are shown; queries, headers and bodies are not. */
        public Builder events(EventListener listener) {
            this.listener = listener.guarded();
            return this;
        }

        /**
         * Listens. The caller closes the server.
         *
         * @throws KeywharfException {@code http.no_jetty} when Jetty is not on the class path; {@code http.not_started}
         *     when the address or port cannot be had; as {@link TlsConfig#open} says
         * @throws IllegalStateException when HTTP/2 is asked for without TLS
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

    /** Where it listens: {@code http://127.0.0.1:34567}. */
    public URI uri() {
        return run.uri();
    }

    /** The port that it listens at. */
    public int port() {
        return run.uri().getPort();
    }

    /**
     * Accepts no more connections, answers new requests with 503, waits for those under way for as long as the stop time
     * allows, and ends. Closing twice is harmless.
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
