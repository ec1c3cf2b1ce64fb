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

    private final Line line;
    private final HttpHeaders headers;
    private final HttpBody body;
    private final Received received;

    private record Line(String method, URI uri, boolean repeatable) {}

    /**
     * Values that only a server has.
     *
     * @param parts decoded parts of the path by their names in the route
     * @param peer IP address of the client
     */
    private record Received(
            Map<String, String> parts, @Nullable String peer) {
        static final Received NOTHING = new Received(Map.of(), null);
    }

    private HttpRequest(Line line, HttpHeaders headers, HttpBody body, Received received) {
        this.line = line;
        this.headers = headers;
        this.body = body;
        this.received = received;
    }

    private HttpRequest with(Line other) {
        return new HttpRequest(other, headers, body, received);
    }

    private HttpRequest with(Received other) {
        return new HttpRequest(line, headers, body, other);
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
                new Line(method, uri, IDEMPOTENT.contains(method)),
                HttpHeaders.none(),
                HttpBody.empty(),
                Received.NOTHING);
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

    /** The method; its case is kept: {@code GET}. */
    public String method() {
        return line.method;
    }

    /** The absolute URI. On a server the client chose its host, which may be anything. */
    public URI uri() {
        return line.uri;
    }

    /** Scheme, host and port of the URI in lower case: {@code https://example.com:443}. Secrets of an origin go to no other. */
    public String origin() {
        return origin(line.uri);
    }

    static String origin(URI uri) {
        String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
        int standard = scheme.equals("https") ? 443 : 80;
        return scheme + "://" + String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT) + ":"
                + (uri.getPort() < 0 ? standard : uri.getPort());
    }

    /** The path with its percent-encoding; {@code /} if it is empty. */
    public String path() {
        String path = line.uri.getRawPath();
        return path == null || path.isEmpty() ? "/" : path;
    }

    /** The first value of a query parameter, decoded; a malformed one as sent. */
    public Optional<String> query(String name) {
        String query = line.uri.getRawQuery();
        if (query == null) {
            return Optional.empty();
        }
        for (String parameter : query.split("&", -1)) {
            int equals = parameter.indexOf('=');
            String found = equals < 0 ? parameter : parameter.substring(0, equals);
            if (PercentCode.decodeQuery(found).equals(name)) {
                return Optional.of(equals < 0 ? "" : PercentCode.decodeQuery(parameter.substring(equals + 1)));
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
     * Returns true if sending the request twice has the effect of sending it once: for GET, HEAD, OPTIONS, PUT, DELETE and
     * TRACE (RFC 9110), and as {@link #withRepeatable} sets it.
     */
    public boolean isRepeatable() {
        return line.repeatable;
    }

    /**
     * The decoded segment of the path at {@code {name}} in the route of an {@link HttpRouter}.
     *
     * @throws IllegalArgumentException when the route has no such part
     */
    public String part(String name) {
        String part = received.parts.get(name);
        if (part == null) {
            throw new IllegalArgumentException(
                    "The route has no part {" + name + "}; it has " + received.parts.keySet());
        }
        return part;
    }

    /** Percent-encodes a text for a segment of a path, a part of a query, or a part of a form. */
    public static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The IP address of the client as the server sees it, which may be that of a proxy; empty outside a server. */
    public Optional<String> peer() {
        return Optional.ofNullable(received.peer);
    }

    /** A copy with another method, and repeatable if that is. */
    @CheckReturnValue
    public HttpRequest withMethod(String other) {
        HttpHeaders.requireToken("method", other);
        return with(new Line(other, line.uri, IDEMPOTENT.contains(other)));
    }

    /**
     * A copy to another URI.
     *
     * @throws IllegalArgumentException as {@link #of} does
     */
    @CheckReturnValue
    public HttpRequest withUri(URI other) {
        requireHttp(other);
        return with(new Line(line.method, other, line.repeatable));
    }

    /** A copy with other headers. */
    @CheckReturnValue
    public HttpRequest withHeaders(HttpHeaders others) {
        return new HttpRequest(line, others, body, received);
    }

    /** A copy with this value in place of all others of that header. */
    @CheckReturnValue
    public HttpRequest withHeader(String name, String value) {
        return withHeaders(headers.with(name, value));
    }

    /** A copy with another body. */
    @CheckReturnValue
    public HttpRequest withBody(HttpBody other) {
        return new HttpRequest(line, headers, other, received);
    }

    /** A copy that may, or may not, be sent twice: a POST that only reads, or has an idempotency key. */
    @CheckReturnValue
    public HttpRequest withRepeatable(boolean repeatable) {
        return with(new Line(line.method, line.uri, repeatable));
    }

    /** A copy with the parts of the path that a route names. */
    @CheckReturnValue
    public HttpRequest withParts(Map<String, String> named) {
        return with(new Received(Map.copyOf(named), received.peer));
    }

    /** A copy from that IP address. */
    @CheckReturnValue
    public HttpRequest withPeer(String address) {
        return with(new Received(received.parts, address));
    }

    /**
     * Method, URI, headers and kind of body. Instead of secrets there is {@code [redacted]}: credentials, cookies, and
     * headers and query parameters whose names look like a secret's.
     */
    @Override
    public String toString() {
        return "HttpRequest[" + line.method + " " + HttpRedaction.uri(line.uri) + ", headers " + headers + ", body "
                + body + "]";
    }
}
