/**
 * Serves an {@link io.github.keywharf.http.HttpHandler} by Jetty 12. Requests of HTTP/1.1 and HTTP/2 come in, the handler's
 * responses go out, both with streamed bodies; refusals, failures and slow clients are events {@code http.server.*}. Invariant:
 * no client exceeds the limits on size, time, rate and concurrency, and none receives details of a failure. Start reading at
 * {@link io.github.keywharf.http.jetty.JettyServer}, then {@code JettyHandler}, which handles each request. Needs
 * {@code org.eclipse.jetty:jetty-server} on the class path.
 */
@NullMarked
package io.github.keywharf.http.jetty;

import org.jspecify.annotations.NullMarked;
