package io.github.keywharf.testing.salesforce;

/**
 * A call that arrived, whether or not it was answered.
 *
 * @param route method and path below the version, with what differs from call to call as a name in braces: {@code GET /query},
 *     {@code PATCH /sobjects/Contact/{id}}, {@code POST /services/oauth2/token}
 * @param path the path and the query as they were sent
 * @param status of the answer, or 0 when the connection was dropped
 */
public record FakeCall(String route, String path, int status) {

    /** The route of a request; see {@link #route()}. */
    static String route(String method, String path) {
        String below = path.replaceFirst("^/services/data/v[0-9]+\\.[0-9]+", "");
        if (below.startsWith("/services")) {
            return method + " " + trimmed(below);
        }
        String named = trimmed(below)
                .replaceFirst("^/(query|queryAll)/[^/]+$", "/$1/{locator}")
                .replaceFirst("^/jobs/(query|ingest)/[^/]+", "/jobs/$1/{id}")
                .replaceFirst("^/sobjects/([^/]+)/(?!describe$|deleted$|updated$)[^/]+$", "/sobjects/$1/{id}")
                .replaceFirst("^/sobjects/([^/]+)/([^/]+)/[^/]+$", "/sobjects/$1/$2/{value}")
                .replaceFirst("^/composite/sobjects/([^/]+)/([^/]+)$", "/composite/sobjects/$1/{field}");
        return method + " " + (named.isEmpty() ? "/" : named);
    }

    private static String trimmed(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
