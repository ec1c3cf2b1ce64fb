package io.github.keywharf.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Passes each request to the route of its method and path; thread-safe.
 *
 * <p>A path such as {@code /shares/{share}/tables} has literal segments and named parts, each of which stands for exactly
 * one segment; {@link HttpRequest#part} has its decoded text. Where several paths match, a literal segment wins over a
 * part, from left to right. A HEAD is answered by the route of GET, without its body.
 *
 * <p>A path without a route is answered with 404, a method without a route at its path with 405 and {@code Allow}. A path is
 * answered with 400 when a segment is malformed, or decodes to {@code .}, {@code ..}, or a text with a slash, a backslash or
 * a control character: no part can lead outside its segment.
 */
public final class HttpRouter implements HttpHandler {
    private final List<HttpRoute> routes;

    private HttpRouter(List<HttpRoute> routes) {
        this.routes = routes;
    }

    /** A router without routes. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects routes. */
    public static final class Builder {
        private final List<HttpRoute> routes = new ArrayList<>();

        private Builder() {}

        /** A route of GET, and of HEAD. */
        public Builder get(String path, HttpHandler handler) {
            return route("GET", path, handler);
        }

        /** A route of POST. */
        public Builder post(String path, HttpHandler handler) {
            return route("POST", path, handler);
        }

        /** A route of PUT. */
        public Builder put(String path, HttpHandler handler) {
            return route("PUT", path, handler);
        }

        /** A route of DELETE. */
        public Builder delete(String path, HttpHandler handler) {
            return route("DELETE", path, handler);
        }

        /**
         * A route of any method.
         *
         * @throws IllegalArgumentException when the path does not begin with a slash, has an empty segment or the same
         *     part twice, or matches the same paths as another route of this method
         */
        public Builder route(String method, String path, HttpHandler handler) {
            HttpRoute route = HttpRoute.of(method, path, handler);
            for (HttpRoute other : routes) {
                if (other.method().equals(method) && other.shape().equals(route.shape())) {
                    throw new IllegalArgumentException("The routes " + method + " " + path + " and " + method + " "
                            + other.path() + " match the same paths");
                }
            }
            routes.add(route);
            return this;
        }

        /** The router. */
        public HttpRouter build() {
            return new HttpRouter(
                    routes.stream().sorted(HttpRoute.BY_PRECEDENCE).toList());
        }
    }

    @Override
    public HttpResponse handle(HttpRequest request) {
        List<String> segments = new ArrayList<>();
        for (String segment : request.path().substring(1).split("/", -1)) {
            String decoded = PercentCode.decode(segment).orElse("..");
            if (isUnsafe(decoded)) {
                return refuse(request, HttpResponse.text(400, "The path is not valid\n"));
            }
            segments.add(decoded);
        }
        boolean head = request.method().equals("HEAD");
        Set<String> allowed = new TreeSet<>();
        HttpRoute match = null;
        for (HttpRoute route : routes) {
            if (!route.matches(segments)) {
                continue;
            }
            allowed.add(route.method());
            if (match == null && route.method().equals(request.method())) {
                match = route;
            }
        }
        if (match == null && head && allowed.contains("GET")) {
            HttpResponse response = handle(request.withMethod("GET"));
            return withoutBody(response);
        }
        if (match != null) {
            Map<String, String> parts = new HashMap<>();
            match.bind(segments, parts);
            return match.handler().handle(parts.isEmpty() ? request : request.withParts(parts));
        }
        if (allowed.isEmpty()) {
            return refuse(request, HttpResponse.text(404, "There is nothing at this path\n"));
        }
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        return refuse(
                request,
                HttpResponse.text(405, "This path does not have this method\n")
                        .withHeader("Allow", String.join(", ", allowed)));
    }

    private static boolean isUnsafe(String segment) {
        return segment.equals(".")
                || segment.equals("..")
                || segment.chars().anyMatch(c -> c == '/' || c == '\\' || Character.isISOControl(c));
    }

    private static HttpResponse refuse(HttpRequest request, HttpResponse response) {
        request.body().close();
        return response;
    }

    private static HttpResponse withoutBody(HttpResponse response) {
        HttpBody body = response.body();
        HttpResponse head = response.withBody(HttpBody.empty());
        if (body.length().isPresent()) {
            head = head.withHeader("Content-Length", Long.toString(body.length().getAsLong()));
        }
        body.close();
        return head;
    }

    @Override
    public String toString() {
        return "HttpRouter"
                + routes.stream()
                        .map(route -> route.method() + " " + route.path())
                        .toList();
    }
}
