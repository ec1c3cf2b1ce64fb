/**
 * HTTP as one function: an {@link io.github.keywharf.http.HttpHandler} takes an {@link io.github.keywharf.http.HttpRequest}
 * and returns an {@link io.github.keywharf.http.HttpResponse}, and is a route of a server, a client of a service, or a fake of
 * that service. {@link io.github.keywharf.http.HttpFilter}s around it add retries, tokens and limits;
 * {@link io.github.keywharf.http.JsonApi} sends and reads JSON through it. A status is a response; without a response there is
 * a {@link io.github.keywharf.KeywharfException} with a code {@code http.*}. Invariant: every body has one owner who closes
 * it (the handler that of the request, the caller that of the response), and no message or text of a value contains a secret.
 * Start reading at {@link io.github.keywharf.http.HttpHandler}, then {@link io.github.keywharf.http.HttpClients} for clients,
 * {@link io.github.keywharf.http.HttpRouter} for servers.
 */
@NullMarked
package io.github.keywharf.http;

import org.jspecify.annotations.NullMarked;
