package io.github.keywharf.http;

import io.github.keywharf.KeywharfException;

/**
 * Takes a request and returns its response: a route of a server, a client of a service, or a fake of that service.
 *
 * <p>Implementations are thread-safe. The handler consumes and closes the request's body as far as it needs it; the caller
 * closes the response.
 */
@FunctionalInterface
public interface HttpHandler {

    /**
     * Answers one request. A status such as 404 or 500 is a response, not an error.
     *
     * @throws KeywharfException when there is no response: the service cannot be reached, or a limit is exceeded
     */
    HttpResponse handle(HttpRequest request);

    /** This handler behind these filters; the first one sees the request first, and the response last. */
    default HttpHandler with(HttpFilter... filters) {
        HttpHandler handler = this;
        for (int i = filters.length - 1; i >= 0; i--) {
            handler = filters[i].around(handler);
        }
        return handler;
    }
}
