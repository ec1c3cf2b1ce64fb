package io.github.keywharf.http;

import io.github.keywharf.internal.Checks;
import io.github.keywharf.tls.TlsConfig;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Clients of real services, on the JDK's HTTP client.
 *
 * <pre>{@code
 * HttpHandler http = HttpClients.builder().open();
 * try (HttpResponse response = http.handle(HttpRequest.get("https://example.com/"))) {
 *     System.out.println(response.body().text(10_000));
 * }
 * }</pre>
 *
 * <p>Defaults: {@link Builder#DEFAULT_CONNECT_TIMEOUT}, {@link Builder#DEFAULT_TIMEOUT}, {@link Builder#DEFAULT_STALL},
 * {@link Builder#DEFAULT_MAX_RESPONSE_BYTES}, and gzip.
 *
 * <p>Clients without a {@link Builder#connectTimeout} and {@link Builder#tls} share the connections and threads of the process,
 * so that opening another one costs nothing. A client keeps the TLS context and the proxy selector that are the JVM's defaults
 * when it is opened. Any other client has its own connections, which end some time after the client is no longer referenced: open
 * one and keep it.
 */
public final class HttpClients {
    /** Code of an error before anything was sent. */
    public static final String UNREACHABLE = "http.unreachable";

    /** Code of an error after the request may have been carried out: the connection was lost. */
    public static final String BROKEN = "http.broken";

    /** Code of an exchange that took too long, and may have been carried out. */
    public static final String TIMEOUT = "http.timeout";

    /** Code of a body that is larger than allowed. */
    public static final String TOO_LARGE = "http.too_large";

    /** Code of a failure to agree on TLS, or of a server that is not trusted. */
    public static final String TLS_FAILED = "http.tls_failed";

    /** Code of an answer that is not valid HTTP. */
    public static final String BAD_RESPONSE = "http.bad_response";

    private static @Nullable HttpClient shared;

    private HttpClients() {}

    /** A client of services, with the defaults. */
    public static Builder builder() {
        return new Builder(null);
    }

    /**
     * A client on the JDK's client of the caller, with its connections, TLS settings, proxy, cookies and executor. The caller
     * keeps and closes that one.
     *
     * @throws IllegalArgumentException when it follows redirects: the JDK's client would send credentials on to other hosts
     */
    public static Builder over(HttpClient client) {
        if (client.followRedirects() != HttpClient.Redirect.NEVER) {
            throw new IllegalArgumentException("The client follows redirects (" + client.followRedirects()
                    + "), and would send credentials on to other hosts; build it with Redirect.NEVER");
        }
        return new Builder(client);
    }

    /** Client of all builders without settings of connections, while the defaults of the JVM stay the same. */
    private static synchronized HttpClient shared() {
        HttpClient client = shared;
        if (client == null
                || !client.sslContext().equals(defaultTls())
                || !Objects.equals(client.proxy().orElse(null), ProxySelector.getDefault())) {
            client = builder().create();
            shared = client;
        }
        return client;
    }

    private static SSLContext defaultTls() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("The JVM's default TLS context cannot be created; see the cause", e);
        }
    }

    /** Collects the settings of a client. */
    public static final class Builder {
        /** Time for connecting, 10 s: longer than a lost packet takes to be sent again, twice. */
        public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

        /** Time for an exchange with both bodies, 5 minutes: raise it for bodies of gigabytes. */
        public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(5);

        /** Time for the next bytes of a response's body, 30 s: a server that sends nothing for longer is considered lost. */
        public static final Duration DEFAULT_STALL = Duration.ofSeconds(30);

        /** Limit on a response in bytes, as sent and after decompression, 5 GiB: the size of one S3 upload. */
        public static final long DEFAULT_MAX_RESPONSE_BYTES = 5L * 1024 * 1024 * 1024;

        private final @Nullable HttpClient configured;
        private @Nullable TlsConfig tls;
        private Duration connectTimeout = DEFAULT_CONNECT_TIMEOUT;
        private Duration timeout = DEFAULT_TIMEOUT;
        private Duration stall = DEFAULT_STALL;
        private long maxResponseBytes = DEFAULT_MAX_RESPONSE_BYTES;
        private boolean gzip = true;

        private Builder(@Nullable HttpClient configured) {
            this.configured = configured;
        }

        /** Sets the time for connecting; for a client of {@link HttpClients#over} the one it was built with counts. */
        public Builder connectTimeout(Duration timeout) {
            connectTimeout = Checks.positive("connectTimeout", timeout);
            return this;
        }

        /** Sets the time for an exchange, from sending to the last byte of the response's body. */
        public Builder timeout(Duration longest) {
            timeout = Checks.positive("timeout", longest);
            return this;
        }

        /** Sets the time for the next bytes of a response's body. */
        public Builder stall(Duration longest) {
            stall = Checks.positive("stall", longest);
            return this;
        }

        /** Sets the limit on a response's body in bytes, as sent and after decompression. */
        public Builder maxResponseBytes(long most) {
            maxResponseBytes = Checks.notNegative("maxResponseBytes", most);
            return this;
        }

        /**
         * Sets whether requests without {@code Accept-Encoding} ask for gzip, and their responses are decompressed; by
         * default they do.
         */
        public Builder gzip(boolean on) {
            gzip = on;
            return this;
        }

        /**
         * Sets the trusted certificates, and the client's own.
         *
         * @throws IllegalArgumentException when it does not verify host names or expects another one, which the JDK's
         *     client cannot do
         */
        public Builder tls(TlsConfig config) {
            if (!config.hostnameVerification() || config.certificateName().isPresent()) {
                throw new IllegalArgumentException(
                        "The JDK's client always verifies host names; use certificates with the name of the host");
            }
            tls = config;
            return this;
        }

        /**
         * The client. Reads the files of {@link #tls}, and opens no connection. The handler throws {@code http.unreachable}
         * when nothing was sent, {@code http.broken} when the connection was lost meanwhile, {@code http.timeout},
         * {@code http.too_large}, {@code http.tls_failed}, {@code http.bad_response} and {@code thread.interrupted}.
         *
         * @throws IllegalStateException when {@link #tls} is given together with a client
         */
        public HttpHandler open() {
            if (configured != null && tls != null) {
                throw new IllegalStateException("over(…) and tls(…) are both given; set TLS up on the client itself");
            }
            ExchangeLimits limits = new ExchangeLimits(timeout, stall, maxResponseBytes);
            // Few servers accept the JDK's upgrade from HTTP/1.1 to HTTP/2 without TLS.
            return configured == null
                    ? new JdkClient(client(), HttpClient.Version.HTTP_1_1, limits, gzip)
                    : new JdkClient(configured, configured.version(), limits, gzip);
        }

        private HttpClient client() {
            boolean shares = tls == null && connectTimeout.equals(DEFAULT_CONNECT_TIMEOUT);
            return shares ? shared() : create();
        }

        private HttpClient create() {
            HttpClient.Builder builder =
                    HttpClient.newBuilder().connectTimeout(connectTimeout).followRedirects(HttpClient.Redirect.NEVER);
            Optional.ofNullable(ProxySelector.getDefault()).ifPresent(builder::proxy);
            if (tls != null) {
                var context = tls.open();
                var parameters = context.getDefaultSSLParameters();
                parameters.setProtocols(TlsConfig.PROTOCOLS.toArray(String[]::new));
                builder.sslContext(context).sslParameters(parameters);
            }
            return builder.build();
        }
    }
}
