package io.github.keywharf.http;

import io.github.keywharf.CheckReturnValue;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request: method, absolute URI, headers and body.
 *
 * <p>An immutable value but for its body, which may be readable once. The {@code with} methods copy. Prints without
 * secrets: see {@link #toString()}.
 */
public final class HttpRequest {
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE");

    private final String method;
    private final URI uri;
    private final HttpHeaders headers;
    private final HttpBody body;
    private final boolean repeatable;
    private final Map<String, String> parts;
    private final @Nullable String peer;

    private HttpRequest(
            String method,
            URI uri,
            HttpHeaders headers,
            HttpBody body,
            boolean repeatable,
            Map<String, String> parts,
            @Nullable String peer) {
        this.method = method;
        this.uri = uri;
        this.headers = headers;
        this.body = body;
        this.repeatable = repeatable;
        this.parts = parts;
        this.peer = peer;
    }

    /**
     * A request without headers and body.
     *
     * @throws IllegalArgumentException when the method is not a token, or the URI is not {@code http(s)://host…} or has
     *     credentials before its host
     */
    public static HttpRequest of(String method, URI uri) {
        HttpHeaders.requireToken("method", method);
        requireHttp(uri);
        return new HttpRequest(
                method, uri, HttpHeaders.none(), HttpBody.empty(), IDEMPOTENT.contains(method), Map.of(), null);
    }

    private static void requireHttp(URI uri) {
        boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        if (!http || uri.getHost() == null) {
            throw new IllegalArgumentException("The URI " + HttpRedaction.uri(uri)
                    + " is not of http or https with a host; write it as https://host/path");
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "The URI for " + uri.getHost() + " has credentials before its host; send them as a header");
        }
    }

    /** A GET. */
    public static HttpRequest get(URI uri) {
        return of("GET", uri);
    }

    /** A GET of a URI as text. */
    public static HttpRequest get(String uri) {
        return get(URI.create(uri));
    }

    /** A POST of that body. */
    public static HttpRequest post(URI uri, HttpBody body) {
        return of("POST", uri).withBody(body);
    }

    /** A PUT of that body. */
    public static HttpRequest put(URI uri, HttpBody body) {
        return of("PUT", uri).withBody(body);
    }

    /** The method, in the case it was given: {@code GET}. */
    public String method() {
        return method;
    }

    /** The absolute URI. On a server its host is what the client says, which may be anything. */
    public URI uri() {
        return uri;
    }

    /** Scheme, host and port of the URI in lower case: {@code https://example.com:443}. Who has the one may see its secrets. */
    public String origin() {
        return origin(uri);
    }

    static String origin(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return scheme + "://" + String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT) + ":" + port;
    }

    /** The path as it is in the URI, with its percent-encoding; {@code /} when there is none. */
    public String path() {
        String path = uri.getRawPath();
        return path == null || path.isEmpty() ? "/" : path;
    }

    /** The first value of a query parameter, decoded; empty when there is none of that name. Malformed ones are as sent. */
    public Optional<String> query(String name) {
        String query = uri.getRawQuery();
        if (query == null) {
            return Optional.empty();
        }
        for (String parameter : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            String found = equals < 0 ? parameter : parameter.substring(0, equals);
            if (PercentCode.lenient(found).equals(name)) {
                return Optional.of(equals < 0 ? "" : PercentCode.lenient(parameter.substring(equals + 1)));
            }
        }
        return Optional.empty();
    }

    /** The headers. */
    public HttpHeaders headers() {
        return headers;
    }

    /** The first value of a header. */
    public Optional<String> header(String name) {
        return headers.find(name);
    }

    /** The body. */
    public HttpBody body() {
        return body;
    }

    /**
     * Whether sending it twice has the effect of sending it once: GET, HEAD, OPTIONS, PUT, DELETE and TRACE (RFC 9110), and
     * what {@link #withRepeatable} says.
     */
    public boolean isRepeatable() {
        return repeatable;
    }

    /**
     * The decoded text that stood in the place of {@code {name}} in the path of an {@link HttpRouter}'s route.
     *
     * @throws IllegalArgumentException when the route has no such part
     */
    public String part(String name) {
        String part = parts.get(name);
        if (part == null) {
            throw new IllegalArgumentException("The route has no part {" + name + "}; it has " + parts.keySet());
        }
        return part;
    }

    /** A text percent-encoded as a segment of a path, as a part of a query, or as a part of a form. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The IP address of the client as the server sees it, which may be that of a proxy; empty outside a server. */
    public Optional<String> peer() {
        return Optional.ofNullable(peer);
    }

    /** A copy with another method; whether it is repeatable follows from that. */
    @CheckReturnValue
    public HttpRequest withMethod(String other) {
        HttpHeaders.requireToken("method", other);
        return new HttpRequest(other, uri, headers, body, IDEMPOTENT.contains(other), parts, peer);
    }

    /**
     * A copy to another URI.
     *
     * @throws IllegalArgumentException as {@link #of} does
     */
    @CheckReturnValue
    public HttpRequest withUri(URI other) {
        requireHttp(other);
        return new HttpRequest(method, other, headers, body, repeatable, parts, peer);
    }

    /** A copy with other headers. */
    @CheckReturnValue
    public HttpRequest withHeaders(HttpHeaders others) {
        return new HttpRequest(method, uri, others, body, repeatable, parts, peer);
    }

    /** A copy with this value in place of all others of that header. */
    @CheckReturnValue
    public HttpRequest withHeader(String name, String value) {
        return withHeaders(headers.with(name, value));
    }

    /** A copy with another body. */
    @CheckReturnValue
    public HttpRequest withBody(HttpBody other) {
        return new HttpRequest(method, uri, headers, other, repeatable, parts, peer);
    }

    /** A copy that may, or may not, be sent twice: a POST that only reads, or has an idempotency key. */
    @CheckReturnValue
    public HttpRequest withRepeatable(boolean may) {
        return new HttpRequest(method, uri, headers, body, may, parts, peer);
    }

    /** A copy with the parts of the path that a route names. */
    @CheckReturnValue
    public HttpRequest withParts(Map<String, String> named) {
        return new HttpRequest(method, uri, headers, body, repeatable, Map.copyOf(named), peer);
    }

    /** A copy from that IP address. */
    @CheckReturnValue
    public HttpRequest withPeer(String address) {
        return new HttpRequest(method, uri, headers, body, repeatable, parts, address);
    }

    /**
     * Method, URI, headers and kind of body. Instead of secrets there is {@code [redacted]}: credentials, cookies, and
     * headers and query parameters whose names look like a secret's.
     */
    @Override
    public String toString() {
        return "HttpRequest[" + method + " " + HttpRedaction.uri(uri) + ", headers " + headers + ", body " + body + "]";
    }
}
